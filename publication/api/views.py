"""The API's door to public figures: open to anyone for what is published, to publishers for the rest."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent
from core.errors import NotFound
from core.pagination import NewestFirst
from core.public import as_public
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import access, files, selectors, services
from ..models import Release
from ..selectors import Edition
from .serializers import (
    BeginSerializer,
    DiscardSerializer,
    ReleasePageSerializer,
    ReleaseSerializer,
    TableSerializer,
    release_as_json,
    row_as_json,
    table_as_json,
)


class OpenView(APIView):
    """Reading is for anyone; changing needs a key or a session."""

    def get_permissions(self) -> list[Any]:
        """Only safe methods are open."""
        return [AllowAny()] if self.request.method in {"GET", "HEAD", "OPTIONS"} else [IsAuthenticated()]


def seen(request: Request, version: str, codes: list[str] | None) -> tuple[Edition, bool]:
    """The published release of this version, for anyone; the unpublished one for its publishers, and 404 for all others."""
    try:
        return selectors.published(version, codes), False
    except NotFound:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or not access.is_publisher(actor):
            raise
        return selectors.preview(access.release_for(actor, version, Action.PREPARE_RELEASE), codes), True


class ReleaseList(OpenView):
    """Published releases, newest first; beginning one."""

    @extend_schema(
        operation_id="releases_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses=ReleasePageSerializer,
    )
    def get(self, request: Request) -> Response:
        pages = NewestFirst()
        with as_public() as using:
            rows = Release.objects.using(using).filter(published_at__isnull=False).select_related("revision_of")
            page = pages.paginate_queryset(rows, request, view=self) or []
            return pages.get_paginated_response([row_as_json(row) for row in page])

    @extend_schema(operation_id="releases_begin", request=BeginSerializer, responses={202: ReleaseSerializer})
    def post(self, request: Request) -> Response:
        """Begins a release. Poll the address in `Location` until its status is `prepared` or `refused`."""
        actor = actor_of(request)
        access.require_publisher(actor, Action.PREPARE_RELEASE)
        said = sent(request, BeginSerializer)
        release = services.begin_release(actor=actor, **said)
        address = reverse("api-release", args=[release.version], request=request)
        return Response(
            release_as_json(Edition(release), for_publisher=True), status=202, headers={"Location": address}
        )


class ReleaseDetail(OpenView):
    """One release."""

    @extend_schema(operation_id="releases_read", responses=ReleaseSerializer)
    def get(self, request: Request, version: str) -> Response:
        edition, own = seen(request, version, None)
        return Response(release_as_json(edition, for_publisher=own))


class ReleaseTable(OpenView):
    """One table with its figures."""

    @extend_schema(operation_id="releases_table", responses=TableSerializer)
    def get(self, request: Request, version: str, code: str) -> Response:
        edition, _own = seen(request, version, [code])
        return Response(table_as_json(edition.sheet(code)))


class ReleaseCsv(OpenView):
    """One table as CSV."""

    @extend_schema(operation_id="releases_table_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, version: str, code: str) -> HttpResponse:
        edition, own = seen(request, version, [code])
        file = files.csv_file(edition.sheet(code))
        response = HttpResponse(file.data, content_type=file.media_type)
        response["Content-Disposition"] = f'attachment; filename="{file.name}"'
        response["Cache-Control"] = "private, no-store" if own else "public, max-age=31536000, immutable"
        return response


class ReleaseAct(APIView):
    """Publishing, discarding, sending again."""

    act = ""

    def answer(self, request: Request, version: str, **given: Any) -> Response:
        """Does it, and tells the release as it then is."""
        services_of: dict[str, Callable[..., Release]] = {
            "publish": services.publish_release,
            "discard": services.discard_release,
            "again": services.send_again,
        }
        release = services_of[self.act](actor=actor_of(request), version=version, **given)
        return Response(release_as_json(selectors.preview(release), for_publisher=True))


class ReleasePublish(ReleaseAct):
    """A second person publishes."""

    act = "publish"

    @extend_schema(operation_id="releases_publish", request=None, responses=ReleaseSerializer)
    def post(self, request: Request, version: str) -> Response:
        return self.answer(request, version)


class ReleaseDiscard(ReleaseAct):
    """It shall not be published."""

    act = "discard"

    @extend_schema(operation_id="releases_discard", request=DiscardSerializer, responses=ReleaseSerializer)
    def post(self, request: Request, version: str) -> Response:
        access.require_publisher(actor_of(request), Action.PREPARE_RELEASE)
        said = sent(request, DiscardSerializer)
        return self.answer(request, version, **said)


class ReleaseAgain(ReleaseAct):
    """The counting seems lost."""

    act = "again"

    @extend_schema(operation_id="releases_send_again", request=None, responses=ReleaseSerializer)
    def post(self, request: Request, version: str) -> Response:
        return self.answer(request, version)
