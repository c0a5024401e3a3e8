"""The API's door to sessions and to how an organisation's members sign in."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from organisations.doors import actor_of
from organisations.models import Organisation

from .. import services, sessions
from ..models import SignIn


class SessionSerializer(serializers.Serializer[dict[str, Any]]):
    """A session of one's own."""

    id = serializers.IntegerField()
    way = serializers.ChoiceField(choices=SignIn.Way.choices)
    address = serializers.IPAddressField(allow_null=True)
    agent = serializers.CharField()
    started_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(help_text="To the nearest five minutes.")
    is_this = serializers.BooleanField(help_text="Whether this request came by it.")


class SignInSettingsSerializer(serializers.Serializer[dict[str, Any]]):
    """How the organisation's members sign in."""

    second_factor_required = serializers.BooleanField(
        help_text="Members without a second factor are led to set one up and can do nothing else, page and API alike."
    )


def session_as_json(found: SignIn, key: str | None) -> dict[str, Any]:
    """A session as the API tells it: never its key."""
    facts = {name: getattr(found, name) for name in ("id", "way", "address", "agent", "started_at", "last_used_at")}
    return {**facts, "is_this": found.key == key}


class SessionList(APIView):
    """One's own sessions that are open."""

    @extend_schema(operation_id="sessions_list", responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        key = request._request.session.session_key
        return Response([session_as_json(each, key) for each in sessions.in_force(actor_of(request))])

    @extend_schema(operation_id="sessions_end_others", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Ends every session but the one that asks."""
        sessions.end_other_sessions(actor=actor_of(request), current_key=request._request.session.session_key or "")
        return Response(status=204)


class SessionDetail(APIView):
    """One of them, to end it."""

    @extend_schema(operation_id="sessions_end", responses={204: None})
    def delete(self, request: Request, session_id: int) -> Response:
        sessions.end_session(actor=actor_of(request), session_id=session_id)
        return Response(status=204)


def settings_as_json(house: Organisation) -> dict[str, Any]:
    """What is decided, as the API tells it."""
    return {"second_factor_required": house.second_factor_required}


class SignInSettings(APIView):
    """What the organisation's administrators decide about signing in."""

    @extend_schema(operation_id="organisation_sign_in", responses=SignInSettingsSerializer)
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        services.require_administrator(actor)
        return Response(settings_as_json(actor.organisation))

    @extend_schema(
        operation_id="organisation_sign_in_change", request=SignInSettingsSerializer, responses=SignInSettingsSerializer
    )
    def patch(self, request: Request) -> Response:
        actor = actor_of(request)
        services.require_administrator(actor)
        shape = SignInSettingsSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        wanted = shape.validated_data["second_factor_required"]
        return Response(settings_as_json(services.require_second_factor(actor=actor, required=wanted)))
