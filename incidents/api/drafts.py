"""The API's door to filings not yet sent: the same drafts as on the pages, seen by their author alone."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import case_for
from ..drafts import TYPED, facts_in, unfinished_steps
from .serializers import DraftSerializer, IncidentSerializer, draft_as_json, incident_as_json
from .views import etag

# Which step of the page asks for which facts: facts sent here take the place of what was half typed there.
STEP_OF = {
    **dict.fromkeys(("title", "summary"), "what"),
    **dict.fromkeys(("detected", "began", "first_access", "ended"), "when"),
    **dict.fromkeys(("harm", "victims"), "who"),
    **dict.fromkeys(("people", "people_source", "services"), "services"),
    **dict.fromkeys(("mark", "pap", "blind", "is_exercise"), "sharing"),
}


class DraftList(APIView):
    """One's own drafts."""

    @extend_schema(operation_id="drafts_list", responses=DraftSerializer(many=True))
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.FILE)
        return Response([draft_as_json(draft) for draft in selectors.drafts_of(actor)])

    @extend_schema(operation_id="drafts_open", request=DraftSerializer(partial=True), responses={201: DraftSerializer})
    def post(self, request: Request) -> Response:
        said = sent(request, DraftSerializer, partial=True)
        actor = actor_of(request)
        draft = services.open_draft(actor=actor)
        if answers := said.get("answers"):
            draft = services.save_draft(actor=actor, reference=draft.reference, answers=answers)
        address = reverse("api-draft", args=[draft.reference], request=request)
        return Response(draft_as_json(draft), status=201, headers={"Location": address})


class DraftDetail(APIView):
    """One draft."""

    @extend_schema(operation_id="drafts_read", responses=DraftSerializer)
    def get(self, request: Request, draft: str) -> Response:
        return Response(draft_as_json(services.get_draft(actor=actor_of(request), reference=draft)))

    @extend_schema(operation_id="drafts_save", request=DraftSerializer, responses=DraftSerializer)
    def patch(self, request: Request, draft: str) -> Response:
        """Keeps answers as given, right or wrong; the facts not named stay as they are."""
        actor = actor_of(request)
        services.get_draft(actor=actor, reference=draft)
        said = sent(request, DraftSerializer)
        answers = said["answers"]
        settled = {TYPED + STEP_OF[name]: None for name in answers}
        return Response(
            draft_as_json(services.save_draft(actor=actor, reference=draft, answers={**answers, **settled}))
        )

    @extend_schema(operation_id="drafts_discard", responses={204: None})
    def delete(self, request: Request, draft: str) -> Response:
        services.discard_draft(actor=actor_of(request), reference=draft)
        return Response(status=204)


class DraftFile(APIView):
    """Sending a draft: it becomes an incident, once."""

    @extend_schema(operation_id="drafts_file", request=None, responses={201: IncidentSerializer})
    def post(self, request: Request, draft: str) -> Response:
        actor = actor_of(request)
        found = services.get_draft(actor=actor, reference=draft)
        if found.incident_id is None and (unfinished := unfinished_steps(found.answers)):
            raise Invalid(
                {
                    step: ["Answers were typed on the page that cannot stand. Send the facts of this step."]
                    for step in unfinished
                }
            )
        incident = services.file_incident(actor=actor, facts=facts_in(found.answers), draft_reference=draft)
        case = case_for(actor, incident.reference)
        address = reverse("api-incident", args=[incident.reference], request=request)
        headers = {"Location": address, "ETag": etag(incident.version)}
        return Response(incident_as_json(case.incident, frozenset(case.actions)), status=201, headers=headers)
