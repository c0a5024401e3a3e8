"""The explanations on each leg, with the alternatives that are always there (ATT-5)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid
from incidents.facts import Errors, clean_choice, clean_country, clean_text
from incidents.models import Incident
from incidents.numbering import next_number
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from ..access import hypothesis_in, open_case
from ..errors import HypothesisNeeded
from ..models import Hypothesis
from ..norms import kinds_on, named, standard_of, version_in_force
from ..rules import Leg
from ..states import HypothesisStatus
from .articles import clean_article
from .legs import ensure_leg
from .tiers import recompute_case

USUAL_LEG = "operator"


def short(text: str, limit: int, field: str, errors: Errors) -> str:
    """Text for a column that ends somewhere."""
    if len(text) > limit:
        errors.setdefault(field, []).append(_("Shorten this to %(limit)d characters.") % {"limit": limit})
    return text


def check_law(leg: Leg | None, kind: str, country: str, article: int | None, errors: Errors) -> None:
    """An article is claimed only on a leg that can hold a State responsible; the leg of law claims one and names the State."""
    if leg is None:
        return
    if article is not None and not leg.holds_state:
        errors.setdefault("article", []).append(
            _("An article is claimed on the leg of State responsibility, not here.")
        )
    if leg.needs_article and kind == "state":
        if article is None:
            errors.setdefault("article", []).append(_("Choose the article by which the State would be responsible."))
        if not country:
            errors.setdefault("country", []).append(_("Name the State."))


def check_hypothesis(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a hypothesis, or Invalid naming each field."""
    errors: Errors = {}
    version = version_in_force()
    code = clean_choice(facts.get("leg") or USUAL_LEG, "leg", errors, named("legs", version))
    leg = standard_of(version).legs.get(code)
    kind = clean_choice(facts.get("kind"), "kind", errors, kinds_on(code, version) if leg else [])
    country = clean_country(facts.get("country"), "country", errors)
    actor = short(clean_text(facts.get("actor"), "actor", errors), 200, "actor", errors)
    if country and kind and kind != "state":
        errors.setdefault("country", []).append(_("Only a hypothesis that names a State has a country."))
    if not country and not actor:
        errors.setdefault("actor", []).append(_("Name the actor or the State."))
    article = clean_article(facts.get("article"), "article", errors)
    check_law(leg, kind, country, article, errors)
    columns = {
        "leg": code,
        "kind": kind,
        "country": country,
        "actor": actor,
        "article": article,
        "statement": clean_text(facts.get("statement"), "statement", errors),
    }
    if errors:
        raise Invalid(errors)
    return columns


def ensure_alternatives(actor: Actor, incident: Incident, leg: str) -> None:
    """One open alternative of every kind on a leg: another State, a group, a false flag, an actor not known."""
    there = Hypothesis.objects.filter(incident=incident, leg=leg, is_alternative=True)
    present = set(there.values_list("kind", flat=True))
    for kind in standard_of(version_in_force()).legs[leg].kinds:
        if kind not in present:
            Hypothesis.objects.create(
                incident=incident, leg=leg, number=next_number(Hypothesis.objects.filter(incident=incident)), kind=kind, is_alternative=True,
                added_by=actor.user,
            )  # fmt: skip


@transaction.atomic
def add_hypothesis(*, actor: Actor, reference: str, facts: Mapping[str, Any]) -> Hypothesis:
    """Adds an explanation on a leg; the alternatives come with the first one, so that they are never missing.

    `facts`: leg (that of the operator when none is given), kind, country (ISO 3166), actor, article, statement. A leg that
    is not open yet is opened under the standard's own proof. Raises Invalid naming each field.
    """
    case = open_case(actor, reference, Action.ANALYSE)
    columns = check_hypothesis(facts)
    ensure_leg(actor, case.incident, columns["leg"])
    added = Hypothesis.objects.create(
        incident=case.incident,
        number=next_number(Hypothesis.objects.filter(incident=case.incident)),
        added_by=actor.user,
        **columns,
    )
    record(
        actor=actor, verb="hypothesis.added", subject=added, root_id=case.incident.pk,
        payload={"hypothesis": added.label, "leg": added.leg, "kind": added.kind},
    )  # fmt: skip
    ensure_alternatives(actor, case.incident, added.leg)
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
