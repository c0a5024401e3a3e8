"""Words stay words: scales are never converted, unknown is never a number, the review clock never rests."""

from datetime import date, timedelta

import pytest

from attribution.rules import (
    Likelihood,
    ScaleMismatch,
    at_least,
    compare_likelihood,
    confidence_reaches,
    default_review_date,
    known_grade,
    latest_review_date,
    middle_grade,
    review_state,
    term_for_percent,
    term_for_wording,
)
from tests.attribution.builders import OPENED, STANDARD


@pytest.mark.parametrize("code", ["F", "6", None])
def test_unknown_grade_is_none_and_blocks_the_middle(code: str | None) -> None:
    """R1.3: F and 6 are not numbers; one of them leaves no middle to state."""
    assert known_grade(code, STANDARD) is None
    assert middle_grade(["2", "3", code], STANDARD) is None
    assert middle_grade([code], STANDARD) is None


def test_middle_grade_is_a_grade_and_the_worse_of_two() -> None:
    assert middle_grade(["1", "5", "2"], STANDARD) == "2"
    assert middle_grade(["A", "B"], STANDARD) == "B"
    assert middle_grade([], STANDARD) is None


def test_scales_are_never_compared_with_each_other() -> None:
    """R1.5: "likely" is 55-75 in one scale and 55-80 in the other."""
    with pytest.raises(ScaleMismatch):
        compare_likelihood(Likelihood("phia", "likely"), Likelihood("icd203", "likely"), STANDARD)
    with pytest.raises(ScaleMismatch):
        compare_likelihood(Likelihood("phia", "likely"), Likelihood("phia", "roughly_even"), STANDARD)
    assert compare_likelihood(Likelihood("phia", "highly_likely"), Likelihood("phia", "likely"), STANDARD) > 0
    assert compare_likelihood(Likelihood("phia", "likely"), Likelihood("phia", "likely"), STANDARD) == 0


def test_unknown_likelihood_reaches_nothing() -> None:
    assert not at_least(None, "likely", STANDARD)
    assert not at_least(Likelihood("stix", "likely"), "likely", STANDARD)
    assert at_least(Likelihood("icd203", "roughly_even"), "roughly_even", STANDARD)
    assert not at_least(Likelihood("icd203", "unlikely"), "roughly_even", STANDARD)


@pytest.mark.parametrize(
    ("scale", "percent", "term"),
    [
        ("phia", 22, None),
        ("phia", 49.9, "realistic_possibility"),
        ("phia", 50, None),
        ("phia", 60, "likely"),
        ("icd203", 20, None),
        ("icd203", 21, "unlikely"),
        ("icd203", 99.5, None),
    ],
)
def test_percentage_in_a_gap_or_on_an_edge_is_for_a_person(scale: str, percent: float, term: str | None) -> None:
    assert term_for_percent(scale, percent, STANDARD) == term


def test_free_wording_maps_to_no_term() -> None:
    """R1.8: "indisputable" is kept verbatim and stands for no likelihood."""
    assert term_for_wording("indisputable evidence", STANDARD) is None
    assert term_for_wording("judges that ... was responsible", STANDARD) is None
    assert term_for_wording("never heard", STANDARD) is None
    assert term_for_wording("almost certain / almost certainly", STANDARD) == Likelihood("phia", "almost_certain")


def test_confidence_is_ordered_and_none_reaches_nothing() -> None:
    assert confidence_reaches("high", "moderate", STANDARD)
    assert confidence_reaches("moderate", "moderate", STANDARD)
    assert not confidence_reaches("low", "moderate", STANDARD)
    assert not confidence_reaches(None, "low", STANDARD)


def test_review_clock() -> None:
    """R2.14: 14 days by default, 30 at most, overdue from the next day, and then it asks."""
    assert default_review_date(OPENED, STANDARD) == OPENED + timedelta(days=14)
    assert latest_review_date(OPENED, STANDARD) == OPENED + timedelta(days=30)
    due = date(2026, 3, 15)
    assert not review_state(due, due, STANDARD).overdue
    late = review_state(due, date(2026, 3, 18), STANDARD)
    assert late.overdue
    assert late.overdue_days == 3
    assert late.asks == ("corroborate", "revise", "withdraw")
    assert review_state(None, due, STANDARD).overdue
