"""The API's door to keeping: the same services, the same answers."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.files import zip_answer
from organisations.doors import actor_of
from organisations.roles import Action

from .. import exports, held, requests, retention
from ..models import DataRequest, Delivery, HouseExport


class ExportPartSerializer(serializers.Serializer[dict[str, Any]]):
    """A part of an export."""

    number = serializers.IntegerField()
    cases = serializers.IntegerField()
    rows = serializers.IntegerField()
    files = serializers.IntegerField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class HouseExportSerializer(serializers.Serializer[dict[str, Any]]):
    """An export of everything an organisation holds."""

    number = serializers.IntegerField(read_only=True)
    reason = serializers.CharField(max_length=300)
    state = serializers.CharField(read_only=True)
    error_code = serializers.CharField(read_only=True)
    asked_at = serializers.DateTimeField(read_only=True)
    parts = ExportPartSerializer(many=True, read_only=True)


def export_as_json(export: HouseExport) -> dict[str, Any]:
    """An export as the API tells it."""
    names = ("number", "cases", "rows", "files", "sha256", "size")
    return {
        **{name: getattr(export, name) for name in ("number", "reason", "state", "error_code", "asked_at")},
        "parts": [{name: getattr(part, name) for name in names} for part in export.parts.all()],
    }


class ExportList(APIView):
    """The organisation's exports."""

    @extend_schema(operation_id="house_exports", responses=HouseExportSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([export_as_json(export) for export in exports.exports_of(actor_of(request))])

    @extend_schema(
        operation_id="house_export_ask", request=HouseExportSerializer, responses={201: HouseExportSerializer}
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.MANAGE_ORGANISATION)
        said = sent(request, HouseExportSerializer)
        made = exports.request_export(actor=actor, reason=said["reason"])
        return Response(export_as_json(exports.export_of(actor, made.number)), status=201)


class ExportAgain(APIView):
    """Goes on with an export that failed."""

    @extend_schema(operation_id="house_export_again", request=None, responses=HouseExportSerializer)
    def post(self, request: Request, number: int) -> Response:
        return Response(export_as_json(exports.retry_export(actor=actor_of(request), number=number)))


class ExportPartFile(APIView):
    """A part as it was made."""

    @extend_schema(operation_id="house_export_part", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: int, part: int) -> HttpResponseBase:
        found, handle = exports.open_part(actor=actor_of(request), number=number, part=part)
        return zip_answer(
            handle, name=f"export-{number}-{part}.zip", size=found.size, sha256=found.sha256,
            range_header=request.headers.get("Range", ""),
        )  # fmt: skip


class RequestSerializer(serializers.Serializer[dict[str, Any]]):
    """A request as it came in."""

    kind = serializers.ChoiceField(choices=DataRequest.Kind.choices)
    requester = serializers.CharField(max_length=200)
    contact = serializers.CharField(max_length=300, required=False, allow_blank=True)
    legal_basis = serializers.CharField(max_length=500)
    asked = serializers.CharField(max_length=20000)
    incident = serializers.CharField(max_length=24, required=False, allow_blank=True)
    subject = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**31 - 1)
    received_on = serializers.DateField(required=False)
    due_on = serializers.DateField(required=False)


class RequestStepSerializer(serializers.Serializer[dict[str, Any]]):
    """A line of a request's own audit."""

    act = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    note = serializers.CharField()


class RequestAnswerSerializer(RequestSerializer):
    """A request with what was decided and done."""

    number = serializers.IntegerField()
    outcome = serializers.CharField()
    reasons = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    decided_by = serializers.CharField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    package = serializers.CharField(allow_null=True, help_text="Its SHA-256 once it is made.")
    steps = RequestStepSerializer(many=True)


class RequestDecisionSerializer(serializers.Serializer[dict[str, Any]]):
    """A decision and its reasons. Parts: `person`, `facts`, items such as `E-3`."""

    outcome = serializers.ChoiceField(choices=["granted", "partly", "refused"])
    reasons = serializers.CharField(max_length=20000)
    parts = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=2000, required=False, default=list
    )


class DeliveredSerializer(serializers.Serializer[dict[str, Any]]):
    """How it was delivered."""

    how = serializers.CharField(max_length=300)


