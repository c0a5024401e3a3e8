"""What attribution has reached, as the guardrails need to know it. The only place where measures look at findings.

Without the room of attribution nothing here may say "T0": a missing room is a broken installation, not a missing finding.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from attribution.marks import Parents, parents_of, to_stay_unnoticed
from attribution.models import Finding
from attribution.selectors import says_who, state_held
from core.marks import strictest_pap
from incidents.models import Incident

from .availability import finding_for
from .models import Measure
from .rules import ON_THEIR_SYSTEMS, FindingTierView

# The leg of the evidence standard on which State responsibility is found; the others name clusters, operators, sponsors.
LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Standing:
    """One finding that stands, and what it carries for measures. No label: nothing was found yet."""

    label: str
    view: FindingTierView


NOTHING = Standing("", FindingTierView(tier="T0"))


def standings(incident: Incident) -> list[Standing]:
    """Every finding of the case on who it was that is neither withdrawn nor superseded. That it was an attack, or what
    follows politically, carries no measure against anybody."""
    rows = Finding.objects.standing().filter(incident=incident).select_related("hypothesis").order_by("number")
    who = [finding for finding in rows if says_who(finding)]
    parents = parents_of(incident, who)
    return [Standing(finding.label, view_of(finding, parents[finding.pk])) for finding in who]


def view_of(finding: Finding, parents: Parents) -> FindingTierView:
    """A State is responsible only with an article (R2.5); a wrongful act is found only on the leg of State responsibility.

    Attribution alone opens retorsion; attribution and breach together open countermeasures (the legal response gate).
    """
    state = state_held(finding)
    states = frozenset({state}) if state else frozenset[str]()
    wrongful = True if states and finding.leg == LEGAL else None
    return FindingTierView(
        tier=finding.tier, responsible_states=states, wrongful_act=wrongful, unnoticed=to_stay_unnoticed(parents)
    )


def standing_for(found: Iterable[Standing], target_state: str | None) -> Standing:
    """The finding a measure against this State stands on."""
    rows = list(found)
    chosen = finding_for([row.view for row in rows], target_state)
    return next((row for row in rows if row.view is chosen), NOTHING)


@dataclass(frozen=True, slots=True)
class Permitted:
    """What may be done with a measure: the strictest PAP of what it comes from (R2.8), and, where it acts on the other side's
    systems, what now forbids that."""

    pap: str
    forbidden_by: tuple[str, ...]


def permitted(incident: Incident, measures: Iterable[Measure]) -> dict[int, Permitted]:
    """Of each of these measures of a case, by its number in the database. Derived now from the case and the finding it
    stands on: a mark may have changed since. Two statements."""
    measures = list(measures)
    numbers = {int(row.finding.removeprefix("F-")) for row in measures if row.finding}
    findings = list(Finding.objects.filter(incident=incident, number__in=numbers)) if numbers else []
    found = parents_of(incident, findings)
    parents = {finding.label: found[finding.pk] for finding in findings}
    rows = {row.pk: parents.get(row.finding) or [(incident.reference, incident.pap)] for row in measures}
    return {
        row.pk: Permitted(
            strictest_pap(*(pap for _label, pap in rows[row.pk])),
            to_stay_unnoticed(rows[row.pk]) if row.code in ON_THEIR_SYSTEMS else (),
        )
        for row in measures
    }
