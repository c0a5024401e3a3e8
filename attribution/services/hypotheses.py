"""The explanations of who it was, with the alternatives that are always there (ATT-5)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid
from incidents.facts import Errors, clean_choice, clean_country, clean_text
from incidents.models import Incident
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from ..access import hypothesis_in, open_case
from ..errors import HypothesisNeeded
from ..models import KINDS, Hypothesis
from ..norms import articles
from ..states import HypothesisStatus
from .tiers import recompute_case


def clean_article(value: Any, field: str, errors: Errors) -> int | None:
    """An article that is a basis of attribution; empty is "none claimed"."""
    text = "" if value is None else str(value)
    if not text:
        return None
    known = {str(number) for number, _words in articles()}
    if text not in known:
        errors.setdefault(field, []).append(_("Choose an article that is a basis of attribution."))
        return None
    return int(text)


def short(text: str, limit: int, field: str, errors: Errors) -> str:
    """Text for a column that ends somewhere."""
    if len(text) > limit:
        errors.setdefault(field, []).append(_("Shorten this to %(limit)d characters.") % {"limit": limit})
    return text


def check_hypothesis(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a hypothesis, or Invalid naming each field."""
    errors: Errors = {}
    kind = clean_choice(facts.get("kind"), "kind", errors, [(code, str(name)) for code, name in KINDS.items()])
    country = clean_country(facts.get("country"), "country", errors)
    actor = short(clean_text(facts.get("actor"), "actor", errors), 200, "actor", errors)
    if country and kind and kind != "state":
        errors.setdefault("country", []).append(_("Only a hypothesis that names a State has a country."))
    if not country and not actor:
        errors.setdefault("actor", []).append(_("Name the actor or the State."))
    columns = {
        "kind": kind,
        "country": country,
        "actor": actor,
        "article": clean_article(facts.get("article"), "article", errors),
        "statement": clean_text(facts.get("statement"), "statement", errors),
    }
    if errors:
        raise Invalid(errors)
    return columns


def next_number(incident: Incident) -> int:
    """The number after the last; the case is locked."""
    return (Hypothesis.objects.filter(incident=incident).aggregate(last=Max("number"))["last"] or 0) + 1


def ensure_alternatives(actor: Actor, incident: Incident) -> None:
    """One open alternative of every kind: another State, a group, a false flag, an actor not known."""
    present = set(Hypothesis.objects.filter(incident=incident, is_alternative=True).values_list("kind", flat=True))
    for kind in KINDS:
        if kind not in present:
            Hypothesis.objects.create(
                incident=incident, number=next_number(incident), kind=kind, is_alternative=True, added_by=actor.user
            )


@transaction.atomic
def add_hypothesis(*, actor: Actor, reference: str, facts: Mapping[str, Any]) -> Hypothesis:
    """Adds an explanation; the alternatives come with the first one, so that they are never missing.

    `facts`: kind, country (ISO 3166), actor, article, statement. Raises Invalid naming each field.
    """
    case = open_case(actor, reference, Action.ANALYSE)
    columns = check_hypothesis(facts)
    added = Hypothesis.objects.create(
        incident=case.incident, number=next_number(case.incident), added_by=actor.user, **columns
    )
    record(
        actor=actor, verb="hypothesis.added", subject=added, root_id=case.incident.pk,
        payload={"hypothesis": added.label, "kind": added.kind},
    )  # fmt: skip
    ensure_alternatives(actor, case.incident)
    recompute_case(actor=actor, incident=case.incident, cause="hypothesis.added")
    return added


@transaction.atomic
def reject_hypothesis(*, actor: Actor, reference: str, label: str, reason: str) -> Hypothesis:
    """Sets a hypothesis aside, with the reason. It stays visible and in every computation."""
    case = open_case(actor, reference, Action.ANALYSE)
    hypothesis = hypothesis_in(case.incident, label)
    if hypothesis.is_alternative:
        raise HypothesisNeeded
    errors: Errors = {}
    text = clean_text(reason, "reason", errors, required=True)
    if errors:
        raise Invalid(errors)
    hypothesis.status, hypothesis.rejected_reason, hypothesis.rejected_at = HypothesisStatus.REJECTED, text, clock.now()
    hypothesis.save(update_fields=["status", "rejected_reason", "rejected_at"])
    record(
        actor=actor, verb="hypothesis.rejected", subject=hypothesis, root_id=case.incident.pk,
        payload={"hypothesis": hypothesis.label},
    )  # fmt: skip
    return hypothesis


@transaction.atomic
def reconsider_hypothesis(*, actor: Actor, reference: str, label: str) -> Hypothesis:
    """Takes a rejected hypothesis back into consideration."""
    case = open_case(actor, reference, Action.ANALYSE)
    hypothesis = hypothesis_in(case.incident, label)
    hypothesis.status, hypothesis.rejected_reason, hypothesis.rejected_at = HypothesisStatus.ACTIVE, "", None
    hypothesis.save(update_fields=["status", "rejected_reason", "rejected_at"])
    record(
        actor=actor, verb="hypothesis.reconsidered", subject=hypothesis, root_id=case.incident.pk,
        payload={"hypothesis": hypothesis.label},
    )  # fmt: skip
    return hypothesis
