"""The API's door to who is in charge, handing over, and emergencies."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import Invalid
from organisations.doors import actor_of
from organisations.roles import Action, Grade

from .. import emergency, handing
from ..access import case_for
from ..models import EmergencyOpening, HandOver
from .sharing import house_named


class InChargeSerializer(serializers.Serializer[dict[str, Any]]):
    """Who is in charge: the number of a person of the house, or null."""

    person = serializers.IntegerField(allow_null=True)


class HandOverSerializer(serializers.Serializer[dict[str, Any]]):
    """An offer of the case."""

    id = serializers.IntegerField(read_only=True)
    organisation = serializers.SlugField()
    reason = serializers.CharField(max_length=300)
    keeps = serializers.ChoiceField(choices=[grade.name.lower() for grade in handing.KEEPS], default="oversee")
    state = serializers.CharField(read_only=True)
    offered_at = serializers.DateTimeField(read_only=True)
    answer = serializers.CharField(read_only=True)


class HandOverAnswerSerializer(serializers.Serializer[dict[str, Any]]):
    """What to do with an offer."""

    act = serializers.ChoiceField(choices=["take", "decline", "withdraw"])
    answer = serializers.CharField(required=False, allow_blank=True, max_length=300)


class EmergencyOpenSerializer(serializers.Serializer[dict[str, Any]]):
    """Which case, and why it cannot wait."""

    reference = serializers.CharField(max_length=24)
    reason = serializers.CharField(max_length=280)


class EmergencySerializer(serializers.Serializer[dict[str, Any]]):
    """An opening without a grant."""

    reference = serializers.CharField()
    name = serializers.CharField()
    organisation = serializers.SlugField()
    reason = serializers.CharField()
    opened_at = serializers.DateTimeField()
    until = serializers.DateTimeField()


def offer_as_json(offer: HandOver) -> dict[str, Any]:
    """An offer as the API tells it."""
    return {
        "id": offer.pk,
        "organisation": offer.to_organisation.slug,
        "reason": offer.reason,
        "keeps": Grade(offer.keeps).name.lower(),
        "state": offer.state,
        "offered_at": offer.offered_at,
        "answer": offer.answer,
    }


def opening_as_json(row: EmergencyOpening, reference: str) -> dict[str, Any]:
    """An opening as the API tells it."""
    return {
        "reference": reference,
        "name": row.person.name,
        "organisation": row.organisation.slug,
        "reason": row.reason,
        "opened_at": row.opened_at,
        "until": row.until,
    }


class InCharge(APIView):
    """Who answers for the case."""

    @extend_schema(operation_id="in_charge", request=InChargeSerializer, responses=InChargeSerializer)
    def put(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.SHARE)
        person = sent(request, InChargeSerializer)["person"]
        incident = handing.put_in_charge(actor=actor, reference=reference, person_id=person)
        return Response({"person": incident.in_charge_id})


class HandOverList(APIView):
    """Offers to hand the case over."""

    @extend_schema(operation_id="hand_overs_list", responses=HandOverSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_GRANTS)
        return Response([offer_as_json(offer) for offer in handing.offers_on(case.incident)])

    @extend_schema(operation_id="hand_overs_offer", request=HandOverSerializer, responses={201: HandOverSerializer})
    def post(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        case_for(actor, reference, Action.SHARE)
        given = sent(request, HandOverSerializer)
        offer = handing.offer_case(
            actor=actor, reference=reference, organisation=house_named(given["organisation"]), reason=given["reason"],
            keeps=Grade[given["keeps"].upper()],
        )  # fmt: skip
        offer.refresh_from_db(fields=["offered_at"])
        return Response(offer_as_json(offer), status=201)


class HandOverAnswer(APIView):
    """One offer: taken, declined or withdrawn."""

    @extend_schema(operation_id="hand_overs_answer", request=HandOverAnswerSerializer, responses={204: None})
    def post(self, request: Request, reference: str, offer_id: int) -> Response:
        actor = actor_of(request)
        handing.offer_for(actor, reference, offer_id)
        given = sent(request, HandOverAnswerSerializer)
        if given["act"] == "take":
            handing.take_over_case(actor=actor, reference=reference, offer_id=offer_id)
        elif given["act"] == "decline":
            handing.decline_case(actor=actor, reference=reference, offer_id=offer_id, answer=given.get("answer", ""))
        else:
            handing.withdraw_offer(actor=actor, reference=reference, offer_id=offer_id)
        return Response(status=204)


class EmergencyList(APIView):
    """Every opening of the case without a grant; they stay for ever."""

    @extend_schema(operation_id="emergencies_list", responses=EmergencySerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_GRANTS)
        return Response([opening_as_json(row, reference) for row in emergency.openings_of(case.incident)])


class EmergencyOpen(APIView):
    """Opening a case without a grant, by the secretariat's duty officer."""

    @extend_schema(operation_id="emergency_open", request=EmergencyOpenSerializer, responses={201: EmergencySerializer})
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.OPEN_IN_EMERGENCY)
        given = sent(request, EmergencyOpenSerializer)
        reference = given["reference"].strip().upper()
        if not reference:
            raise Invalid({"reference": [_("Name a case.")]})
        opening = emergency.open_in_emergency(actor=actor, reference=reference, reason=given["reason"])
        return Response(opening_as_json(opening, opening.incident.reference), status=201)
