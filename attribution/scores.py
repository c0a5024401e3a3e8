"""An assessor's own earlier estimates, scored once the answer is known. Nobody else's are read here (ATT-12)."""

from collections import defaultdict
from dataclasses import dataclass

from organisations.models import User

from .models import Finding, Opinion, Panel
from .norms import named, standard_of, term_words
from .rules import Likelihood
from .rules.calibration import brier, mean_score, scored_as
from .selectors import opinions_that_count


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was said, what was so, and the score."""

    finding: Finding
    discipline: str
    said: str
    was_so: bool
    score: float


def own_estimates(user: User) -> list[Estimate]:
    """The reader's counted opinions on resolved questions they can still see, the last resolved first."""
    panels = Panel.objects.filter(
        finding__resolution__isnull=False, opinions__author=user, opinions__revealed_at__isnull=False
    ).distinct()
    found = []
    for panel in panels.select_related("finding__resolution", "finding__incident", "finding__hypothesis"):
        finding = panel.finding
        standard = standard_of(finding.standard_version)
        own: Opinion | None = opinions_that_count(panel).filter(author=user).select_related("seat").first()
        number = scored_as(Likelihood(own.scale, own.likelihood), standard) if own else None
        if own is None or number is None:
            continue
        said = term_words(own.scale, own.likelihood, finding.standard_version)
        disciplines = dict(named("disciplines", finding.standard_version))
        discipline = disciplines.get(own.seat.discipline, own.seat.discipline)
        was_so = finding.resolution.was_so
        found.append(Estimate(finding, discipline, said, was_so, brier(number, was_so=was_so)))
    return sorted(found, key=lambda row: row.finding.resolution.resolved_at, reverse=True)


def by_discipline(estimates: list[Estimate]) -> list[tuple[str, int, float]]:
    """The mean score in each discipline, with how many estimates it rests on."""
    groups: dict[str, list[float]] = defaultdict(list)
    for row in estimates:
        groups[row.discipline].append(row.score)
    return [(name, len(scores), mean_score(scores) or 0.0) for name, scores in sorted(groups.items())]
