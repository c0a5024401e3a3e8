"""Shapes of measures at the API. What an answer may say is checked in `escalation.answers`, not here."""

from typing import Any

from rest_framework import serializers

from core.pagination import PageSerializer

from ..answers import MOST_TEXT, REVERSIBLE
from ..states import Status


def words() -> serializers.CharField:
    """An answer in words; empty is "not answered"."""
    return serializers.CharField(required=False, allow_blank=True, max_length=MOST_TEXT)


def codes(help_text: str) -> serializers.ListField:
    """A list of codes."""
    return serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, max_length=200, help_text=help_text
    )


def yes_no() -> serializers.BooleanField:
    """Yes, no, or not answered."""
    return serializers.BooleanField(required=False, allow_null=True)


def day() -> serializers.DateField:
    """A date; null is "not answered"."""
    return serializers.DateField(required=False, allow_null=True)


class AnswersSerializer(serializers.Serializer[Any]):
    """The answers to the guardrails. Only those the measure's class asks for are needed; an open question never helps."""

    target_state = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=2, help_text="ISO 3166-1 alpha-2."
    )
    aimed_at = codes("Sectors, services and other words that say whom the measure is aimed at.")
    interrupts = codes("Services and sectors the measure would interrupt.")
    touches = codes("Prohibitions X01 to X10 the measure touches.")
    clear_of = codes("Prohibitions the proposer says it does not touch.")
    uses_force = yes_no()
    by_private_actor = yes_no()
    consultation_only = yes_no()
    reversible = serializers.ChoiceField(choices=REVERSIBLE, required=False, allow_blank=True)
    necessity = words()
    proportionality = words()
    aims_at_compliance = yes_no()
    civilian_effect = words()
    third_state_effect = words()
    obligation_suspended = words()
    reversal_plan = words()
    reversal_by = words()
    reversal_on = day()
    called_on_state_on = day()
    notified_on = day()
    negotiation_offered_on = day()
    urgency_reason = words()
    starts_on = day()
    expires_on = day()
    compliance_signal = words()
    responsible_state_complied = yes_no()
    act_ceased = yes_no()
    before_tribunal = yes_no()
    tribunal_in_bad_faith = yes_no()


class ProposalSerializer(AnswersSerializer):
    """A measure as it is proposed."""

    code = serializers.CharField(max_length=3, help_text="R01 to R91 of the ladder in force.")
    title = serializers.CharField(max_length=200)
    text = words()


class WhyClosedSerializer(serializers.Serializer[Any]):
    article = serializers.CharField()
    text = serializers.CharField()


class CatalogueEntrySerializer(serializers.Serializer[Any]):
    """A measure of the ladder; `possible` says whether it may be proposed now, `reasons` why not."""

    code = serializers.CharField()
    name = serializers.CharField()
    min_tier = serializers.CharField()
    reversible = serializers.CharField()
    level = serializers.IntegerField()
    legal_basis = serializers.ListField(child=serializers.CharField())
    people_needed = serializers.IntegerField()
    possible = serializers.BooleanField()
    reasons = WhyClosedSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`class` is a word of Python's own, so it cannot be an attribute."""
        return {**super().get_fields(), "class": serializers.CharField()}


class SituationSerializer(serializers.Serializer[Any]):
    """Where a case stands on the ladder."""

    ladder_version = serializers.CharField()
    level = serializers.IntegerField()
    tier = serializers.CharField()
    responsible_states = serializers.ListField(child=serializers.CharField())
    catalogue = CatalogueEntrySerializer(many=True)


class GuardrailCheckSerializer(serializers.Serializer[Any]):
    """One line of the guardrails' answer."""

    code = serializers.CharField()
    article = serializers.CharField()
    passed = serializers.BooleanField()
    hard_stop = serializers.BooleanField()
    message = serializers.CharField()
    params = serializers.DictField(child=serializers.CharField())
    text = serializers.CharField()


class GuardrailReportSerializer(serializers.Serializer[Any]):
    """The guardrails' answer: every check, and what may be done instead."""

    measure = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["allowed", "refused"])
    checks = GuardrailCheckSerializer(many=True)
    alternatives = serializers.ListField(child=serializers.CharField())


class MeasureSerializer(serializers.Serializer[Any]):
    """A measure on a case."""

    number = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    expired = serializers.BooleanField()
    organisation = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    ladder_version = serializers.CharField()
    people_needed = serializers.IntegerField()
    level = serializers.IntegerField()
    finding = serializers.CharField()
    tier = serializers.CharField()
    pap = serializers.CharField(help_text="What may be done with it: the strictest of what it rests on, as marked now.")
    forbidden_by = serializers.ListField(
        child=serializers.CharField(),
        help_text="Where it acts on the other side's systems: what it rests on that is now marked above PAP:GREEN.",
    )
    answers = AnswersSerializer()
    report = GuardrailReportSerializer()
    approved_at = serializers.DateTimeField(allow_null=True)
    decided_tier = serializers.CharField()
    decided_ladder = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closing_reason = serializers.CharField()


class MeasurePageSerializer(PageSerializer):
    """A page of measures."""

    results = MeasureSerializer(many=True)


class ClosingSerializer(serializers.Serializer[Any]):
    """Why a measure is declined, withdrawn or ended."""

    reason = serializers.CharField(max_length=MOST_TEXT)


class RefusalSerializer(serializers.Serializer[Any]):
    """A problem document of a refused measure; `details.report` holds every check, `details.measure` the row kept."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    details = serializers.DictField()
