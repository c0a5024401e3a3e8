"""The API's door to seals. Answers to anything that carried a passphrase are kept nowhere, not even for a retry."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import DomainError
from core.problems import problem
from organisations.doors import actor_of
from organisations.roles import Action
from sealing.services import LONGEST

from .. import services
from ..access import item_for
from ..errors import ItemNotSealed, OriginalUnavailable
from ..http import attachment
from ..models import Seal, SealAnswer, SealRequest
from ..services.seal_requests import Kind, custodians_of, request_for
from ..services.sealing import own_item
from ..states import RequestState, SealState

SECRET = {"Cache-Control": "no-store"}


class CandidateSerializer(serializers.Serializer[dict[str, Any]]):
    """Somebody who could be a custodian; `value` names them in a request."""

    value = serializers.CharField()
    user = serializers.CharField()
    organisation = serializers.CharField()
    fingerprint = serializers.CharField()


class SealSerializer(serializers.Serializer[dict[str, Any]]):
    """A seal in force."""

    state = serializers.ChoiceField(choices=SealState.choices, read_only=True)
    problem = serializers.CharField(read_only=True)
    threshold = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    custodians = serializers.ListField(child=serializers.CharField(), write_only=True)
    holders = CandidateSerializer(many=True, read_only=True)
    generation = serializers.IntegerField(read_only=True)
    asked_at = serializers.DateTimeField(read_only=True)
    sealed_at = serializers.DateTimeField(read_only=True, allow_null=True)


class SealAnswerSerializer(serializers.Serializer[dict[str, Any]]):
    """A custodian's answer."""

    custodian = serializers.CharField(read_only=True)
    organisation = serializers.CharField(read_only=True)
    approve = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(read_only=True)
    passphrase = serializers.CharField(
        write_only=True, required=False, allow_blank=True, trim_whitespace=False, max_length=LONGEST
    )


class SealRequestSerializer(serializers.Serializer[dict[str, Any]]):
    """A request to the custodians."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.ChoiceField(choices=Kind.choices)
    purpose = serializers.CharField(allow_blank=True)
    days = serializers.IntegerField(required=False, write_only=True)
    leaving = serializers.CharField(required=False, write_only=True)
    arriving = serializers.CharField(required=False, write_only=True)
    requested_by = serializers.CharField(read_only=True)
    organisation = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=RequestState.choices, read_only=True)
    asked_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)
    open_until = serializers.DateTimeField(read_only=True, allow_null=True)
    answers = SealAnswerSerializer(many=True, read_only=True)


class SealPassphraseSerializer(serializers.Serializer[dict[str, Any]]):
    """The requester's own passphrase."""

    passphrase = serializers.CharField(trim_whitespace=False, max_length=LONGEST)


def seal_as_json(seal: Seal) -> dict[str, Any]:
    """A seal, as whoever sees the item sees it: nothing here opens anything."""
    names = ("state", "problem", "threshold", "title", "summary", "reason", "generation", "asked_at", "sealed_at")
    holders = [
        {
            "value": f"{one.user_id}:{one.organisation_id}", "user": str(one.user), "organisation": str(one.organisation),
            "fingerprint": one.fingerprint,
        }
        for one in custodians_of(seal)
    ]  # fmt: skip
    return {**{name: getattr(seal, name) for name in names}, "holders": holders}


def request_as_json(asked: SealRequest) -> dict[str, Any]:
    """A request with its answers so far."""
    names = ("kind", "purpose", "state", "asked_at", "expires_at", "open_until")
    answers = SealAnswer.objects.filter(request=asked).select_related("custodian__user", "custodian__organisation")
    return {
        "id": asked.pk,
        **{name: getattr(asked, name) for name in names},
        "requested_by": str(asked.requested_by),
        "organisation": asked.organisation.slug,
        "answers": [
            {
                "custodian": str(answer.custodian.user), "organisation": answer.custodian.organisation.slug,
                "approve": answer.approved, "reason": answer.reason, "at": answer.at,
            }
            for answer in answers
        ],
    }  # fmt: skip


def refused(refusal: DomainError) -> Response:
    """Answered, not raised: the freeze must outlive this request."""
    return problem(refusal.status, code=refusal.code, detail=str(refusal.message))


class EvidenceSeal(APIView):
    """The seal of an item."""

    @extend_schema(operation_id="evidence_seal", responses=SealSerializer)
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        seal = Seal.objects.filter(item=item).exclude(state=SealState.UNSEALED).first()
        if seal is None:
            raise ItemNotSealed
        return Response(seal_as_json(seal))

    @extend_schema(operation_id="evidence_seal_close", request=SealSerializer, responses={202: SealSerializer})
    def post(self, request: Request, reference: str, number: str) -> Response:
        """Accepted: from now on the content is not handed out, and a worker locks it away."""
        actor = actor_of(request)
        own_item(actor, reference, number)
        seal = services.seal_item(actor=actor, reference=reference, label=number, **sent(request, SealSerializer))
        seal.refresh_from_db()
        return Response(seal_as_json(seal), status=202)


