"""Shapes in and out. What a fact may say is checked in `incidents.facts`, not here."""

import json
from typing import Any

from rest_framework import serializers

from core import naming
from core.marks import Mark, Pap
from ledger.models import Entry

from ..drafts import facts_in, unfinished_steps
from ..facts import CLEANERS
from ..models import Draft, Incident, IncidentLink, Precision, Statement, TimelineEntry
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
    """An essential service that was hit. With the `id` of one on record the row changes it, without it adds one; none is taken away."""

    id = serializers.IntegerField(required=False, allow_null=True)
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
    pap = serializers.ChoiceField(choices=Pap.choices, required=False)
    is_exercise = serializers.BooleanField(required=False)
    blind = serializers.BooleanField(required=False, help_text="Work without names; later it is turned at `names/`.")
    first_access = MomentField(required=False)
    began = MomentField(required=False)
    detected = MomentField(required=False)
    ended = MomentField(required=False)
    people = PeopleField(required=False)
    people_source = serializers.CharField(allow_blank=True, required=False)
    victims = VictimField(many=True, required=False)
    services = ServiceField(many=True, required=False)


class FactsChangeSerializer(FactsSerializer):
    """Facts to change; a mark that becomes less strict says why."""

    blind = None  # type: ignore[assignment]
    mark_reason = serializers.CharField(allow_blank=True, required=False, write_only=True)


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
    pap = serializers.CharField()
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


def incident_as_json(incident: Incident, actions: frozenset[str]) -> dict[str, Any]:
    """A case with everything the reader may do to it."""
    return {
        **facts_of(incident),
        "reference": incident.reference,
        "holder": incident.holder.slug,
        "blind": incident.blind,
        "status": incident.status,
        "version": incident.version,
        "filed_at": incident.filed_at,
        "changed_at": incident.changed_at,
        "actions": sorted(actions),
    }


class DraftSerializer(serializers.Serializer[dict[str, Any]]):
    """A filing not yet sent. `answers` are facts, kept as given and checked when it is filed."""

    reference = serializers.CharField(read_only=True)
    answers = serializers.DictField(child=serializers.JSONField(allow_null=True))
    unfinished = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Steps whose answers, typed on the page, cannot stand yet.",
    )
    saved_at = serializers.DateTimeField(read_only=True)
    incident = serializers.CharField(
        read_only=True, allow_null=True, help_text="The incident it became, once it was filed."
    )

    def validate_answers(self, answers: dict[str, Any]) -> dict[str, Any]:
        """Only facts are kept."""
        if strange := sorted(set(answers) - set(CLEANERS)):
            raise serializers.ValidationError(f"These are not facts of an incident: {', '.join(strange)[:200]}.")
        return answers


class StatementSerializer(serializers.Serializer[dict[str, Any]]):
    """What somebody said in public about who it was, in their words."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.CharField()
    said_by = serializers.CharField()
    said = MomentField(required=False)
    names = serializers.ListField(child=serializers.CharField(), required=False)
    wording = serializers.CharField(allow_blank=True, required=False)
    source = serializers.CharField(allow_blank=True, required=False)  # type: ignore[assignment]
    origin = serializers.CharField(allow_blank=True, required=False)
    added_at = serializers.DateTimeField(read_only=True)


class TimelineEntrySerializer(serializers.Serializer[dict[str, Any]]):
    """Something that happened in the case's own time."""

    id = serializers.IntegerField(read_only=True)
    what = serializers.CharField()
    at = MomentField(required=False)
    source = serializers.CharField(allow_blank=True, required=False)  # type: ignore[assignment]


class LinkSerializer(serializers.Serializer[dict[str, Any]]):
    """Another case that belongs with this one."""

    other = serializers.CharField(max_length=24)
    kind = serializers.ChoiceField(choices=IncidentLink.Kind.choices)


class EntrySerializer(serializers.Serializer[dict[str, Any]]):
    """An entry of the case's ledger."""

    id = serializers.IntegerField()
    verb = serializers.CharField()
    subject = serializers.CharField()
    actor = serializers.IntegerField()
    organisation = serializers.IntegerField()
    payload = serializers.DictField()
    instruments = serializers.DictField()
    recorded_at = serializers.DateTimeField()
    leaf = serializers.CharField(help_text="SHA-256 of the entry, as the ledger chains it.")


def draft_as_json(draft: Draft) -> dict[str, Any]:
    """A draft as the API tells it: facts, and which steps of the page are not facts yet."""
    return {
        "reference": draft.reference,
        "answers": facts_in(draft.answers),
        "unfinished": unfinished_steps(draft.answers),
        "saved_at": draft.saved_at,
        "incident": draft.incident.reference if draft.incident else None,
    }


def statement_as_json(statement: Statement) -> dict[str, Any]:
    """A statement as the API tells it."""
    told = {
        name: getattr(statement, name)
        for name in ("id", "kind", "said_by", "names", "wording", "source", "origin", "added_at")
    }
    return {**told, "said": {"at": statement.said_at, "precision": statement.said_precision}}


def timeline_as_json(entry: TimelineEntry) -> dict[str, Any]:
    """A timeline entry as the API tells it."""
    return {
        "id": entry.pk,
        "what": entry.what,
        "at": {"at": entry.at, "precision": entry.at_precision},
        "source": entry.source,
    }


# In payloads: numbers of people and organisations, and hashes that cover them.
NUMBERS = frozenset(
    {
        "organisation",
        "owner",
        "to",
        "person",
        "member",
        "custodian",
        "principal",
        "user",
        "author",
        "before",
        "after",
        "reviewer",
    }
)
HASHES = frozenset({"custody", "commitment"})


def payload_shown(entry: Entry) -> dict[str, Any]:
    """The payload; in a blind case without what tells who."""
    payload: dict[str, Any] = json.loads(entry.payload)
    if not naming.is_blind():
        return payload
    return {
        name: naming.key_of(value) if name in NUMBERS else value
        for name, value in payload.items()
        if name not in HASHES and (name not in NUMBERS or isinstance(value, int))
    }


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """A ledger entry as the API tells it: what was hashed, and the hash."""
    return {
        "id": entry.pk,
        "verb": entry.verb,
        "subject": f"{entry.subject_type} {entry.subject_id}",
        "actor": naming.key_of(entry.actor_id),
        "organisation": naming.key_of(entry.organisation_id),
        "payload": payload_shown(entry),
        "instruments": json.loads(entry.instruments),
        "recorded_at": entry.recorded_at,
        # The leaf covers who acted: with everything else known, names could be tried against it.
        "leaf": "" if naming.is_blind() else bytes(entry.leaf).hex(),
    }
