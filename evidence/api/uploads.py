"""Resumable uploads: tus 1.0.0 with creation, termination, checksum and expiration (https://tus.io/protocols/resumable-upload).

A file is sent here in pieces; once whole it becomes part of an item by its id (`uploads` when an item or a file is added).
The views run outside a transaction, because a piece may take minutes; the services open short ones.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import UnreadablePostError
from django.utils.http import http_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.problems import problem
from incidents.access import case_for
from organisations.doors import actor_of
from organisations.roles import Action

from ..models import PendingUpload
from ..services import arriving
from ..storage import CHUNK

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
PIECE = "application/offset+octet-stream"


class UploadShape(serializers.Serializer[dict[str, Any]]):
    """A file on its way in."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    modified = serializers.CharField()
    size = serializers.IntegerField()
    offset = serializers.IntegerField()
    whole = serializers.BooleanField()
    expires_at = serializers.DateTimeField()
    url = serializers.CharField()


def metadata_of(header: str) -> dict[str, str]:
    """`filename d29ybGQ=,filetype …` as a dictionary; what cannot be read is left out."""
    found = {}
    for pair in header.split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def checksum_of(header: str) -> arriving.Checksum | None:
    """`sha256 <base64>`; ValueError when it is of no kind we know."""
    if not header:
        return None
    algorithm, _space, value = header.partition(" ")
    if algorithm not in arriving.DIGESTS:
        raise ValueError(algorithm)
    return arriving.Checksum(algorithm, base64.b64decode(value, validate=True))


def whole_number(header: str | None) -> int | None:
    """A length or an offset; None for anything else."""
    return int(header) if header and header.isascii() and header.isdigit() and len(header) < 19 else None


def body_of(request: Request) -> Iterator[bytes]:
    """The body while it arrives; a line that goes dead ends it."""
    plain = request._request
    while True:
        try:
            chunk = plain.read(CHUNK)
        except UnreadablePostError:
            return
        if not chunk:
            return
        yield chunk


