"""The API's door to duty: the house's own rota and calls, and whoever is on duty at another's."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from organisations.doors import actor_of

from .. import rota, services
from ..models import DutyCall


class DutyContactSerializer(serializers.Serializer[dict[str, Any]]):
    """A person (`person`, the number of a member) or a mailbox (`email`) on the rota."""

    id = serializers.IntegerField(read_only=True)
    order = serializers.IntegerField(min_value=1, max_value=99, default=1)
    person = serializers.IntegerField(allow_null=True, required=False, min_value=1, max_value=2**31 - 1)
    email = serializers.EmailField(allow_blank=True, required=False, max_length=254)
    name = serializers.CharField(allow_blank=True, required=False, max_length=80)
    phone = serializers.CharField(allow_blank=True, required=False, max_length=40)
    weekdays = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=7), max_length=7)
    starts = serializers.TimeField(required=False)
    ends = serializers.TimeField(required=False)
    time_zone = serializers.CharField(max_length=40, default="UTC")
    from_on = serializers.DateField(allow_null=True, required=False)
    until_on = serializers.DateField(allow_null=True, required=False)


class OnDutySerializer(serializers.Serializer[dict[str, Any]]):
    """Somebody on duty at this moment, in the order in which they are asked."""

    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class DutyCallAskedSerializer(serializers.Serializer[dict[str, Any]]):
    """What one's own organisation asked of this one."""

    reference = serializers.CharField()
    opened_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=DutyCall.State.choices)
    asked = serializers.IntegerField()
    closed_at = serializers.DateTimeField(allow_null=True)
    by_whom = serializers.CharField(allow_null=True)


class DutyOfSerializer(serializers.Serializer[dict[str, Any]]):
    """Another organisation's duty at this moment."""

    on_duty = OnDutySerializer(many=True)
    calls = DutyCallAskedSerializer(many=True)


class DutyCallNewSerializer(serializers.Serializer[dict[str, Any]]):
    """The case a duty contact is called about."""

    reference = serializers.CharField(max_length=30)


class DutyStepSerializer(serializers.Serializer[dict[str, Any]]):
    """One contact asked, in turn."""

    number = serializers.IntegerField()
    contact = serializers.CharField()
    told_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField(allow_null=True)
    acknowledged = serializers.BooleanField()


class DutyCallSerializer(serializers.Serializer[dict[str, Any]]):
    """A notice this organisation was asked to acknowledge, and its steps."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=DutyCall.State.choices)
    opened_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    steps = DutyStepSerializer(many=True)


class Duty(APIView):
    """The house's own rota."""

    @extend_schema(operation_id="duty_list", responses=DutyContactSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([rota.contact_as_json(each) for each in rota.contacts_of(actor_of(request))])

    @extend_schema(operation_id="duty_add", request=DutyContactSerializer, responses={201: DutyContactSerializer})
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        said = sent(request, DutyContactSerializer)
        contact = services.add_contact(actor=actor, facts=said)
        return Response(rota.contact_as_json(contact), status=201)


class DutyContactDoor(APIView):
    """One contact. A change makes a new line with a number of its own; the old one stays in past calls."""

    @extend_schema(operation_id="duty_read", responses=DutyContactSerializer)
    def get(self, request: Request, contact_id: int) -> Response:
        return Response(rota.contact_as_json(rota.contact_of(actor_of(request), contact_id)))

    @extend_schema(operation_id="duty_change", request=DutyContactSerializer, responses=DutyContactSerializer)
    def put(self, request: Request, contact_id: int) -> Response:
        actor = actor_of(request)
        rota.contact_of(actor, contact_id)
        said = sent(request, DutyContactSerializer)
        contact = services.change_contact(actor=actor, contact_id=contact_id, facts=said)
        return Response(rota.contact_as_json(contact))

    @extend_schema(operation_id="duty_end", responses={204: None})
    def delete(self, request: Request, contact_id: int) -> Response:
        services.end_contact(actor=actor_of(request), contact_id=contact_id)
        return Response(status=204)


class DutyTest(APIView):
    """Tries the rota out."""

    @extend_schema(operation_id="duty_test", request=None, responses={202: None})
    def post(self, request: Request) -> Response:
        """The first contact on duty is asked to acknowledge; without an answer it passes on."""
        services.try_rota(actor=actor_of(request))
        return Response(status=202)


class DutyCalls(APIView):
    """What the house was asked, the newest 50 first."""

    @extend_schema(operation_id="duty_calls", responses=DutyCallSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([rota.call_as_json(each) for each in rota.calls_of(actor_of(request))])


class DutyOf(APIView):
    """Whoever is on duty at an organisation one shares a case with; 404 for any other."""

    @extend_schema(operation_id="duty_of", responses=DutyOfSerializer)
    def get(self, request: Request, slug: str) -> Response:
        house = rota.house(actor_of(request), slug)
        now = [{"name": each.name, "email": each.email, "phone": each.phone} for each in rota.on_duty(house)]
        names = ("reference", "opened_at", "state", "asked", "closed_at", "by_whom")
        calls = [{name: getattr(each, name) for name in names} for each in rota.asked_of(house)]
        return Response({"on_duty": now, "calls": calls})

    @extend_schema(operation_id="duty_call", request=DutyCallNewSerializer, responses={202: None})
    def post(self, request: Request, slug: str) -> Response:
        """Asks the duty contact to get in touch about a case both see; `GET` shows who has acknowledged."""
        actor = actor_of(request)
        rota.house(actor, slug)
        said = sent(request, DutyCallNewSerializer)
        services.call_duty(actor=actor, slug=slug, reference=said["reference"])
        return Response(status=202)
