"""The API's doors to organisation-blind work."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from organisations.doors import actor_of
from organisations.roles import Action

from .. import hiding
from ..access import case_for
from ..models import Blinding, NameLook


class BlindingSerializer(serializers.Serializer[dict[str, Any]]):
    """Names hidden, or shown again with reasons."""

    hidden = serializers.BooleanField()
    reasons = serializers.CharField(allow_blank=True, required=False)
    by = serializers.CharField(read_only=True)
    organisation = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


class NameLookSerializer(serializers.Serializer[dict[str, Any]]):
    """A look behind a handle; `name` only in the answer to the look itself."""

    reference = serializers.CharField(max_length=24)
    handle = serializers.CharField(max_length=40)
    reason = serializers.CharField()
    by = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    name = serializers.CharField(read_only=True, required=False)


def blinding_as_json(row: Blinding) -> dict[str, Any]:
    """A turn as the API tells it."""
    return {
        "hidden": row.hidden, "reasons": row.reasons, "by": str(row.changed_by), "organisation": row.organisation.slug,
        "at": row.changed_at,
    }  # fmt: skip


def look_as_json(row: NameLook) -> dict[str, Any]:
    """A look as the API tells it: never who it was."""
    return {
        "reference": row.reference, "handle": row.handle, "reason": row.reason, "by": str(row.looked_by), "at": row.looked_at,
    }  # fmt: skip


class CaseNames(APIView):
    """Whether names are hidden in the case."""

    @extend_schema(operation_id="incident_names_list", responses=BlindingSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """When names were hidden and shown again, the newest first."""
        case = case_for(actor_of(request), reference, Action.HIDE_NAMES)
        return Response([blinding_as_json(row) for row in hiding.blindings_of(case.incident)])

    @extend_schema(operation_id="incident_names_turn", request=BlindingSerializer, responses=BlindingSerializer)
    def put(self, request: Request, reference: str) -> Response:
        """Hides names, or shows them again with reasons."""
        actor = actor_of(request)
        case_for(actor, reference, Action.HIDE_NAMES)
        said = sent(request, BlindingSerializer)
        hiding.set_blind(actor=actor, reference=reference, **said)
        return Response(blinding_as_json(hiding.blindings_of(case_for(actor, reference).incident)[0]))


class NameLooks(APIView):
    """Looks behind handles: those at one's own, and for keepers their own looks."""

    @extend_schema(operation_id="name_looks_list", responses=NameLookSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([look_as_json(row) for row in hiding.looks_at(actor_of(request))])


class NameLookUp(APIView):
    """Looking behind a handle: keepers of names only."""

    @extend_schema(operation_id="name_look_up", request=NameLookSerializer, responses={201: NameLookSerializer})
    def post(self, request: Request) -> Response:
        """Recorded; whoever it is, is told."""
        actor = actor_of(request)
        actor.require(Action.LOOK_UP_NAMES)
        said = sent(request, NameLookSerializer)
        found = hiding.look_up(actor=actor, **said)
        return Response({**look_as_json(found.look), "name": found.name}, status=201)
