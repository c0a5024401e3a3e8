"""Shapes of accreditation."""

from typing import Any

from rest_framework import serializers

from ..models import Attestation
from ..selectors import Place
from ..states import Answer


class PlaceSerializer(serializers.Serializer[dict[str, Any]]):
    """Where an organisation stands."""

    organisation = serializers.SlugField()
    name = serializers.CharField()
    accredited = serializers.BooleanField()
    standard = serializers.CharField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)


class AttestationAnswerSerializer(serializers.Serializer[dict[str, Any]]):
    """An answer to a requirement."""

    answer = serializers.ChoiceField(choices=Answer.choices, allow_blank=True, required=False)
    how = serializers.CharField(allow_blank=True, required=False, max_length=4000)


class AnswersSerializer(serializers.Serializer[dict[str, Any]]):
    """Answers by the code of their requirement."""

    answers = serializers.DictField(child=AttestationAnswerSerializer())


class AttestationSerializer(serializers.Serializer[dict[str, Any]]):
    """An attestation and what became of it."""

    id = serializers.IntegerField(read_only=True)
    organisation = serializers.SlugField(read_only=True)
    standard = serializers.CharField(read_only=True)
    rules = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    answers = serializers.DictField(child=AttestationAnswerSerializer(), read_only=True)
    attested_at = serializers.DateTimeField(read_only=True, allow_null=True)
    reviewer = serializers.SlugField(read_only=True, allow_null=True)
    reviewed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    note = serializers.CharField(read_only=True)
    valid_until = serializers.DateTimeField(read_only=True, allow_null=True)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    ended_why = serializers.CharField(read_only=True)


class AttestationSendSerializer(serializers.Serializer[dict[str, Any]]):
    """Whom to ask."""

    reviewer = serializers.SlugField()


class AttestationDecideSerializer(serializers.Serializer[dict[str, Any]]):
    """A decision and why."""

    accredit = serializers.BooleanField()
    note = serializers.CharField(max_length=2000)


class AttestationEndSerializer(serializers.Serializer[dict[str, Any]]):
    """Why it is ended."""

    why = serializers.CharField(max_length=2000)


def place_as_json(place: Place) -> dict[str, Any]:
    """An organisation in the directory of accreditation."""
    return {
        "organisation": place.organisation.slug,
        "name": place.organisation.name,
        "accredited": place.accredited,
        "standard": place.standing.standard if place.standing else None,
        "since": place.standing.since if place.standing else None,
        "until": place.standing.until if place.standing else None,
    }


def attestation_as_json(row: Attestation) -> dict[str, Any]:
    """An attestation as the API tells it."""
    plain = (
        "standard",
        "rules",
        "state",
        "answers",
        "attested_at",
        "reviewed_at",
        "note",
        "valid_until",
        "ended_at",
        "ended_why",
    )
    return {
        "id": row.pk,
        "organisation": row.organisation.slug,
        "reviewer": row.reviewer.slug if row.reviewer else None,
        **{name: getattr(row, name) for name in plain},
    }
