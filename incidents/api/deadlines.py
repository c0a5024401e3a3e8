"""The API's door to deadlines."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import sent
from core.errors import Invalid
from organisations.doors import actor_of

from .. import deadlines, moving
from ..access import case_for
from ..models import DeadlineChange

AHEAD = timedelta(days=60)


class DeadlineSerializer(serializers.Serializer[dict[str, Any]]):
    """What of which case is due when."""

    clock = serializers.CharField()
    key = serializers.CharField()
    words = serializers.CharField()
    reference = serializers.CharField()
    subject = serializers.CharField()
    due_at = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    url = serializers.CharField()
    paused_until = serializers.DateTimeField(allow_null=True)
    movable = serializers.BooleanField()


class DeadlineChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """What was done to a deadline, by whom and why."""

    clock = serializers.CharField()
    key = serializers.CharField()
    subject = serializers.CharField()
    act = serializers.ChoiceField(choices=DeadlineChange.Act.choices)
    reason = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    due_before = serializers.DateTimeField()
    due_after = serializers.DateTimeField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    organisation = serializers.CharField()


class DeadlineWholeSerializer(DeadlineSerializer):
    """With what was done to it, the newest first."""

    changes = DeadlineChangeSerializer(many=True)


class MoveDeadlineSerializer(serializers.Serializer[dict[str, Any]]):
    """`pause` and `extend` need `until` and `reason`; `resume` needs neither."""

    act = serializers.ChoiceField(choices=["pause", "resume", "extend"])
    until = serializers.DateTimeField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=moving.MOST_REASON)


class DeadlineList(APIView):
    """What is due within 60 days in the cases one's organisation holds, and what is overdue."""

    @extend_schema(operation_id="deadlines_list", responses=DeadlineSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = deadlines.of_house(actor_of(request), clock.now() + AHEAD)
        return Response([deadlines.as_json(row) for row in rows])


class CaseDeadlineList(APIView):
    """What is due in a case."""

    @extend_schema(operation_id="case_deadlines_list", responses=DeadlineSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        case = case_for(actor_of(request), reference)
        return Response([deadlines.as_json(row) for row in deadlines.of_case(case)])


class DeadlineDetail(APIView):
    """One deadline of a case."""

    def whole(self, request: Request, reference: str, code: str, key: str) -> dict[str, Any]:
        """As it stands, with its changes."""
        case = case_for(actor_of(request), reference)
        row = deadlines.one_of(case, code, key)
        changes = [deadlines.change_as_json(each) for each in deadlines.changes_of(case, code, key)]
        return {**deadlines.as_json(row), "changes": changes}

    @extend_schema(operation_id="case_deadline_read", responses=DeadlineWholeSerializer)
    def get(self, request: Request, reference: str, clock_code: str, key: str) -> Response:
        return Response(self.whole(request, reference, clock_code, key))

    @extend_schema(
        operation_id="case_deadline_move", request=MoveDeadlineSerializer, responses={201: DeadlineWholeSerializer}
    )
    def post(self, request: Request, reference: str, clock_code: str, key: str) -> Response:
        """Pauses it, lets it go on, or puts it off."""
        actor = actor_of(request)
        self.whole(request, reference, clock_code, key)
        said = sent(request, MoveDeadlineSerializer)
        named = {
            "actor": actor,
            "reference": reference,
            "code": clock_code,
            "key": key,
            "reason": said.get("reason", ""),
        }
        if said["act"] == "resume":
            moving.resume_deadline(**named)
        elif "until" not in said:
            raise Invalid({"until": [_("Say until when.")]})
        elif said["act"] == "pause":
            moving.pause_deadline(**named, until=said["until"])
        else:
            moving.extend_deadline(**named, to=said["until"])
        return Response(self.whole(request, reference, clock_code, key), status=201)
