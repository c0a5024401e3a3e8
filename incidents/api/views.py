"""The API's door to cases: parse, call, answer."""

import re

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent
from core.problems import problem
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import case_for
from .serializers import (
    FactsChangeSerializer,
    FactsSerializer,
    IncidentPageSerializer,
    IncidentSerializer,
    incident_as_json,
)


def etag(version: int) -> str:
    """The version as HTTP says it."""
    return f'"{version}"'


def wanted_version(request: Request) -> int | None:
    """The version in `If-Match`, or None."""
    found = re.fullmatch(r'\s*(?:W/)?"(\d{1,9})"\s*', request.headers.get("If-Match", ""))
    return int(found[1]) if found else None


class IncidentList(APIView):
    """Cases in the reader's world, newest first."""

    @extend_schema(
        operation_id="incidents_list",
        parameters=[OpenApiParameter(name, str) for name in ("q", "sector", "country", "status", "label", "cursor")],
        responses=IncidentPageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        # A NUL is in no text of the database: without it the filter finds what it would have found, nothing.
        said = {
            name: asked.get(name, "").replace("\x00", "\N{REPLACEMENT CHARACTER}")
            for name in ("q", "sector", "country", "status", "label")
        }
        label = said["label"] if re.fullmatch(r"[0-9]{0,18}", said["label"]) else "0"  # no label has the number 0
        wanted = selectors.Wanted(said["q"][:200], said["sector"], said["country"], said["status"], label)
        page = selectors.incident_page(actor_of(request), wanted, asked.get("cursor", ""))
        following = None
        if page.next:
            query = asked.copy()
            query["cursor"] = page.next
            following = f"{reverse('api-incident-list', request=request)}?{query.urlencode()}"
        return Response(
            {"next": following, "previous": None, "results": [selectors.summary_of(row) for row in page.incidents]}
        )

    @extend_schema(operation_id="incidents_file", request=FactsSerializer, responses={201: IncidentSerializer})
    def post(self, request: Request) -> Response:
        said = sent(request, FactsSerializer)
        actor = actor_of(request)
        incident = services.file_incident(actor=actor, facts=said)
        case = case_for(actor, incident.reference)
        address = reverse("api-incident", args=[incident.reference], request=request)
        return Response(
            incident_as_json(case.incident, frozenset(case.actions)),
            status=201,
            headers={"Location": address, "ETag": etag(incident.version)},
        )


class IncidentDetail(APIView):
    """One case."""

    @extend_schema(operation_id="incidents_read", responses=IncidentSerializer)
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference)
        return Response(
            incident_as_json(case.incident, frozenset(case.actions)), headers={"ETag": etag(case.incident.version)}
        )

    @extend_schema(
        operation_id="incidents_edit", request=FactsChangeSerializer(partial=True), responses=IncidentSerializer
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Needs `If-Match` with the version being changed."""
        actor = actor_of(request)
        case_for(actor, reference, Action.EDIT)
        version = wanted_version(request)
        if version is None:
            return problem(
                428, code="version_needed", detail="Send If-Match with the version you are changing, as ETag gave it."
            )
        facts = sent(request, FactsChangeSerializer, partial=True)
        services.edit_incident(
            actor=actor, reference=reference, version=version, mark_reason=facts.pop("mark_reason", ""), facts=facts
        )
        return self.get(request, reference)


class IncidentMove(APIView):
    """Closing and opening again."""

    move = ""

    @extend_schema(request=None, responses=IncidentSerializer)
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        act = services.close_incident if self.move == "close" else services.reopen_incident
        act(actor=actor, reference=reference)
        case = case_for(actor, reference)
        return Response(
            incident_as_json(case.incident, frozenset(case.actions)), headers={"ETag": etag(case.incident.version)}
        )
