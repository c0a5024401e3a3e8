"""Pooled scores: nothing before there is enough, and never a step from which a single question or person could be read (ATT-12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.rules.calibration import Scored, brier, pooled

pytestmark = pytest.mark.duty("ATT-12")

QUESTIONS, PEOPLE = 4, 3
estimates = st.lists(
    st.builds(
        Scored, question=st.integers(0, 30), person=st.integers(0, 6), discipline=st.sampled_from(["law", "forensics"]),
        said=st.floats(0, 1), was_so=st.booleans(), exercise=st.booleans(),
    ),
    max_size=60,
).map(lambda rows: sorted(rows, key=lambda row: row.question))  # fmt: skip


@given(estimates)
def test_a_pool_meets_the_minimum_and_so_does_what_was_added_to_it(rows: list[Scored]) -> None:
    """However the questions are resolved one after another, two publications that differ differ by a publication's worth."""
    before: dict[str, tuple[int, int]] = {}
    for end in range(len(rows) + 1):
        if end < len(rows) and end and rows[end].question == rows[end - 1].question:
            continue  # a question is resolved whole
        for pool in pooled(rows[:end], questions=QUESTIONS, people=PEOPLE):
            inside = [row for row in rows[:end] if row.discipline == pool.discipline]
            questions, known = before.get(pool.discipline, (0, 0)), pool.estimates
            if pool.questions != questions[0]:
                added = inside[questions[1] : known]
                assert pool.questions - questions[0] >= QUESTIONS
                assert len({row.person for row in added}) >= PEOPLE
                before[pool.discipline] = (pool.questions, known)
            counted = inside[:known]
            assert pool.brier == pytest.approx(
                sum(brier(row.said, was_so=row.was_so) for row in counted) / len(counted)
            )


@given(estimates)
def test_a_band_says_nothing_of_few_and_all_bands_say_no_more_than_the_pool(rows: list[Scored]) -> None:
    for pool in pooled(rows, questions=QUESTIONS, people=PEOPLE):
        said = [band.estimates for band in pool.bands if band.estimates is not None]
        assert all(number >= PEOPLE for number in said) and sum(said) <= pool.estimates
        assert [(band.low, band.high) for band in pool.bands] == [(n / 5, (n + 1) / 5) for n in range(5)]
        assert 0 <= pool.brier <= 1 and pool.exercises <= pool.questions <= pool.estimates


def test_one_person_however_busy_is_no_pool() -> None:
    alone = [Scored(question, 1, "law", 0.9, was_so=True) for question in range(100)]
    assert pooled(alone, questions=QUESTIONS, people=PEOPLE) == []
    shared = [Scored(question, question % 3, "law", 0.9, was_so=True) for question in range(5)]
    assert [pool.questions for pool in pooled(shared, questions=QUESTIONS, people=PEOPLE)] == [4]
