"""The API's door to the keys of other platforms."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api import sent
from ledger.keys import signer
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..models import TrustedKey


class KeyAskSerializer(serializers.Serializer[Any]):
    """A key to vouch for."""

    vkey = serializers.CharField(max_length=400)
    whose = serializers.CharField(allow_blank=True)
    how_known = serializers.CharField(allow_blank=True)


class TrustedKeySerializer(serializers.Serializer[Any]):
    """A key of another platform."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    vkey = serializers.CharField()
    whose = serializers.CharField()
    how_known = serializers.CharField()
    added_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class TrustedKeysSerializer(serializers.Serializer[Any]):
    """This platform's own key, and those that are trusted."""

    own = serializers.CharField()
    trusted = TrustedKeySerializer(many=True)


def key_as_json(key: TrustedKey) -> dict[str, Any]:
    """A key as the API tells it."""
    return {
        "id": key.pk, "name": key.name, "vkey": key.vkey, "whose": key.whose, "how_known": key.how_known,
        "added_at": key.added_at, "ended_at": key.ended_at,
    }  # fmt: skip


class KeyList(APIView):
    """Keys this organisation trusts."""

    @extend_schema(operation_id="trusted_keys_list", responses=TrustedKeysSerializer)
    def get(self, request: Request) -> Response:
        keys = services.keys_of(actor_of(request))
        return Response({"own": signer("packages").vkey, "trusted": [key_as_json(key) for key in keys]})

    @extend_schema(operation_id="trusted_keys_add", request=KeyAskSerializer, responses={201: TrustedKeySerializer})
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.MANAGE_ORGANISATION)
        said = sent(request, KeyAskSerializer)
        key = services.trust_key(actor=actor, **said)
        address = reverse("api-trusted-key", args=[key.pk], request=request)
        return Response(key_as_json(key), status=201, headers={"Location": address})


class KeyDetail(APIView):
    """Ending trust in a key."""

    @extend_schema(operation_id="trusted_keys_end", responses={204: None})
    def delete(self, request: Request, key_id: int) -> Response:
        services.end_trust(actor=actor_of(request), key_id=key_id)
        return Response(status=204)
