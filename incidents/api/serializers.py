"""Shapes in and out. What a fact may say is checked in `incidents.facts`, not here."""

from typing import Any

from rest_framework import serializers

from ..marks import Mark
from ..models import Incident, Precision
from ..snapshots import facts_of


class MomentField(serializers.Serializer[dict[str, Any]]):
    """A moment and how exactly it is known; unknown is null."""

    at = serializers.DateTimeField(allow_null=True, required=False)
    precision = serializers.ChoiceField(choices=Precision.choices, required=False)


class PeopleField(serializers.Serializer[dict[str, Any]]):
    """People as a range; null is "not known", never 0."""

    min = serializers.IntegerField(allow_null=True, required=False)
    best = serializers.IntegerField(allow_null=True, required=False)
    max = serializers.IntegerField(allow_null=True, required=False)


class VictimField(serializers.Serializer[dict[str, Any]]):
    """A sector in a country."""

    sector = serializers.CharField()
    country = serializers.CharField(allow_blank=True, required=False)
    organisations_hit = serializers.IntegerField(allow_null=True, required=False)


class ServiceField(serializers.Serializer[dict[str, Any]]):
    """An essential service that was hit."""

    id = serializers.IntegerField(read_only=True)
    service = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField(allow_blank=True, required=False)
    people = PeopleField(required=False)


class FactsSerializer(serializers.Serializer[dict[str, Any]]):
    """The facts of an incident."""

    title = serializers.CharField()
    summary = serializers.CharField()
    harm = serializers.CharField(allow_blank=True, required=False)
    mark = serializers.ChoiceField(choices=Mark.choices, required=False)
    is_exercise = serializers.BooleanField(required=False)
    first_access = MomentField(required=False)
    began = MomentField(required=False)
    detected = MomentField(required=False)
    ended = MomentField(required=False)
    people = PeopleField(required=False)
    people_source = serializers.CharField(allow_blank=True, required=False)
    victims = VictimField(many=True, required=False)
    services = ServiceField(many=True, required=False)


class IncidentSerializer(FactsSerializer):
    """A case: its facts and its standing."""

    reference = serializers.CharField(read_only=True)
    holder = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    filed_at = serializers.DateTimeField(read_only=True)
    changed_at = serializers.DateTimeField(read_only=True)
    actions = serializers.ListField(child=serializers.CharField(), read_only=True)


class IncidentRowSerializer(serializers.Serializer[dict[str, Any]]):
    """A row of the list."""

    reference = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    mark = serializers.CharField()
    holder = serializers.CharField()
    filed_at = serializers.DateTimeField()
    began = MomentField()
    people = PeopleField()
    sectors = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())


class IncidentPageSerializer(serializers.Serializer[dict[str, Any]]):
    """A page by cursor."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = IncidentRowSerializer(many=True)


class GrantSerializer(serializers.Serializer[dict[str, Any]]):
    """A share: with whom, how much, why, until when."""

    id = serializers.IntegerField(read_only=True)
    organisation = serializers.SlugField()
    role = serializers.CharField(required=False, allow_blank=True)
    grade = serializers.CharField()
    reason = serializers.CharField()
    until = serializers.DateTimeField(required=False, allow_null=True)
    granted_at = serializers.DateTimeField(read_only=True)


def incident_as_json(incident: Incident, actions: frozenset[str]) -> dict[str, Any]:
    """A case with everything the reader may do to it."""
    return {
        **facts_of(incident),
        "reference": incident.reference,
        "holder": incident.holder.slug,
        "status": incident.status,
        "version": incident.version,
        "filed_at": incident.filed_at,
        "changed_at": incident.changed_at,
        "actions": sorted(actions),
    }
