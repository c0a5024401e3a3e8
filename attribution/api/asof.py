"""The API's door to a finding as it stood on a day, and to the difference between two days."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.errors import Invalid
from organisations.doors import actor_of

from .. import asof, services
from ..access import finding_for
from ..history_words import change_values, day_values
from ..services.facts import clean_date


class FindingDayOut(serializers.Serializer[Any]):
    """A finding on one day; `by` says by which history: `record` (on record here) or `world` (known to somebody who looked)."""

    on = serializers.DateField()
    by = serializers.ChoiceField(choices=["record", "world"])
    recorded_at = serializers.DateTimeField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    sentence = serializers.DictField(allow_null=True)
    finding = serializers.DictField(allow_null=True)
    robustness = serializers.DictField(allow_null=True)
    requirements = serializers.ListField(child=serializers.DictField())
    items = serializers.ListField(child=serializers.DictField())
    hypotheses = serializers.ListField(child=serializers.DictField())
    panels = serializers.ListField(child=serializers.DictField())
    opinions = serializers.ListField(child=serializers.DictField())
    contests = serializers.ListField(child=serializers.DictField())
    replies = serializers.ListField(child=serializers.DictField())


class DifferenceOut(serializers.Serializer[Any]):
    """One thing that differs: a row that came or went, or one value of a row."""

    part = serializers.CharField()
    key = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=["added", "gone", "moved"])
    what = serializers.CharField(allow_blank=True)
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class FindingAsOfOut(FindingDayOut):
    """A day and, when `against` was asked for, the other day and everything that differs from the first to it."""

    against = FindingDayOut(allow_null=True)
    changes = DifferenceOut(many=True, allow_null=True)


class FindingAsOf(APIView):
    """The finding as it stood on a day, with what was known then; `against`: what differs from that day to another."""

    @extend_schema(
        operation_id="findings_as_of", responses=FindingAsOfOut,
        parameters=[OpenApiParameter("on", str), OpenApiParameter("against", str), OpenApiParameter("by", str, enum=["record", "world"])],
    )  # fmt: skip
    def get(self, request: Request, reference: str, number: str) -> Response:
        actor = actor_of(request)
        _case, finding = finding_for(actor, reference, number)
        errors: dict[str, list[Any]] = {}
        given = {name: request.query_params.get(name, "") for name in ("on", "against")}
        days = {name: clean_date(text, name, errors) if text else None for name, text in given.items()}
        if errors:
            raise Invalid(errors)
        services.note_shown(actor, finding)
        by = request.query_params.get("by", "")
        first = asof.as_of(finding, days["on"] or clock.today(), by)
        other = asof.as_of(finding, days["against"], by, field="against") if days["against"] else None
        changes = [change_values(change) for change in asof.compared(first, other)] if other else None
        return Response({**day_values(first), "against": day_values(other) if other else None, "changes": changes})
