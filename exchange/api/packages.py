"""The API's door to evidence packages: parse, call, answer."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import page_of, sent
from core.pagination import PageSerializer
from documents.shapes import JobSerializer
from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..downloads import evidence_csv, package_zip


class PackageAskSerializer(serializers.Serializer[Any]):
    """What a package is asked for with; `items` left out or empty: all of them."""

    mark = serializers.CharField(max_length=20)
    recipient = serializers.CharField(allow_blank=True)
    purpose = serializers.CharField(allow_blank=True)
    items = serializers.ListField(child=serializers.CharField(max_length=10), required=False, max_length=2000)
    names_reason = serializers.CharField(
        allow_blank=True, required=False,
        help_text="In a case worked on organisation-blind: why a keeper of names takes the names out. Everybody named reads it.",
    )  # fmt: skip


class WithheldSerializer(serializers.Serializer[Any]):
    """An item that comes without content, and why."""

    label = serializers.CharField()  # type: ignore[assignment]
    why = serializers.ChoiceField(choices=["sealed", "frozen", "withdrawn", "disposed"])


class MadeSerializer(serializers.Serializer[Any]):
    """What was made."""

    mark = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    items = serializers.IntegerField()
    with_content = serializers.IntegerField()
    files = serializers.IntegerField()
    withheld = WithheldSerializer(many=True)


class PackageSerializer(serializers.Serializer[Any]):
    """A package."""

    number = serializers.IntegerField()
    identifier = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    mark = serializers.CharField()
    recipient = serializers.CharField()
    purpose = serializers.CharField()
    names_reason = serializers.CharField(
        help_text="Why a keeper of names takes the names of a blind case out; else empty."
    )
    asked_at = serializers.DateTimeField()
    organisation = serializers.CharField()
    job = JobSerializer()
    made = MadeSerializer(allow_null=True)


class PackagePageSerializer(PageSerializer):
    """A page of packages."""

    results = PackageSerializer(many=True)


class PackageList(APIView):
    """Packages made of a case, newest first."""

    @extend_schema(
        operation_id="packages_list", parameters=[OpenApiParameter("cursor", str)], responses=PackagePageSerializer
    )
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        return page_of(request, self, selectors.packages_of(case), selectors.package_as_json)

    @extend_schema(operation_id="packages_request", request=PackageAskSerializer, responses={202: PackageSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Asks for one. Poll the address in `Location` until its job is done or failed."""
        actor = actor_of(request)
        case_for(actor, reference, Action.EXPORT_EVIDENCE)
        said = sent(request, PackageAskSerializer)
        package = services.request_package(actor=actor, reference=reference, **said)
        address = reverse("api-package", args=[reference, package.number], request=request)
        return Response(selectors.package_as_json(package), status=202, headers={"Location": address})


class PackageDetail(APIView):
    """One package with the state of its job."""

    @extend_schema(operation_id="packages_read", responses=PackageSerializer)
    def get(self, request: Request, reference: str, number: int) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        return Response(selectors.package_as_json(selectors.package_of(case, number)))


class PackageRetry(APIView):
    """Trying again what failed."""

    @extend_schema(operation_id="packages_retry", request=None, responses={202: PackageSerializer})
    def post(self, request: Request, reference: str, number: int) -> Response:
        package = services.retry_package(actor=actor_of(request), reference=reference, number=number)
        return Response(selectors.package_as_json(package), status=202)


class PackageFile(APIView):
    """The zip as it was made."""

    @extend_schema(operation_id="packages_file", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str, number: int) -> HttpResponseBase:
        return package_zip(actor_of(request), reference, number, request.headers.get("Range", ""))


class EvidenceCsv(APIView):
    """The list of evidence as CSV, with the filters it was made with in every row."""

    @extend_schema(
        operation_id="evidence_csv",
        parameters=[OpenApiParameter("status", str), OpenApiParameter("mark", str)],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        return evidence_csv(actor_of(request), reference, request.query_params)
