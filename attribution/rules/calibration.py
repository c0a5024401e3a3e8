"""How good earlier estimates were, once the answer is known (ATT-12).

A word becomes a number here and nowhere else, for scoring alone: the middle of its band in its own scale. It is never
shown, stored or compared with another scale's (R1.5). The score is Brier's (1950): the squared distance between what was
said and what was so; 0 is perfect, 0.25 is what a coin would get, 1 is certain and wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from .standard import EvidenceStandard
from .views import Likelihood


def scored_as(likelihood: Likelihood, standard: EvidenceStandard) -> float | None:
    """The middle of a term's band, between 0 and 1; None for a term the scale does not have."""
    scale = standard.scales.get(likelihood.scale)
    term = next((row for row in scale.terms if row.code == likelihood.term), None) if scale else None
    return None if term is None else (term.minimum + term.maximum) / 200


def brier(said: float, *, was_so: bool) -> float:
    """One estimate's score."""
    return (said - (1.0 if was_so else 0.0)) ** 2


def mean_score(scores: Iterable[float]) -> float | None:
    """The mean of several; None of none: no claim without data."""
    given = list(scores)
    return sum(given) / len(given) if given else None


BANDS = 5


@dataclass(frozen=True, slots=True)
class Scored:
    """One estimate on a question that was resolved; `question` and `person` are told apart and never shown."""

    question: int
    person: int
    discipline: str
    said: float
    was_so: bool
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Estimates between two probabilities: how many, what was said on the whole and how often it was so. None: too few to say."""

    low: float
    high: float
    estimates: int | None
    said: float | None
    so: float | None


@dataclass(frozen=True, slots=True)
class Pool:
    """The scores of one discipline together."""

    discipline: str
    questions: int
    exercises: int
    estimates: int
    brier: float
    bands: tuple[Band, ...]


def pooled(estimates: Sequence[Scored], *, questions: int, people: int) -> list[Pool]:
    """The pools that may be shown, a discipline each; `estimates` in the order in which their questions were resolved.

    Questions enter in batches, and a batch is complete when it holds at least `questions` questions and the estimates of at
    least `people` people. So not only the whole pool meets the minimum but also what was added since it was last shown:
    whoever subtracts one publication from the next learns no more than a publication would tell. What is not in a complete
    batch is not counted yet; without one there is no pool, and no claim.
    """
    found = []
    for discipline in sorted({row.discipline for row in estimates}):
        counted: list[Scored] = []
        batch: list[Scored] = []
        for _question, rows in groupby(
            (row for row in estimates if row.discipline == discipline), lambda row: row.question
        ):
            batch.extend(rows)
            if len({row.question for row in batch}) >= questions and len({row.person for row in batch}) >= people:
                counted.extend(batch)
                batch = []
        if counted:
            found.append(pool_of(discipline, counted, few=people))
    return found


def pool_of(discipline: str, rows: Sequence[Scored], *, few: int) -> Pool:
    """One pool; a band with fewer than `few` estimates says nothing."""
    return Pool(
        discipline=discipline,
        questions=len({row.question for row in rows}),
        exercises=len({row.question for row in rows if row.exercise}),
        estimates=len(rows),
        brier=sum(brier(row.said, was_so=row.was_so) for row in rows) / len(rows),
        bands=tuple(band_of(place, rows, few=few) for place in range(BANDS)),
    )


def band_of(place: int, rows: Sequence[Scored], *, few: int) -> Band:
    """One fifth of the scale from 0 to 1, its upper end included in the last."""
    low, high = place / BANDS, (place + 1) / BANDS
    inside = [row for row in rows if min(int(row.said * BANDS), BANDS - 1) == place]
    if len(inside) < few:
        return Band(low, high, None, None, None)
    said = sum(row.said for row in inside) / len(inside)
    return Band(low, high, len(inside), said, sum(row.was_so for row in inside) / len(inside))
