"""The API's door to keys for programs and to accounts that are nobody's."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent

from .. import keys, selectors, services
from ..doors import actor_of
from ..models import ApiToken
from ..roles import Action
from .serializers import (
    NewTokenSerializer,
    ServiceAccountSerializer,
    TokenSerializer,
    service_account_as_json,
    token_as_json,
)


def given(made: tuple[ApiToken, str]) -> Response:
    """The answer holds the key: keep it, it is never told again."""
    token, key = made
    token.refresh_from_db()
    return Response({**token_as_json(token), "key": key}, status=201, headers={"Cache-Control": "no-store"})


def asked(request: Request) -> dict[str, Any]:
    """What the request wants of a new key."""
    said = sent(request, TokenSerializer)
    return {name: said.get(name) for name in ("name", "scopes", "expires_at")}


class TokenList(APIView):
    """One's own keys in the organisation one acts for."""

    @extend_schema(operation_id="tokens_list", responses=TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([token_as_json(token) for token in selectors.tokens_of(actor_of(request))])

    @extend_schema(operation_id="tokens_issue", request=TokenSerializer, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        """The answer holds the key: keep it, it is never told again."""
        return given(keys.issue_token(actor=actor_of(request), **asked(request)))


class TokenDetail(APIView):
    """One key, to end it."""

    @extend_schema(operation_id="tokens_revoke", responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        keys.revoke_token(actor=actor_of(request), token_id=token_id)
        return Response(status=204)


class ServiceAccountList(APIView):
    """The organisation's accounts for programs."""

    @extend_schema(operation_id="service_accounts_list", responses=ServiceAccountSerializer(many=True))
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.MANAGE_ORGANISATION)
        return Response([service_account_as_json(each) for each in selectors.service_accounts_of(actor)])

    @extend_schema(
        operation_id="service_accounts_make",
        request=ServiceAccountSerializer,
        responses={201: ServiceAccountSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.MANAGE_ORGANISATION)
        said = sent(request, ServiceAccountSerializer)
        made = keys.make_service_account(actor=actor, **said)
        made.refresh_from_db()
        return Response(service_account_as_json(made), status=201)


class ServiceAccountDetail(APIView):
    """One of them, to end it: its keys end with it."""

    @extend_schema(operation_id="service_accounts_end", responses={204: None})
    def delete(self, request: Request, account_id: int) -> Response:
        actor = actor_of(request)
        services.end_membership(actor=actor, membership_id=keys.service_account_for(actor, account_id).pk)
        return Response(status=204)


class ServiceAccountTokens(APIView):
    """Its keys."""

    @extend_schema(operation_id="service_account_tokens_list", responses=TokenSerializer(many=True))
    def get(self, request: Request, account_id: int) -> Response:
        actor = actor_of(request)
        account = keys.service_account_for(actor, account_id).user
        return Response([token_as_json(token) for token in selectors.service_tokens_of(actor, account)])

    @extend_schema(
        operation_id="service_account_tokens_issue", request=TokenSerializer, responses={201: NewTokenSerializer}
    )
    def post(self, request: Request, account_id: int) -> Response:
        """The answer holds the key: keep it, it is never told again."""
        actor = actor_of(request)
        keys.service_account_for(actor, account_id)
        return given(keys.issue_token(actor=actor, account_id=account_id, **asked(request)))
