"""The API's door to packages others sent: parse, call, answer."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import page_of
from core.errors import Invalid
from core.pagination import PageSerializer
from documents.shapes import JobSerializer
from evidence.uploads import Upload
from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from .packages import WithheldSerializer


class ReceiveSerializer(serializers.Serializer[Any]):
    """The zip, as the part `file` of a multipart body."""

    file = serializers.FileField()


class TakenSerializer(serializers.Serializer[Any]):
    """An item's number there and here."""

    label = serializers.CharField()  # type: ignore[assignment]
    here = serializers.CharField()


class OutcomeSerializer(serializers.Serializer[Any]):
    """What came of a package: taken in, or recognised as one that was taken in before."""

    items = TakenSerializer(many=True, required=False)
    known = TakenSerializer(many=True, required=False)
    without_content = WithheldSerializer(many=True, required=False)
    known_as = serializers.IntegerField(required=False)


class ReceivedPackageSerializer(serializers.Serializer[Any]):
    """A package somebody sent. `verified` is null until it was taken in."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    organisation = serializers.CharField()
    job = JobSerializer()
    identifier = serializers.CharField(allow_null=True)
    sender = serializers.CharField(allow_null=True)
    signed_by = serializers.CharField(allow_null=True)
    verified = serializers.BooleanField(allow_null=True)
    mark = serializers.CharField(allow_null=True)
    outcome = OutcomeSerializer()


class ReceivedPageSerializer(PageSerializer):
    """A page of received packages."""

    results = ReceivedPackageSerializer(many=True)


class ReceivedList(APIView):
    """Packages others sent, newest first."""

    parser_classes: ClassVar[list[type[BaseParser]]] = [MultiPartParser]  # type: ignore[misc]

    @extend_schema(
        operation_id="received_packages_list",
        parameters=[OpenApiParameter("cursor", str)],
        responses=ReceivedPageSerializer,
    )
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        return page_of(request, self, selectors.received_packages_of(case), selectors.received_as_json)

    @extend_schema(
        operation_id="received_packages_add", request=ReceiveSerializer, responses={202: ReceivedPackageSerializer}
    )
    def post(self, request: Request, reference: str) -> Response:
        """Gives a package in. Poll the address in `Location` until its job is done or failed."""
        actor = actor_of(request)
        case_for(actor, reference, Action.ADD_EVIDENCE)
        file = request.FILES.get("file")
        if file is None:
            raise Invalid({"file": [_("Send the package in the part “file”.")]})
        row = services.receive_package(actor=actor, reference=reference, upload=Upload.of(file))
        address = reverse("api-received-package", args=[reference, row.number], request=request)
        return Response(selectors.received_as_json(row), status=202, headers={"Location": address})


class ReceivedDetail(APIView):
    """One package somebody sent."""

    @extend_schema(operation_id="received_packages_read", responses=ReceivedPackageSerializer)
    def get(self, request: Request, reference: str, number: int) -> Response:
        case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
        return Response(selectors.received_as_json(selectors.received_of(case, number)))


class ReceivedRetry(APIView):
    """Trying again what failed."""

    @extend_schema(operation_id="received_packages_retry", request=None, responses={202: ReceivedPackageSerializer})
    def post(self, request: Request, reference: str, number: int) -> Response:
        row = services.retry_received(actor=actor_of(request), reference=reference, number=number)
        return Response(selectors.received_as_json(row), status=202)