class SealCandidates(APIView):
    """Who can be named as a custodian of this item."""

    @extend_schema(operation_id="evidence_seal_candidates", responses=CandidateSerializer(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        case, _item = own_item(actor_of(request), reference, number)
        found = services.candidates(case.incident)
        return Response(
            [{name: getattr(one, name) for name in ("value", "user", "organisation", "fingerprint")} for one in found]
        )


class SealRequests(APIView):
    """Requests to the custodians of an item, newest first."""

    @extend_schema(operation_id="evidence_seal_requests", responses=SealRequestSerializer(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        asked = SealRequest.objects.filter(seal__item=item).select_related("requested_by", "organisation")
        return Response([request_as_json(one) for one in asked])

    @extend_schema(
        operation_id="evidence_seal_ask", request=SealRequestSerializer, responses={201: SealRequestSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
        given = sent(request, SealRequestSerializer)
        asked = services.ask_custodians(actor=actor, reference=reference, label=number, **given)
        return Response(request_as_json(asked), status=201)


class OneSealRequest(APIView):
    """A request and its answers."""

    @extend_schema(operation_id="evidence_seal_request", responses=SealRequestSerializer)
    def get(self, request: Request, reference: str, number: str, request_id: int) -> Response:
        return Response(request_as_json(request_for(actor_of(request), reference, number, request_id)[2]))


class SealRequestAnswer(APIView):
    """A custodian's yes or no."""

    @extend_schema(
        operation_id="evidence_seal_answer", request=SealAnswerSerializer, responses={201: SealRequestSerializer}
    )
    def post(self, request: Request, reference: str, number: str, request_id: int) -> Response:
        actor = actor_of(request)
        request_for(actor, reference, number, request_id)
        given = sent(request, SealAnswerSerializer)
        services.answer_request(actor=actor, reference=reference, label=number, request_id=request_id, **given)
        answer = request_as_json(request_for(actor, reference, number, request_id)[2])
        return Response(answer, status=201, headers=SECRET)


class SealRequestEnd(APIView):
    """Ends a request."""

    @extend_schema(operation_id="evidence_seal_end", request=None, responses=SealRequestSerializer)
    def post(self, request: Request, reference: str, number: str, request_id: int) -> Response:
        ended = services.end_request(actor=actor_of(request), reference=reference, label=number, request_id=request_id)
        return Response(request_as_json(ended))


class SealedContent(APIView):
    """A file of a sealed item, for the requester its custodians agreed on."""

    @extend_schema(
        operation_id="evidence_seal_open",
        request=SealPassphraseSerializer,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, reference: str, number: str, request_id: int, sha256: str) -> HttpResponseBase:
        actor = actor_of(request)
        request_for(actor, reference, number, request_id, Action.DOWNLOAD_EVIDENCE)
        given = sent(request, SealPassphraseSerializer)
        opened = services.open_sealed(
            actor=actor, reference=reference, label=number, request_id=request_id, sha256=sha256, **given
        )
        if opened.handle is None:
            return refused(opened.refusal or OriginalUnavailable())
        return attachment(opened.file, opened.handle)


class SealedFacts(APIView):
    """What a sealed item said of itself, under the same agreement."""

    @extend_schema(operation_id="evidence_seal_facts", request=SealPassphraseSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, reference: str, number: str, request_id: int) -> Response:
        actor = actor_of(request)
        request_for(actor, reference, number, request_id, Action.DOWNLOAD_EVIDENCE)
        given = sent(request, SealPassphraseSerializer)
        found = services.sealed_facts(actor=actor, reference=reference, label=number, request_id=request_id, **given)
        return Response(found, headers=SECRET)


class SealCarryOut(APIView):
    """Ends the seal, or gives a new custodian a share, as was agreed."""

    @extend_schema(
        operation_id="evidence_seal_carry_out", request=SealPassphraseSerializer, responses=SealRequestSerializer
    )
    def post(self, request: Request, reference: str, number: str, request_id: int) -> Response:
        actor = actor_of(request)
        _case, _item, asked = request_for(actor, reference, number, request_id, Action.DOWNLOAD_EVIDENCE)
        given = {**sent(request, SealPassphraseSerializer), "actor": actor, "reference": reference, "label": number}
        if asked.kind == Kind.RESHARE:
            services.replace_custodian(request_id=request_id, **given)
        else:
            done = services.unseal_item(request_id=request_id, **given)
            if done.refusal is not None:
                return refused(done.refusal)
        return Response(request_as_json(request_for(actor, reference, number, request_id)[2]), headers=SECRET)
