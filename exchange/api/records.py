"""The API's door to custody records: parse, call, answer."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import page_of, sent
from core.pagination import PageSerializer
from documents.shapes import DocumentSerializer, JobSerializer
from evidence.access import item_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..downloads import record_json, record_pdf


class RecordAskSerializer(serializers.Serializer[Any]):
    """What a custody record is asked for with."""

    language = serializers.CharField(default="en", max_length=10)


class RecordSerializer(serializers.Serializer[Any]):
    """A custody record."""

    number = serializers.IntegerField()
    language = serializers.CharField()
    asked_at = serializers.DateTimeField()
    organisation = serializers.CharField()
    data_sha256 = serializers.CharField(allow_null=True)
    job = JobSerializer()
    document = DocumentSerializer(allow_null=True)


class RecordPageSerializer(PageSerializer):
    """A page of custody records."""

    results = RecordSerializer(many=True)


class RecordList(APIView):
    """Custody records of an item, newest first."""

    @extend_schema(
        operation_id="custody_records_list",
        parameters=[OpenApiParameter("cursor", str)],
        responses=RecordPageSerializer,
    )
    def get(self, request: Request, reference: str, number: str) -> Response:
        _case, item = item_for(actor_of(request), reference, number, Action.DOWNLOAD_EVIDENCE)
        return page_of(request, self, selectors.records_of(item), selectors.record_as_json)

    @extend_schema(
        operation_id="custody_records_request", request=RecordAskSerializer, responses={202: RecordSerializer}
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        """Asks for one. Poll the address in `Location` until its job is done or failed."""
        actor = actor_of(request)
        item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
        said = sent(request, RecordAskSerializer)
        row = services.request_record(actor=actor, reference=reference, label=number, **said)
        address = reverse("api-custody-record", args=[reference, number, row.number], request=request)
        return Response(selectors.record_as_json(row), status=202, headers={"Location": address})


class RecordDetail(APIView):
    """One custody record with the state of its job."""

    @extend_schema(operation_id="custody_records_read", responses=RecordSerializer)
    def get(self, request: Request, reference: str, number: str, record: int) -> Response:
        _case, item = item_for(actor_of(request), reference, number, Action.DOWNLOAD_EVIDENCE)
        return Response(selectors.record_as_json(selectors.record_of(item, record)))


class RecordRetry(APIView):
    """Trying again what failed."""

    @extend_schema(operation_id="custody_records_retry", request=None, responses={202: RecordSerializer})
    def post(self, request: Request, reference: str, number: str, record: int) -> Response:
        row = services.retry_record(actor=actor_of(request), reference=reference, label=number, number=record)
        return Response(selectors.record_as_json(row), status=202)


class RecordDocument(APIView):
    """The PDF as issued."""

    @extend_schema(operation_id="custody_records_document", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str, number: str, record: int) -> HttpResponse:
        return record_pdf(actor_of(request), reference, number, record)


class RecordData(APIView):
    """The same as data: every field each link's hash covers."""

    @extend_schema(operation_id="custody_records_data", responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, reference: str, number: str, record: int) -> HttpResponse:
        return record_json(actor_of(request), reference, number, record)
