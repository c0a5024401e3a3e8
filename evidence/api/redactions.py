"""The API's door to redactions."""

import json
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid
from core.parsers import JSONParser
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import item_for, own_item_for
from ..http import attachment
from ..models import Redaction
from ..reasons import BY_CODE
from ..services.redaction import compared, open_draft, redaction_for
from ..states import RedactionState
from .views import uploads_in

SECRET = {"Cache-Control": "no-store"}


class PassageSerializer(serializers.Serializer[dict[str, Any]]):
    """Words, everywhere in the file; or a page and `[left, top, right, bottom]` in per cent of it."""

    reason = serializers.ChoiceField(choices=sorted(BY_CODE))
    words = serializers.CharField(required=False, allow_blank=True)
    page = serializers.IntegerField(required=False)
    area = serializers.ListField(child=serializers.FloatField(), required=False)


class RedactionProposalSerializer(serializers.Serializer[dict[str, Any]]):
    """A redaction to make; as multipart `passages` is JSON and `file` a version made elsewhere."""

    sha256 = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    passages = PassageSerializer(many=True)


class RedactionSerializer(serializers.Serializer[dict[str, Any]]):
    """A redaction. The words are told to nobody again."""

    id = serializers.IntegerField()
    sha256 = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=RedactionState.choices)
    problem = serializers.CharField()
    detail = serializers.CharField()
    reasons_version = serializers.CharField()
    log = serializers.ListField(child=serializers.DictField())
    draft_sha256 = serializers.CharField()
    handed_in = serializers.BooleanField()
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_reason = serializers.CharField()
    result = serializers.CharField(allow_null=True)


class RedactionDecisionSerializer(serializers.Serializer[dict[str, Any]]):
    approve = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, required=False)


def redaction_as_json(redaction: Redaction) -> dict[str, Any]:
    """A redaction."""
    names = (
        "title", "state", "problem", "detail", "reasons_version", "log", "draft_sha256", "handed_in", "proposed_at", "decided_at",
        "decided_reason",
    )  # fmt: skip
    return {
        "id": redaction.pk,
        **{name: getattr(redaction, name) for name in names},
        "sha256": redaction.file.sha256,
        "proposed_by": str(redaction.proposed_by),
        "decided_by": str(redaction.decided_by) if redaction.decided_by else None,
        "result": redaction.result.label if redaction.result else None,
    }


def proposal_in(request: Request) -> dict[str, Any]:
    """The proposal of a JSON body, or of a multipart one with `passages` as JSON."""
    given: Any = request.data
    if isinstance(given.get("passages") if hasattr(given, "get") else None, str):
        try:
            given = {
                **{name: given[name] for name in ("sha256", "title") if name in given},
                "passages": json.loads(given["passages"]),
            }
        except ValueError as problem:
            raise Invalid({"passages": [_("Send the passages as JSON.")]}) from problem
    shape = RedactionProposalSerializer(data=given)
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


class EvidenceRedactions(APIView):
    """Redactions of an item's files, newest first."""

    parser_classes: ClassVar[list[type[BaseParser]]] = [JSONParser, MultiPartParser]  # type: ignore[misc]

    @extend_schema(operation_id="evidence_redactions", responses=RedactionSerializer(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number, Action.DOWNLOAD_EVIDENCE)
        rows = Redaction.objects.filter(item=item).select_related("file", "proposed_by", "decided_by", "result")
        return Response([redaction_as_json(row) for row in rows])

    @extend_schema(
        operation_id="evidence_redact", request=RedactionProposalSerializer, responses={202: RedactionSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        """Accepted: a worker makes it, another person decides about it."""
        actor = actor_of(request)
        own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
        redaction = services.propose_redaction(
            actor=actor,
            reference=reference,
            label=number,
            **proposal_in(request),
            handed_in=next(iter(uploads_in(request)), None),
        )
        redaction.refresh_from_db()
        return Response(redaction_as_json(redaction), status=202)


class EvidenceRedaction(APIView):
    """One redaction."""

    @extend_schema(operation_id="evidence_redaction", responses=RedactionSerializer)
    def get(self, request: Request, reference: str, number: str, redaction_id: int) -> Response:
        return Response(redaction_as_json(redaction_for(actor_of(request), reference, number, redaction_id)[2]))


class RedactionDraft(APIView):
    """The draft's bytes."""

    @extend_schema(
        operation_id="evidence_redaction_draft",
        request=None,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, reference: str, number: str, redaction_id: int) -> HttpResponseBase:
        shown, handle = open_draft(
            actor=actor_of(request), reference=reference, label=number, redaction_id=redaction_id
        )
        return attachment(shown, handle)


class RedactionCompare(APIView):
    """Each passage with what stands around it, as it was and as it reads now."""

    @extend_schema(operation_id="evidence_redaction_compare", request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, reference: str, number: str, redaction_id: int) -> Response:
        rows = compared(actor=actor_of(request), reference=reference, label=number, redaction_id=redaction_id)
        return Response({"passages": rows}, headers=SECRET)


class RedactionDecision(APIView):
    """Approving or declining."""

    @extend_schema(
        operation_id="evidence_redaction_decide", request=RedactionDecisionSerializer, responses=RedactionSerializer
    )
    def post(self, request: Request, reference: str, number: str, redaction_id: int) -> Response:
        actor = actor_of(request)
        redaction_for(actor, reference, number, redaction_id)
        decided = services.decide_redaction(
            actor=actor,
            reference=reference,
            label=number,
            redaction_id=redaction_id,
            **sent(request, RedactionDecisionSerializer),
        )
        return Response(redaction_as_json(decided))
