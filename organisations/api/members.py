"""The API's door to members: administrators invite, change roles, suspend, let in again, end."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent

from .. import selectors, services
from ..actors import Actor
from ..doors import actor_of
from ..models import Membership
from ..roles import Action, Role


class MemberSerializer(serializers.Serializer[dict[str, Any]]):
    """A member of the organisation one acts for."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), min_length=1, max_length=20)
    since = serializers.DateTimeField(read_only=True)
    suspended_at = serializers.DateTimeField(read_only=True, allow_null=True)


class MemberRolesSerializer(serializers.Serializer[dict[str, Any]]):
    """Other roles, and why."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), min_length=1, max_length=20)
    reason = serializers.CharField(max_length=300)


class MemberReasonSerializer(serializers.Serializer[dict[str, Any]]):
    """Why something is done to a member."""

    reason = serializers.CharField(max_length=300)


def member_as_json(membership: Membership) -> dict[str, Any]:
    """A member as the API tells it."""
    return {
        "id": membership.pk,
        "name": membership.user.name,
        "email": membership.user.email,
        "roles": membership.roles,
        "since": membership.since,
        "suspended_at": membership.suspended_at,
    }


def administrator_of(request: Request, membership_id: int) -> Actor:
    """Who asks, if the member is one they administer: 403 or 404 before the body is looked at."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    services.member_in(selectors.members_of(actor), membership_id)
    return actor


class MemberList(APIView):
    """The members of one's organisation."""

    @extend_schema(operation_id="members_list", responses=MemberSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([member_as_json(row) for row in selectors.members_of(actor_of(request))])

    @extend_schema(operation_id="members_invite", request=MemberSerializer, responses={201: MemberSerializer})
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        actor.require(Action.MANAGE_ORGANISATION)
        said = sent(request, MemberSerializer)
        made = services.invite_member(actor=actor, email=said["email"], name=said["name"], roles=said["roles"])
        made.refresh_from_db()
        return Response(member_as_json(made), status=201)


class MemberDetail(APIView):
    """One member."""

    @extend_schema(operation_id="members_roles", request=MemberRolesSerializer, responses=MemberSerializer)
    def patch(self, request: Request, membership_id: int) -> Response:
        actor = administrator_of(request, membership_id)
        said = sent(request, MemberRolesSerializer)
        return Response(member_as_json(services.change_roles(actor=actor, membership_id=membership_id, **said)))

    @extend_schema(operation_id="members_end", responses={204: None})
    def delete(self, request: Request, membership_id: int) -> Response:
        services.end_membership(actor=actor_of(request), membership_id=membership_id)
        return Response(status=204)


class MemberSuspension(APIView):
    """Shutting a member out for now, and letting them in again."""

    @extend_schema(operation_id="members_suspend", request=MemberReasonSerializer, responses=MemberSerializer)
    def put(self, request: Request, membership_id: int) -> Response:
        return self._do(request, membership_id, services.suspend_member)

    @extend_schema(operation_id="members_restore", request=MemberReasonSerializer, responses=MemberSerializer)
    def delete(self, request: Request, membership_id: int) -> Response:
        return self._do(request, membership_id, services.restore_member)

    def _do(self, request: Request, membership_id: int, do: Any) -> Response:
        actor = administrator_of(request, membership_id)
        said = sent(request, MemberReasonSerializer)
        return Response(member_as_json(do(actor=actor, membership_id=membership_id, reason=said["reason"])))