class OwnRequestSerializer(serializers.Serializer[dict[str, Any]]):
    """A request about oneself."""

    kind = serializers.ChoiceField(choices=["access", "erasure"])
    asked = serializers.CharField(max_length=5000)


def request_as_json(row: DataRequest) -> dict[str, Any]:
    """A request as the API tells it."""
    delivery = Delivery.objects.filter(request=row).first()
    plain = ("number", "kind", "requester", "contact", "legal_basis", "asked", "received_on", "due_on", "outcome", "reasons", "parts", "delivered_at")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        "incident": row.incident.reference if row.incident else "",
        "subject": row.subject_id,
        "decided_by": str(row.decided_by or ""),
        "package": delivery.sha256 or None if delivery else None,
        "steps": [
            {"act": one.act, "by": str(one.by), "at": one.at, "note": one.note} for one in requests.steps_of(row)
        ],
    }


class RequestList(APIView):
    """Requests for data."""

    @extend_schema(operation_id="data_requests", responses=RequestAnswerSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([request_as_json(row) for row in requests.requests_for(actor_of(request))[:100]])

    @extend_schema(
        operation_id="data_request_file", request=RequestSerializer, responses={201: RequestAnswerSerializer}
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.HANDLE_REQUESTS)
        said = sent(request, RequestSerializer)
        return Response(request_as_json(requests.file_request(actor=actor, **said)), status=201)


class RequestDetail(APIView):
    """One request."""

    @extend_schema(operation_id="data_request", responses=RequestAnswerSerializer)
    def get(self, request: Request, number: int) -> Response:
        return Response(request_as_json(requests.request_of(actor_of(request), number)))


class RequestDecision(APIView):
    """The decision, by somebody who neither filed it nor is its subject."""

    @extend_schema(
        operation_id="data_request_decide", request=RequestDecisionSerializer, responses=RequestAnswerSerializer
    )
    def post(self, request: Request, number: int) -> Response:
        actor = actor_of(request)
        actor.require(Action.HANDLE_REQUESTS)
        requests.request_of(actor, number)
        said = sent(request, RequestDecisionSerializer)
        return Response(request_as_json(requests.decide_request(actor=actor, number=number, **said)))


class RequestDelivery(APIView):
    """Says how it was delivered."""

    @extend_schema(
        operation_id="data_request_delivered", request=DeliveredSerializer, responses=RequestAnswerSerializer
    )
    def post(self, request: Request, number: int) -> Response:
        actor = actor_of(request)
        actor.require(Action.HANDLE_REQUESTS)
        requests.request_of(actor, number)
        said = sent(request, DeliveredSerializer)
        return Response(request_as_json(requests.note_delivered(actor=actor, number=number, how=said["how"])))


class RequestPackage(APIView):
    """The package as it was made."""

    @extend_schema(operation_id="data_request_package", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: int) -> HttpResponseBase:
        found, handle = requests.open_delivery(actor=actor_of(request), number=number)
        return zip_answer(
            handle, name=f"request-{number}.zip", size=found.size, sha256=found.sha256,
            range_header=request.headers.get("Range", ""),
        )  # fmt: skip


class Held(APIView):
    """What is held about the person who asks."""

    @extend_schema(operation_id="data_held", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(held.take_held(actor=actor_of(request)))


class OwnRequests(APIView):
    """A request about oneself."""

    @extend_schema(operation_id="own_request", request=OwnRequestSerializer, responses={201: RequestAnswerSerializer})
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        said = sent(request, OwnRequestSerializer)
        return Response(request_as_json(requests.ask_about_myself(actor=actor, **said)), status=201)


class Retention(APIView):
    """The published rules, the fields each one keeps, and what of the organisation's is coming up."""

    @extend_schema(operation_id="retention", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        coming = retention.due_in(actor_of(request))
        fields = retention.fields_by_rule()
        return Response(
            {
                "rules": [{**rule, "fields": fields.get(rule["code"], [])} for rule in retention.rules()],
                "due": [{"what": one.what, "rule": one.rule, "on": one.on, "legal_hold": one.held} for one in coming],
            }
        )
