"""The API's door to verification reports: parse, call, answer."""

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
from core.marks import Mark
from core.pagination import PageSerializer
from documents.shapes import DocumentSerializer, JobSerializer
from organisations.doors import actor_of

from .. import selectors, services
from ..access import finding_to_take
from ..downloads import report_json, report_pdf


class VerificationAskSerializer(serializers.Serializer[Any]):
    """What a verification report is asked for with."""

    mark = serializers.ChoiceField(choices=Mark.values)
    language = serializers.CharField(default="en", max_length=10)


class VerificationSerializer(serializers.Serializer[Any]):
    """A verification report."""

    code = serializers.CharField()
    mark = serializers.ChoiceField(choices=Mark.values)
    language = serializers.CharField()
    asked_at = serializers.DateTimeField()
    organisation = serializers.CharField()
    data_sha256 = serializers.CharField(allow_null=True)
    job = JobSerializer()
    document = DocumentSerializer(allow_null=True)


class VerificationPageSerializer(PageSerializer):
    """A page of verification reports."""

    results = VerificationSerializer(many=True)


class VerificationList(APIView):
    """Verification reports of a finding that one's own organisation asked for, newest first."""

    @extend_schema(
        operation_id="verification_reports_list",
        parameters=[OpenApiParameter("cursor", str)],
        responses=VerificationPageSerializer,
    )
    def get(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        _case, finding = finding_to_take(actor, reference, number)
        return page_of(request, self, selectors.reports_of(finding, actor), selectors.report_as_json)

    @extend_schema(
        operation_id="verification_reports_request",
        request=VerificationAskSerializer,
        responses={202: VerificationSerializer},
    )
    def post(self, request: Request, reference: str, number: str) -> Response:
        """Asks for one. Poll the address in `Location` until its job is done or failed."""
        actor = actor_of(request)
        finding_to_take(actor, reference, number)
        said = sent(request, VerificationAskSerializer)
        row = services.request_report(actor=actor, reference=reference, label=number, **said)
        address = reverse("api-verification", args=[reference, number, row.code], request=request)
        return Response(selectors.report_as_json(row), status=202, headers={"Location": address})


class VerificationDetail(APIView):
    """One verification report with the state of its job."""

    @extend_schema(operation_id="verification_reports_read", responses=VerificationSerializer)
    def get(self, request: Request, reference: str, number: str, code: str) -> Response:
        actor = actor_of(request)
        _case, finding = finding_to_take(actor, reference, number)
        return Response(selectors.report_as_json(selectors.report_of(finding, actor, code)))


class VerificationRetry(APIView):
    """Trying again what failed."""

    @extend_schema(operation_id="verification_reports_retry", request=None, responses={202: VerificationSerializer})
    def post(self, request: Request, reference: str, number: str, code: str) -> Response:
        row = services.retry_report(actor=actor_of(request), reference=reference, label=number, code=code)
        return Response(selectors.report_as_json(row), status=202)


class VerificationDocument(APIView):
    """The PDF as issued."""

    @extend_schema(
        operation_id="verification_reports_document", responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, reference: str, number: str, code: str) -> HttpResponse:
        return report_pdf(actor_of(request), reference, number, code)


class VerificationData(APIView):
    """The same as canonical JSON, in a published shape (docs/reference/verification-report.schema.json)."""

    @extend_schema(operation_id="verification_reports_data", responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, reference: str, number: str, code: str) -> HttpResponse:
        return report_json(actor_of(request), reference, number, code)
