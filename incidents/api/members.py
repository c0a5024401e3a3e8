"""The API's door to what a member can see and holds: for administrators of their house."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import sent
from organisations import holdings
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.models import Membership
from organisations.roles import Action
from organisations.selectors import members_of
from organisations.services import member_in, reassign

from .. import reach


class ReachCaseSerializer(serializers.Serializer[dict[str, Any]]):
    """A case that reaches them and that the asker may see too."""

    reference = serializers.CharField()
    grade = serializers.CharField()
    how = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)


class ReachSerializer(serializers.Serializer[dict[str, Any]]):
    """What a member can see."""

    roles = serializers.ListField(child=serializers.CharField())
    actions = serializers.ListField(child=serializers.CharField())
    numbers = serializers.DictField(child=serializers.IntegerField())
    cases = ReachCaseSerializer(many=True)


class HoldingSerializer(serializers.Serializer[dict[str, Any]]):
    """What a member holds of one kind.

    `must_move` has to be handed to a member of `takers` before they leave. Where `asks` is true handing on names a successor to
    whoever decides it, and the things stay until then. `keeping`: of how many the member cannot leave yet; `first` says what to
    do about them, `after` what becomes of the others.
    """

    kind = serializers.CharField()
    must_move = serializers.BooleanField()
    asks = serializers.BooleanField()
    keeping = serializers.IntegerField()
    first = serializers.ListField(child=serializers.CharField())
    after = serializers.CharField()
    things = serializers.ListField(child=serializers.CharField())
    takers = serializers.ListField(child=serializers.IntegerField())


class ReassignSerializer(serializers.Serializer[dict[str, Any]]):
    """Which kind, and the number of the membership it goes to."""

    kind = serializers.CharField()
    to = serializers.IntegerField()


class ReassignedSerializer(serializers.Serializer[dict[str, Any]]):
    """How many things were handed on."""

    moved = serializers.IntegerField()


def administered(request: Request, membership_id: int) -> tuple[Actor, Membership, dict[int, int]]:
    """Who asks, the member they administer, and the number of each person's membership."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    members = members_of(actor)
    return actor, member_in(members, membership_id), {each.user_id: each.pk for each in members}


class MemberReach(APIView):
    """What can this person see?"""

    @extend_schema(operation_id="members_reach", responses=ReachSerializer)
    def get(self, request: Request, membership_id: int) -> Response:
        found = reach.reach(actor_of(request), membership_id)
        return Response(
            {
                "roles": found.membership.roles,
                "actions": sorted(found.actions),
                "numbers": found.numbers,
                "cases": [
                    {
                        "reference": row["incident"].reference,
                        "grade": row["grade"].name.lower(),
                        "how": row["how"],
                        "until": row["until"],
                    }
                    for row in found.cases
                ],
            }
        )


class MemberHoldings(APIView):
    """What a member holds, and handing it on."""

    @extend_schema(operation_id="members_holdings", responses=HoldingSerializer(many=True))
    def get(self, request: Request, membership_id: int) -> Response:
        actor, member, numbers = administered(request, membership_id)
        return Response(
            [
                {
                    "kind": each.source.code,
                    "must_move": each.must_move,
                    "asks": each.source.asks,
                    "keeping": each.keeping,
                    "first": holdings.to_do_first([each]),
                    "after": str(each.source.after),
                    "things": [thing.label for thing in each.things],
                    "takers": [numbers[person.pk] for person in each.takers if person.pk in numbers],
                }
                for each in holdings.holdings_of(actor, member.user)
            ]
        )

    @extend_schema(operation_id="members_reassign", request=ReassignSerializer, responses=ReassignedSerializer)
    def post(self, request: Request, membership_id: int) -> Response:
        actor, _member, _numbers = administered(request, membership_id)
        given = sent(request, ReassignSerializer)
        moved = reassign(actor=actor, membership_id=membership_id, kind=given["kind"], to_membership_id=given["to"])
        return Response({"moved": moved})
