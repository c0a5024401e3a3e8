"""How good earlier estimates were, once the answer is known (ATT-12).

A word becomes a number here and nowhere else, for scoring alone: the middle of its band in its own scale. It is never
shown, stored or compared with another scale's (R1.5). The score is Brier's (1950): the squared distance between what was
said and what was so; 0 is perfect, 0.25 is what a coin would get, 1 is certain and wrong.
"""

from collections.abc import Iterable

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
