"""The API's door to what is added to a case: statements, timeline, links; and to its ledger."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import page_of, sent
from ledger.verbs import VERBS
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import case_for
from .serializers import (
    EntrySerializer,
    LinkSerializer,
    StatementSerializer,
    TimelineEntrySerializer,
    entry_as_json,
    statement_as_json,
    timeline_as_json,
)


def paged(name: str, row: type[serializers.Serializer[Any]]) -> Any:
    """The shape of a page of these rows, for the schema."""
    fields = {
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "results": row(many=True),
    }
    return inline_serializer(name, fields)


CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]


class StatementList(APIView):
    """What was said in public about the case."""

    @extend_schema(
        operation_id="statements_list", parameters=CURSOR, responses=paged("StatementPage", StatementSerializer)
    )
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference)
        return page_of(request, self, case.incident.statements.all(), statement_as_json)

    @extend_schema(operation_id="statements_add", request=StatementSerializer, responses={201: StatementSerializer})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.EDIT)
        said = sent(request, StatementSerializer)
        added = services.add_statement(actor=actor, reference=reference, statement=said)
        return Response(statement_as_json(added), status=201)


class TimelineList(APIView):
    """What happened in the case's own time."""

    @extend_schema(
        operation_id="timeline_list", parameters=CURSOR, responses=paged("TimelinePage", TimelineEntrySerializer)
    )
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference)
        return page_of(request, self, case.incident.timelineentrys.all(), timeline_as_json)

    @extend_schema(
        operation_id="timeline_add", request=TimelineEntrySerializer, responses={201: TimelineEntrySerializer}
    )
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.EDIT)
        said = sent(request, TimelineEntrySerializer)
        added = services.add_timeline_entry(actor=actor, reference=reference, entry=said)
        return Response(timeline_as_json(added), status=201)


class LinkList(APIView):
    """Cases that belong with this one; those the reader may not see are left out."""

    @extend_schema(operation_id="links_list", responses=LinkSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference)
        links = [
            {
                "other": (link.other if link.incident_id == case.incident.pk else link.incident).reference,
                "kind": link.kind,
            }
            for link in selectors.linked_to(case.incident)
        ]
        return Response(links)

    @extend_schema(operation_id="links_add", request=LinkSerializer, responses={201: LinkSerializer})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.EDIT)
        said = sent(request, LinkSerializer)
        link = services.link_incidents(
            actor=actor, reference=reference, other_reference=said["other"], kind=said["kind"]
        )
        return Response({"other": said["other"], "kind": link.kind}, status=201)


class ActivityList(APIView):
    """The case's ledger, newest first."""

    @extend_schema(
        operation_id="activity_list",
        parameters=[OpenApiParameter("before", int), OpenApiParameter("verb", str, enum=sorted(VERBS))],
        responses=paged("ActivityPage", EntrySerializer),
    )
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        said, verb = request.query_params.get("before", ""), request.query_params.get("verb", "").replace("\x00", "")
        before = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
        entries = selectors.activity(case.incident, before, selectors.PAGE + 1, verb)
        following = None
        if len(entries) > selectors.PAGE:
            query = request.query_params.copy()
            query["before"] = str(entries[selectors.PAGE - 1].pk)
            following = f"{reverse('api-activity', args=[reference], request=request)}?{query.urlencode()}"
        results = [entry_as_json(entry) for entry in entries[: selectors.PAGE]]
        return Response({"next": following, "previous": None, "results": results})
