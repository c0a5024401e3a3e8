"""Shapes of the inbox."""

from typing import Any

from rest_framework import serializers

from ..kinds import Reason
from ..models import Preference
from ..selectors import MOST


class NotificationSerializer(serializers.Serializer[dict[str, Any]]):
    """What somebody was told: codes, labels and an address."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    reason = serializers.ChoiceField(choices=Reason.choices)
    words = serializers.CharField()
    why = serializers.CharField()
    reference = serializers.CharField()
    mark = serializers.CharField()
    subject = serializers.CharField()
    url = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    told_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    snoozed_until = serializers.DateTimeField(allow_null=True)
    acknowledge = serializers.BooleanField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class InboxPageSerializer(serializers.Serializer[dict[str, Any]]):
    """A page of an inbox."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = NotificationSerializer(many=True)


class ChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """What its reader does with it: one of these."""

    done = serializers.BooleanField(required=False)
    snoozed_until = serializers.DateTimeField(required=False)
    acknowledged = serializers.BooleanField(required=False)
    muted = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One act at a time."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Send one of done, snoozed_until, acknowledged, muted.")
        for name in ("acknowledged", "muted"):
            if attrs.get(name) is False:
                raise serializers.ValidationError({name: "This can only be true."})
        return attrs


class SeveralSerializer(serializers.Serializer[dict[str, Any]]):
    """Several things one was told, by number."""

    notices = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST)


class SeveralDoneSerializer(serializers.Serializer[dict[str, Any]]):
    """How many are done with, and since when."""

    done = serializers.IntegerField()
    done_at = serializers.DateTimeField()


class RowSerializer(serializers.Serializer[dict[str, Any]]):
    """A case one has muted, or a thing one watches."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    subject = serializers.CharField()


class SettingsSerializer(serializers.Serializer[dict[str, Any]]):
    """How one is told."""

    email = serializers.ChoiceField(choices=Preference.Email.choices)
    calendar = serializers.BooleanField(read_only=True)
    muted = RowSerializer(many=True, read_only=True)
    watched = RowSerializer(many=True, read_only=True)


class CalendarSerializer(serializers.Serializer[dict[str, Any]]):
    """A calendar address, told once."""

    address = serializers.CharField(read_only=True)
