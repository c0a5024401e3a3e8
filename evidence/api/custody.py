"""The API's door to custody: passing on, holding, ending."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import naming
from core.api import sent
from core.errors import Invalid
from core.problems import problem
from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import hands, services
from ..access import item_for
from ..models import Disposal, LegalHold, Transfer


class TransferSerializer(serializers.Serializer[dict[str, Any]]):
    """A release and what became of it; `receipt` is null while it is open."""

    item = serializers.CharField()
    from_organisation = serializers.CharField()
    from_desk = serializers.CharField()
    to_organisation = serializers.CharField()
    to_desk = serializers.CharField()
    purpose = serializers.CharField()
    released_by = serializers.CharField()
    released_at = serializers.DateTimeField()
    release = serializers.CharField(help_text="Hash of the custody link.")
    receipt = serializers.DictField(allow_null=True)


class CustodyReleaseSerializer(serializers.Serializer[dict[str, Any]]):
    """To which side, and what for."""

    organisation = serializers.CharField(help_text="Its slug.")
    desk = serializers.CharField(allow_blank=True, required=False)
    purpose = serializers.CharField(allow_blank=True)


class AnswerSerializer(serializers.Serializer[dict[str, Any]]):
    """`accepted`, `refused` or, by the side that released it, `returned`."""

    answer = serializers.CharField()
    note = serializers.CharField(allow_blank=True, required=False)


class GroundsSerializer(serializers.Serializer[dict[str, Any]]):
    """Why, and on whose authority."""

    reason = serializers.CharField(allow_blank=True)
    authority = serializers.CharField(allow_blank=True)


class NewHoldSerializer(GroundsSerializer):
    """`item` empty or left out: every item of the case."""

    item = serializers.CharField(allow_blank=True, required=False)


class HoldSerializer(serializers.Serializer[dict[str, Any]]):
    """A legal hold."""

    id = serializers.IntegerField()
    item = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    authority = serializers.CharField()
    organisation = serializers.CharField()
    placed_by = serializers.CharField()
    placed_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)
    lifted_reason = serializers.CharField()


class LiftSerializer(serializers.Serializer[dict[str, Any]]):
    reason = serializers.CharField(allow_blank=True)


class DisposalSerializer(serializers.Serializer[dict[str, Any]]):
    """A proposal to dispose of an item's content; `outcome` is empty while it waits for a second person."""

    item = serializers.CharField()
    reason = serializers.CharField()
    authority = serializers.CharField()
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    outcome = serializers.CharField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_reason = serializers.CharField()


class DecisionSerializer(serializers.Serializer[dict[str, Any]]):
    """The second person's word; refusing needs a reason."""

    carry_out = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, required=False)


def transfer_as_json(row: Transfer) -> dict[str, Any]:
    """A transfer."""
    receipt = row.receipt
    return {
        "item": row.item.label,
        "from_organisation": row.from_organisation.slug,
        "from_desk": row.from_desk,
        "to_organisation": row.to_organisation.slug,
        "to_desk": row.to_desk,
        "purpose": row.purpose,
        "released_by": str(row.released_by),
        "released_at": row.released_at,
        "release": naming.covering_names(row.release.hash),
        "receipt": receipt
        and {
            "act": receipt.act,
            "by": str(receipt.actor),
            "at": receipt.at,
            "note": receipt.note,
            "hash": naming.covering_names(receipt.hash),
        },
    }


def hold_as_json(hold: LegalHold) -> dict[str, Any]:
    """A legal hold."""
    return {
        "id": hold.pk,
        "item": hold.item.label if hold.item else None,
        "reason": hold.reason,
        "authority": hold.authority,
        "organisation": hold.organisation.slug,
        "placed_by": str(hold.placed_by),
        "placed_at": hold.placed_at,
        "lifted_at": hold.lifted_at,
        "lifted_reason": hold.lifted_reason,
    }


