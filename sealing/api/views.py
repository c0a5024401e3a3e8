"""The API's door to one's own sealing key."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from core.errors import NotFound
from organisations.doors import actor_of

from .. import selectors, services
from ..models import SealingKey

SECRET = {"Cache-Control": "no-store"}


class KeySerializer(serializers.Serializer[dict[str, Any]]):
    """A sealing key, as its owner sees it; the private half is never told."""

    fingerprint = serializers.CharField(read_only=True)
    made_at = serializers.DateTimeField(read_only=True)
    recovery_code = serializers.CharField(read_only=True, required=False)


class PassphraseSerializer(serializers.Serializer[dict[str, Any]]):
    """A passphrase for a new key; `replace` retires a lost one."""

    passphrase = serializers.CharField(trim_whitespace=False, max_length=services.LONGEST)
    replace = serializers.BooleanField(required=False)


class PassphraseChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """Another passphrase, by the old one or the recovery code."""

    passphrase = serializers.CharField(trim_whitespace=False, max_length=services.LONGEST)
    old = serializers.CharField(trim_whitespace=False, allow_blank=True, required=False, max_length=services.LONGEST)
    code = serializers.CharField(allow_blank=True, required=False, max_length=services.LONGEST)


def told(key: SealingKey, code: str = "") -> dict[str, Any]:
    """A key; with its recovery code this once."""
    key.refresh_from_db(fields=["made_at"])
    facts = {"fingerprint": key.fingerprint, "made_at": key.made_at}
    return {**facts, "recovery_code": code} if code else facts


class Key(APIView):
    """One's own key in use."""

    @extend_schema(operation_id="sealing_key", responses=KeySerializer)
    def get(self, request: Request) -> Response:
        key = selectors.key_of(actor_of(request).user)
        if key is None:
            raise NotFound("sealing key")
        return Response(told(key))

    @extend_schema(operation_id="sealing_key_make", request=PassphraseSerializer, responses={201: KeySerializer})
    def post(self, request: Request) -> Response:
        """The answer holds the recovery code: keep it off this machine, it is never told again."""
        said = sent(request, PassphraseSerializer)
        key, code = services.make_key(actor=actor_of(request), **said)
        return Response(told(key, code), status=201, headers=SECRET)


class KeyPassphrase(APIView):
    """Its passphrase."""

    @extend_schema(operation_id="sealing_key_passphrase", request=PassphraseChangeSerializer, responses=KeySerializer)
    def post(self, request: Request) -> Response:
        said = sent(request, PassphraseChangeSerializer)
        key, code = services.change_passphrase(actor=actor_of(request), **said)
        return Response(told(key, code), headers=SECRET)
