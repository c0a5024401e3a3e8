"""The log by API: open to anybody, but for the proof of an entry, which is for whoever may read the entry."""

import base64
from typing import Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import Invalid, NotAllowed, NotFound
from core.public import PUBLIC, as_public

from .. import keys, log
from ..models import Entry

MOST = 2**53


class CosignatureSerializer(serializers.Serializer[Any]):
    """A witness's line over a published checkpoint."""

    size = serializers.IntegerField(min_value=1, max_value=MOST)
    line = serializers.CharField(max_length=1000)


def number(request: Request, name: str, default: int | None = None) -> int:
    """A size or an index out of the query; 422 beside its name when it is none."""
    given = request.query_params.get(name, "")
    if given == "" and default is not None:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 16:
        raise Invalid({name: ["Give a whole number."]})
    return int(given)


def published(size: int) -> int:
    """A size that is at most what is published."""
    latest = log.checkpoint(using=PUBLIC)
    if latest is None:
        raise NotFound("checkpoint")
    if not 0 < size <= latest.size:
        raise Invalid({"size": [f"Give a size between 1 and {latest.size}, the size of the newest checkpoint."]})
    return size


def newest() -> int:
    """The size of the newest checkpoint; 0 before the first."""
    latest = log.checkpoint(using=PUBLIC)
    return latest.size if latest else 0


def asked(name: str, *, required: bool = False) -> OpenApiParameter:
    """A number in the query."""
    return OpenApiParameter(name, OpenApiTypes.INT, OpenApiParameter.QUERY, required=required)


class OpenView(APIView):
    """For anybody, by the public login."""

    permission_classes = [AllowAny]


class CheckpointView(OpenView):
    """The newest checkpoint."""

    @extend_schema(operation_id="log_checkpoint", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Size, root, the signed note with its witnesses' lines, and the key it is checked with."""
        with as_public():
            latest = log.checkpoint(using=PUBLIC)
            if latest is None:
                raise NotFound("checkpoint")
            note = log.whole_note(latest, PUBLIC)
        return Response(
            {
                "size": latest.size,
                "root": base64.b64encode(latest.root).decode(),
                "note": note,
                "published_at": latest.made_at,
                "vkey": keys.signer(log.PURPOSE).vkey,
            }
        )


class InclusionView(OpenView):
    """That a leaf stands in the log."""

    @extend_schema(
        operation_id="log_inclusion", responses=OpenApiTypes.OBJECT,
        parameters=[asked("index", required=True), asked("size")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The path from leaf `index` to the root of the tree of `size` (RFC 6962, 2.1.1)."""
        index = number(request, "index")
        with as_public():
            size = published(number(request, "size", newest()))
            if index >= size:
                raise Invalid({"index": ["There is no such leaf in a tree of this size."]})
            tree = log.tree(size, PUBLIC)
            path, root = tree.inclusion(index), tree.root()
        return Response(
            {"index": index, "size": size, "root": base64.b64encode(root).decode(), "path": log.in_base64(path)}
        )


class ConsistencyView(OpenView):
    """That the log only grew."""

    @extend_schema(
        operation_id="log_consistency", responses=OpenApiTypes.OBJECT,
        parameters=[asked("from", required=True), asked("size")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """That the tree of size `from` is the beginning of that of `size` (RFC 6962, 2.1.2)."""
        old = number(request, "from")
        with as_public():
            size = published(number(request, "size", newest()))
            if not 0 < old <= size:
                raise Invalid({"from": ["Give a size between 1 and the other one."]})
            proof = log.tree(size, PUBLIC).consistency(old)
        return Response({"from": old, "size": size, "proof": log.in_base64(proof)})


class CosignatureView(OpenView):
    """Witnesses hand in what they signed."""

    @extend_schema(operation_id="log_cosign", request=CosignatureSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Takes a `cosignature/v1` line of a witness this platform lists, after checking it."""
        given = CosignatureSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with as_public():
            name = log.add_cosignature(given.validated_data["size"], given.validated_data["line"])
        return Response({"witness": name, "size": given.validated_data["size"]}, status=201)


class EntryProofView(APIView):
    """That an entry one may read stands in the public log."""

    @extend_schema(operation_id="ledger_entry_proof", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, entry: int) -> Response:
        """The entry's fields as they are hashed, the opening of its commitment, and its path; 409 while it waits for a checkpoint."""
        if getattr(request, "actor", None) is None:
            raise NotAllowed("ledger.read")  # a member of nothing, whatever is asked for
        with transaction.atomic():
            found = Entry.objects.filter(pk=entry).first()
            if found is None:
                raise NotFound(str(entry))
            proof = log.proof_of(found.pk, bytes(found.leaf))
            if proof is None:
                raise log.NotLoggedYet
            last = log.checkpoint(proof["size"])
            return Response({**proof, "leaf": bytes(found.leaf).hex(), "checkpoint": last.note if last else ""})
