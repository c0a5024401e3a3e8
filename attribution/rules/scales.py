"""Words of likelihood, confidence and grade. Ordinal only: nothing here turns a word into a number (R1.3, R1.5, R1.8)."""

from collections.abc import Iterable

from .standard import EvidenceStandard
from .views import Likelihood


class ScaleMismatch(ValueError):
    """Two likelihoods in different scales were compared. Scales are never converted (R1.5)."""


def known_grade(code: str | None, standard: EvidenceStandard) -> str | None:
    """The grade, or None when it says that nothing can be judged (F, 6) or is not given."""
    return None if code is None or code in standard.unknown_grades else code


def middle_grade(codes: Iterable[str | None], standard: EvidenceStandard) -> str | None:
    """The middle grade, the worse of two middles; None when there is none or any one is unknown (R1.3)."""
    grades = [known_grade(code, standard) for code in codes]
    found = sorted(grade for grade in grades if grade is not None)
    if not found or len(found) < len(grades):
        return None
    return found[len(found) // 2]


def likelihood_rank(likelihood: Likelihood, standard: EvidenceStandard) -> int | None:
    """The place of a term within its own scale; None when scale or term is not in the standard."""
    scale = standard.scales.get(likelihood.scale)
    return None if scale is None else scale.rank(likelihood.term)


def compare_likelihood(one: Likelihood, other: Likelihood, standard: EvidenceStandard) -> int:
    """Negative, zero or positive as `one` is below, equal to or above `other`, in one scale only (R1.5)."""
    if one.scale != other.scale:
        raise ScaleMismatch(f"{one.scale} and {other.scale}")
    first, second = likelihood_rank(one, standard), likelihood_rank(other, standard)
    if first is None or second is None:
        raise ScaleMismatch(f"unknown term: {one.term}, {other.term}")
    return first - second


def at_least(likelihood: Likelihood | None, floor: str, standard: EvidenceStandard) -> bool:
    """Whether a likelihood reaches a term of its own scale; what is unknown does not."""
    if likelihood is None or likelihood_rank(likelihood, standard) is None:
        return False
    return compare_likelihood(likelihood, Likelihood(likelihood.scale, floor), standard) >= 0


def term_for_percent(scale: str, percent: float, standard: EvidenceStandard) -> str | None:
    """The one term that holds a percentage; None in a gap (PHIA 22 %) or on a shared edge (ICD 203 20 %): a person decides."""
    terms = [term.code for term in standard.scales[scale].terms if term.holds(percent)]
    return terms[0] if len(terms) == 1 else None


def term_for_wording(wording: str, standard: EvidenceStandard) -> Likelihood | None:
    """The term a public wording stands for, when the standard lists it; free wording such as "indisputable" has none (R1.8)."""
    scale, _, term = standard.wording.get(wording, "").partition(":")
    found = Likelihood(scale, term)
    return found if likelihood_rank(found, standard) is not None else None


def confidence_reaches(confidence: str | None, least: str, standard: EvidenceStandard) -> bool:
    """Whether an analytic confidence is at least the word asked for; none stated does not reach any."""
    if confidence not in standard.confidence:
        return False
    return standard.confidence.index(confidence) >= standard.confidence.index(least)
