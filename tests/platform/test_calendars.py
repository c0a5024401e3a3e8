"""Working days are counted in a country's calendar, or in none but the weekend."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendars import between, is_working_day, known, shift

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
COUNTRIES = st.sampled_from(["", "DE", "SA", "NZ", "XX"])

pytestmark = pytest.mark.duty("ATT-9")


@pytest.mark.parametrize(
    ("day", "country", "works"),
    [
        (date(2026, 12, 25), "DE", False),  # Friday, Christmas
        (date(2026, 12, 25), "", True),  # no calendar: only the weekend is off
        (date(2026, 12, 25), "XX", True),
        (date(2026, 11, 27), "SA", False),  # Friday and Saturday are the weekend
        (date(2026, 11, 29), "SA", True),
        (date(2026, 11, 29), "DE", False),
    ],
)
def test_a_day_is_worked_or_not_by_the_country(day: date, country: str, works: bool) -> None:
    assert is_working_day(day, country) is works


@pytest.mark.parametrize(
    ("start", "days", "country", "end"),
    [
        (date(2026, 12, 23), 2, "DE", date(2026, 12, 28)),  # over Christmas and a weekend
        (date(2026, 12, 23), 2, "", date(2026, 12, 25)),
        (date(2026, 12, 28), -1, "DE", date(2026, 12, 24)),
        (date(2026, 12, 26), 0, "DE", date(2026, 12, 28)),
        (date(9999, 12, 30), 5, "", date(9999, 12, 31)),
    ],
)
def test_a_term_is_counted_in_working_days(start: date, days: int, country: str, end: date) -> None:
    assert shift(start, days, country) == end


@given(DAYS, st.integers(1, 40), COUNTRIES)
def test_a_term_ends_on_a_working_day_and_counts_as_long_as_it_is(start: date, days: int, country: str) -> None:
    end = shift(start, days, country)
    assert is_working_day(end, country) and between(start, end, country) == days
    assert between(start, end - timedelta(days=1), country) == days - 1


@given(DAYS, st.integers(1, 40), COUNTRIES)
def test_back_and_forth_is_the_same_term(start: date, days: int, country: str) -> None:
    start = shift(start, 0, country)
    assert shift(shift(start, days, country), -days, country) == start


def test_many_countries_are_known() -> None:
    assert {"KR", "UA", "CH", "AE", "NZ"} <= known()
