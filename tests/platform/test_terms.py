"""A deadline whose clock stands still: properties of the arithmetic (SHR-5)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendars import is_working_day
from core.terms import advance, resumed, working_time

pytestmark = pytest.mark.duty("SHR-5")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
AMOUNTS = st.timedeltas(timedelta(), timedelta(days=40))
COUNTRIES = st.sampled_from(["", "FR", "AE", "KR", "XX"])


@given(MOMENTS, AMOUNTS, COUNTRIES)
def test_so_much_working_time_passes_until_then(start: datetime, amount: timedelta, country: str) -> None:
    assert working_time(start, advance(start, amount, country), country) == amount


@given(MOMENTS, AMOUNTS, AMOUNTS, COUNTRIES)
def test_one_after_the_other_is_both_together(
    start: datetime, first: timedelta, second: timedelta, country: str
) -> None:
    assert advance(advance(start, first, country), second, country) == advance(start, first + second, country)


@given(MOMENTS, AMOUNTS, AMOUNTS, COUNTRIES)
def test_time_is_counted_once_and_never_more_than_the_clock(
    start: datetime, first: timedelta, second: timedelta, country: str
) -> None:
    middle, end = start + first, start + first + second
    whole = working_time(start, end, country)
    assert working_time(start, middle, country) + working_time(middle, end, country) == whole <= end - start
    assert working_time(end, start, country) == timedelta() or end == start


@given(MOMENTS, AMOUNTS, AMOUNTS, COUNTRIES)
def test_what_was_left_when_it_stopped_is_left_when_it_goes_on(
    stopped: datetime, left: timedelta, pause: timedelta, country: str
) -> None:
    due, goes_on = stopped + left, stopped + pause
    moved = resumed(due, stopped, goes_on, country)
    assert moved >= due
    if left and pause:
        assert working_time(goes_on, moved, country) >= working_time(stopped, due, country)
        assert working_time(due, moved, country) <= working_time(stopped, goes_on, country)
        if is_working_day(due.date(), country) and working_time(stopped, due, country):
            assert working_time(goes_on, moved, country) == working_time(stopped, due, country)


@given(MOMENTS, AMOUNTS, COUNTRIES)
def test_a_pause_of_nothing_and_a_pause_of_what_is_late_move_nothing(
    moment: datetime, more: timedelta, country: str
) -> None:
    assert resumed(moment + more, moment, moment, country) == moment + more
    assert resumed(moment, moment + more, moment + more + timedelta(days=3), country) == moment


def test_a_weekend_is_no_working_time_and_a_holiday_only_where_it_is_one() -> None:
    friday, monday = datetime(2026, 11, 27, 12, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert working_time(friday, monday) == timedelta(days=1)
    assert resumed(monday, friday, monday) == datetime(2026, 12, 1, 12, tzinfo=UTC)
    bastille = datetime(2026, 7, 14, tzinfo=UTC)
    assert working_time(bastille, bastille + timedelta(days=1), "FR") == timedelta()
    assert working_time(bastille, bastille + timedelta(days=1), "") == timedelta(days=1)
    assert advance(datetime(9999, 12, 30, tzinfo=UTC), timedelta(days=400)).year == 9999