class TusView(APIView):
    """What every answer of the protocol carries."""

    def speaks(self, request: Request) -> Response | None:
        """412 for another version of the protocol."""
        if request.headers.get("Tus-Resumable") == VERSION:
            return None
        return problem(412, code="tus_version", detail=_("Send Tus-Resumable: 1.0.0."))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Tus-Resumable"] = VERSION
        answer["Tus-Version"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(exclude=True)
    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """What this server can do."""
        return Response(
            status=204,
            headers={
                "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(settings.EVIDENCE_MAX_BYTES),
                "Tus-Checksum-Algorithm": ",".join(arriving.DIGESTS),
            },
        )  # fmt: skip

    def shown(self, request: Request, reference: str, upload: PendingUpload) -> dict[str, Any]:
        """An upload as JSON."""
        return {
            "id": str(upload.pk), "name": upload.name, "modified": upload.modified, "size": upload.size,
            "offset": upload.offset, "whole": upload.is_whole, "expires_at": upload.expires_at,
            "url": reverse("api-evidence-upload", args=[reference, upload.pk], request=request),
        }  # fmt: skip

    def state(self, upload: PendingUpload, status: int) -> Response:
        """Where the file stands, in headers."""
        return Response(
            status=status,
            headers={
                "Upload-Offset": str(upload.offset), "Upload-Length": str(upload.size),
                "Upload-Expires": http_date(upload.expires_at.timestamp()),
            },
        )  # fmt: skip


class Uploads(TusView):
    """Beginning an upload, and one's own that are on their way."""

    @extend_schema(operation_id="evidence_uploads", responses=UploadShape(many=True))
    def get(self, request: Request, reference: str) -> Response:
        actor = actor_of(request)
        with transaction.atomic():
            case = case_for(actor, reference, Action.ADD_EVIDENCE)
            rows = list(arriving.own_uploads(actor, case.incident))
        return Response([self.shown(request, reference, row) for row in rows])

    @extend_schema(operation_id="evidence_upload_begin", request=None, responses={201: None})
    def post(self, request: Request, reference: str) -> Response:
        """Creation: `Upload-Length`, and `Upload-Metadata` with `filename` (and `modified`, free text)."""
        actor = actor_of(request)
        with transaction.atomic():
            case_for(actor, reference, Action.ADD_EVIDENCE)
        if (wrong := self.speaks(request)) is not None:
            return wrong
        size = whole_number(request.headers.get("Upload-Length"))
        if size is None:
            return problem(400, code="tus_length", detail=_("Send Upload-Length with the size of the file in bytes."))
        given = metadata_of(request.headers.get("Upload-Metadata", ""))
        upload = arriving.begin_upload(
            actor=actor, reference=reference, name=given.get("filename", ""), size=size, modified=given.get("modified", "")
        )  # fmt: skip
        answer = self.state(upload, 201)
        answer["Location"] = reverse("api-evidence-upload", args=[reference, upload.pk], request=request)
        return answer


class UploadDetail(TusView):
    """One upload of one's own."""

    @extend_schema(operation_id="evidence_upload_read", responses=UploadShape)
    def get(self, request: Request, reference: str, upload: Any) -> Response:
        with transaction.atomic():
            row = arriving.upload_for(actor_of(request), reference, upload)
        return Response(self.shown(request, reference, row))

    @extend_schema(exclude=True)
    def head(self, request: Request, reference: str, upload: Any) -> Response:
        """Where to go on."""
        if (wrong := self.speaks(request)) is not None:
            return wrong
        with transaction.atomic():
            row = arriving.upload_for(actor_of(request), reference, upload)
        return self.state(row, 200)

    @extend_schema(operation_id="evidence_upload_append", request=None, responses={204: None})
    def patch(self, request: Request, reference: str, upload: Any) -> Response:
        """A piece at `Upload-Offset`, `Content-Type: application/offset+octet-stream`; with `Upload-Checksum` all or nothing."""
        actor = actor_of(request)
        with transaction.atomic():
            arriving.upload_for(actor, reference, upload)
        if (wrong := self.speaks(request)) is not None:
            return wrong
        if request.content_type != PIECE:
            return problem(415, code="tus_media_type", detail=_("Send Content-Type: application/offset+octet-stream."))
        offset = whole_number(request.headers.get("Upload-Offset"))
        if offset is None:
            return problem(
                400, code="tus_offset", detail=_("Send Upload-Offset with the place of this piece in bytes.")
            )
        length = whole_number(request.headers.get("Content-Length"))
        if length is None:
            return problem(411, code="tus_piece_length", detail=_("Send Content-Length with the size of this piece."))
        try:
            checksum = checksum_of(request.headers.get("Upload-Checksum", ""))
        except ValueError:
            return problem(400, code="tus_checksum", detail=_("Send Upload-Checksum as sha256 or sha1 in base64."))
        row = arriving.append_to_upload(
            actor=actor, reference=reference, upload_id=upload, offset=offset, length=length, chunks=body_of(request),
            checksum=checksum,
        )  # fmt: skip
        return self.state(row, 204)

    @extend_schema(operation_id="evidence_upload_drop", request=None, responses={204: None})
    def delete(self, request: Request, reference: str, upload: Any) -> Response:
        """Termination."""
        actor = actor_of(request)
        with transaction.atomic():
            arriving.upload_for(actor, reference, upload)
        if (wrong := self.speaks(request)) is not None:
            return wrong
        arriving.drop_upload(actor=actor, reference=reference, upload_id=upload)
        return Response(status=204)

    @extend_schema(exclude=True)
    def post(self, request: Request, reference: str, upload: Any) -> Response:
        """For lines that let no PATCH through: `X-HTTP-Method-Override` (tus, core protocol)."""
        method = request.headers.get("X-HTTP-Method-Override", "")
        if method == "PATCH":
            return self.patch(request, reference, upload)
        if method == "DELETE":
            return self.delete(request, reference, upload)
        raise MethodNotAllowed("POST")
