"""The API's door to the house: who am I, who else is there, my keys."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.errors import Invalid

from .. import selectors, services
from ..doors import actor_of
from ..roles import actions_of
from .serializers import (
    MeSerializer,
    NewTokenSerializer,
    OrganisationSerializer,
    TokenSerializer,
    membership_as_json,
    organisation_as_json,
    token_as_json,
)


class OrganisationList(APIView):
    """The directory of organisations: whom one can share with."""

    @extend_schema(operation_id="organisations_list", responses=OrganisationSerializer(many=True))
    def get(self, request: Request) -> Response:
        actor_of(request)
        return Response([organisation_as_json(organisation) for organisation in selectors.directory()])


class Me(APIView):
    """Who asks."""

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        return Response(
            {
                "id": actor.user.pk,
                "email": actor.user.email,
                "name": actor.user.name,
                "organisation": organisation_as_json(actor.organisation),
                "roles": list(actor.roles),
                "actions": sorted(actions_of(list(actor.roles))),
                "memberships": [membership_as_json(membership) for membership in selectors.memberships_of(actor)],
            }
        )


class TokenList(APIView):
    """One's own keys in the organisation one acts for."""

    @extend_schema(operation_id="tokens_list", responses=TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([token_as_json(token) for token in selectors.tokens_of(actor_of(request))])

    @extend_schema(operation_id="tokens_issue", request=TokenSerializer, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        """The answer holds the key: keep it, it is never told again."""
        actor = actor_of(request)
        shape = TokenSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        expires_at = shape.validated_data.get("expires_at")
        if expires_at is not None and expires_at <= clock.now():
            raise Invalid({"expires_at": [_("The key must end in the future.")]})
        token, key = services.issue_token(actor=actor, name=shape.validated_data["name"], expires_at=expires_at)
        token.refresh_from_db()
        return Response({**token_as_json(token), "key": key}, status=201, headers={"Cache-Control": "no-store"})


class TokenDetail(APIView):
    """One key, to end it."""

    @extend_schema(operation_id="tokens_revoke", responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        services.revoke_token(actor=actor_of(request), token_id=token_id)
        return Response(status=204)
