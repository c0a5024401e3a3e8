"""Which measures of the ladder are open at all, before anything is asked about one: pure, over plain values.

Promise: what is said to be closed here is refused by `rules.check_measure` whatever a proposal answers; what is said to
be open may still be refused for its answers. Every "no" names the article or rule it rests on (ESC-1, interface 48).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .rules import (
    COUNTERMEASURE,
    HOLDS_RESPONSIBLE,
    ON_THEIR_SYSTEMS,
    PROTECTION,
    SHOWN_TO_THEM,
    TIERS,
    FindingTierView,
    gettext_noop,
    least_tier,
    measures,
)

NOTHING_FOUND = FindingTierView(tier="T0")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not, with the norm it rests on."""

    article: str
    message: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Availability:
    """One measure of the ladder and why it is closed now; no reason means it may be proposed."""

    code: str
    reasons: tuple[Reason, ...]

    @property
    def possible(self) -> bool:
        return not self.reasons


def catalogue(findings: Sequence[FindingTierView], ladder: Mapping[str, Any]) -> list[Availability]:
    """Every measure in the order of the ladder, as the findings that stand allow it now."""
    return [availability(measure, findings) for measure in measures(ladder).values()]


def availability(measure: Mapping[str, Any], findings: Iterable[FindingTierView]) -> Availability:
    """Open if any one finding carries it; else the reasons under the finding that comes nearest."""
    tried = [tuple(_reasons(measure, found)) for found in strongest_first(findings)]
    return Availability(measure["code"], min(tried, key=len))


def strongest_first(findings: Iterable[FindingTierView]) -> list[FindingTierView]:
    """Highest tier first; with no finding at all, T0."""
    return sorted(findings, key=lambda found: TIERS.index(found.tier), reverse=True) or [NOTHING_FOUND]


def finding_for(findings: Iterable[FindingTierView], target_state: str | None) -> FindingTierView:
    """The finding a measure stands on: the strongest that holds its target responsible, else the strongest of all.

    Tier and State are never taken from two findings: a strong finding against a group lends nothing to a weak one
    against a State.
    """
    ordered = strongest_first(findings)
    return next((found for found in ordered if target_state and target_state in found.responsible_states), ordered[0])


def _reasons(measure: Mapping[str, Any], found: FindingTierView) -> Iterator[Reason]:
    needed = least_tier(measure)
    if TIERS.index(found.tier) < TIERS.index(needed):
        message = gettext_noop("The measure needs a finding at %(needed)s or above; it is at %(tier)s.")
        yield Reason("R2.13", message, {"needed": needed, "tier": found.tier})
    if measure["code"] in ON_THEIR_SYSTEMS and found.unnoticed:
        yield Reason("PAP", SHOWN_TO_THEM, {"items": ", ".join(found.unnoticed)})
    needs_state = measure["needs_responsible_state"] and measure["code"] in HOLDS_RESPONSIBLE
    if needs_state and not found.responsible_states:
        yield Reason("49(1)", gettext_noop("No State is found responsible."), {})
    if measure["class"] == COUNTERMEASURE and found.wrongful_act is not True:
        yield Reason("22", gettext_noop("No internationally wrongful act of a State is found."), {})
    if str(measure["reversible"]) == "no" and measure["class"] not in PROTECTION:
        yield Reason("R3.2", gettext_noop("The measure cannot be reversed."), {})