def disposal_as_json(row: Disposal) -> dict[str, Any]:
    """A proposal and its outcome."""
    return {
        "item": row.item.label,
        "reason": row.reason,
        "authority": row.authority,
        "proposed_by": str(row.proposed_by),
        "proposed_at": row.proposed_at,
        "outcome": row.outcome,
        "decided_by": str(row.decided_by) if row.decided_by else None,
        "decided_at": row.decided_at,
        "decided_reason": row.decided_reason,
    }


class EvidenceTransfers(APIView):
    """What was passed on in this case, newest first; open ones have no receipt."""

    @extend_schema(operation_id="evidence_transfers", responses=TransferSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        return Response([transfer_as_json(row) for row in hands.transfers(case.incident)[: hands.RECENT]])


class EvidenceRelease(APIView):
    """Passing an item on."""

    @extend_schema(
        operation_id="evidence_release", request=CustodyReleaseSerializer, responses={201: TransferSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
        given = sent(request, CustodyReleaseSerializer)
        row = services.release_item(actor=actor, reference=reference, label=number, **given)
        return Response(transfer_as_json(row), status=201)


class EvidenceReceipt(APIView):
    """The other side's answer."""

    @extend_schema(operation_id="evidence_receipt", request=AnswerSerializer, responses={201: TransferSerializer})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
        given = sent(request, AnswerSerializer)
        receipt = services.answer_release(actor=actor, reference=reference, label=number, **given)
        if receipt.refusal is not None:  # answered, not raised: a freeze must outlive this request
            return problem(receipt.refusal.status, code=receipt.refusal.code, detail=str(receipt.refusal.message))
        return Response(transfer_as_json(receipt.transfer), status=201)


class EvidenceHolds(APIView):
    """Legal holds of the case."""

    @extend_schema(operation_id="evidence_holds", responses=HoldSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        return Response([hold_as_json(hold) for hold in hands.holds_in(case.incident)])

    @extend_schema(operation_id="evidence_hold_place", request=NewHoldSerializer, responses={201: HoldSerializer})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.ADD_EVIDENCE)
        given = sent(request, NewHoldSerializer)
        hold = services.place_hold(actor=actor, reference=reference, label=given.pop("item", ""), **given)
        return Response(hold_as_json(hold), status=201)


class EvidenceHoldLift(APIView):
    """Ending a legal hold."""

    @extend_schema(operation_id="evidence_hold_lift", request=LiftSerializer, responses=HoldSerializer)
    def post(self, request: Request, reference: str, hold_id: int) -> Response:
        actor = actor_of(request)
        services.disposal.hold_for(actor, reference, hold_id)
        hold = services.lift_hold(actor=actor, reference=reference, hold_id=hold_id, **sent(request, LiftSerializer))
        return Response(hold_as_json(hold))


class EvidenceDisposal(APIView):
    """Proposals to dispose of an item's content, the last first."""

    @extend_schema(operation_id="evidence_disposals", responses=DisposalSerializer(many=True))
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number)
        rows = Disposal.objects.filter(item=item).select_related("item", "proposed_by", "decided_by")
        return Response([disposal_as_json(row) for row in rows])

    @extend_schema(operation_id="evidence_dispose", request=GroundsSerializer, responses={201: DisposalSerializer})
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        given = sent(request, GroundsSerializer)
        row = services.propose_disposal(actor=actor, reference=reference, label=number, **given)
        return Response(disposal_as_json(row), status=201)


class EvidenceDisposalDecision(APIView):
    """Carrying a disposal out, or refusing it."""

    @extend_schema(operation_id="evidence_disposal_decide", request=DecisionSerializer, responses=DisposalSerializer)
    def post(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        item_for(actor, reference, number, Action.ADD_EVIDENCE)
        if "carry_out" not in request.data:
            raise Invalid({"carry_out": [_("Say true or false.")]})
        given = sent(request, DecisionSerializer)
        row = services.decide_disposal(actor=actor, reference=reference, label=number, **given)
        return Response(disposal_as_json(row))
