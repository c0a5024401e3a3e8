"""What pages, API and reports read of measures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from core import clock
from incidents.access import CaseAccess
from incidents.models import Incident
from instruments.models import Instrument
from instruments.selectors import in_force, version_of

from . import reports
from .answers import from_json
from .availability import Availability, catalogue, strongest_first
from .models import Measure
from .rules import FindingTierView, GuardrailReport, MeasureView, check_measure, measures
from .standing import Permitted, Standing, permitted, standing_for, standings


def ladder() -> Instrument:
    """The ladder of measures in force today."""
    return in_force(Instrument.Kind.MEASURE_LADDER)


def version(name: str) -> Instrument:
    """The ladder an earlier decision was taken under."""
    return version_of(Instrument.Kind.MEASURE_LADDER, name)


def taxonomy() -> Instrument:
    """The taxonomy of services in force today."""
    return in_force(Instrument.Kind.SERVICE_TAXONOMY)


def instruments() -> dict[str, str]:
    """The versions a decision on a measure is taken under."""
    return {
        Instrument.Kind.MEASURE_LADDER.value: ladder().version,
        Instrument.Kind.SERVICE_TAXONOMY.value: taxonomy().version,
    }


def judge(incident: Incident, proposal: MeasureView) -> tuple[GuardrailReport, Standing]:
    """The guardrails' answer to a proposal as the findings of the case stand at this moment."""
    standing = standing_for(standings(incident), proposal.target_state)
    return check_measure(proposal, standing.view, ladder().content, taxonomy().content), standing


def judge_again(measure: Measure, **changes: Any) -> tuple[GuardrailReport, Standing]:
    """The same question asked anew: a tier may have fallen since the measure was proposed."""
    return judge(measure.incident, from_json(measure.code, {**measure.answers, **changes}))


def measures_of(case: CaseAccess) -> QuerySet[Measure]:
    """The measures of a case, newest first."""
    return Measure.objects.with_people().filter(incident=case.incident).order_by("-number")


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a case stands on the ladder: the level reached, the finding that counts, and what is open now."""

    level: int
    finding: FindingTierView
    catalogue: tuple[Availability, ...]
    ladder: Mapping[str, Any]

    def measure(self, code: str) -> Mapping[str, Any]:
        """The measure of this code, as the ladder words it."""
        return measures(self.ladder)[code]


def situation(case: CaseAccess) -> Situation:
    """As the findings and the measures in force stand now."""
    content = ladder().content
    views = [standing.view for standing in standings(case.incident)]
    taken = Measure.objects.filter(incident=case.incident).in_force(clock.today())
    level = taken.aggregate(highest=Max("level"))["highest"] or 0
    return Situation(level, strongest_first(views)[0], tuple(catalogue(views, content)), content)


def availability_as_json(situation: Situation) -> list[dict[str, Any]]:
    """The ladder for programs: each measure, whether it is open now, and why not."""
    return [
        {
            **{
                key: situation.measure(entry.code)[key]
                for key in ("code", "name", "class", "reversible", "min_tier", "level", "legal_basis")
            },
            "people_needed": situation.measure(entry.code)["approvals"],
            "possible": entry.possible,
            "reasons": [
                {"article": reason.article, "text": reports.sentence(reason.message, reason.params)}
                for reason in entry.reasons
            ],
        }
        for entry in situation.catalogue
    ]


def measures_as_json(incident: Incident, rows: Iterable[Measure]) -> list[dict[str, Any]]:
    """Measures of a case as the API tells them."""
    rows = list(rows)
    known = permitted(incident, rows)
    return [measure_as_json(measure, known[measure.pk]) for measure in rows]


def measure_as_json(measure: Measure, known: Permitted | None = None) -> dict[str, Any]:
    """A measure as the API tells it; people are not named, their organisation is."""
    known = known or permitted(measure.incident, [measure])[measure.pk]
    return {
        "number": measure.label,
        "code": measure.code,
        "title": measure.title,
        "text": measure.text,
        "status": measure.status,
        "expired": measure.expired,
        "organisation": measure.organisation.slug,
        "proposed_at": measure.proposed_at,
        "ladder_version": measure.ladder_version,
        "people_needed": measure.people_needed,
        "level": measure.level,
        "finding": measure.finding,
        "tier": measure.tier,
        "pap": known.pap,
        "forbidden_by": list(known.forbidden_by),
        "answers": measure.answers,
        "report": reports.told(measure.report),
        "approved_at": measure.approved_at,
        "decided_tier": measure.decided_tier,
        "decided_ladder": measure.decided_ladder,
        "started_at": measure.started_at,
        "review_on": measure.review_on,
        "closed_at": measure.closed_at,
        "closing_reason": measure.closing_reason,
    }
