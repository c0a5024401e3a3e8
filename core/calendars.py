"""Working days: a term in working days is counted in the calendar of a country, or in none but the weekend.

Public holidays are those of the whole country, from the `holidays` library; a country it does not know, and no country,
has Saturdays and Sundays off and nothing else. No database, no clock: the same question has the same answer.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays

SATURDAY, SUNDAY = 5, 6
LAST = date(9999, 12, 31)


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The countries whose holidays are known."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@lru_cache(maxsize=64)
def _calendar(country: str) -> holidays.HolidayBase | None:
    return holidays.country_holidays(country) if country in known() else None


def is_working_day(day: date, country: str = "") -> bool:
    """Whether people are at work on this day: neither the country's weekend nor a holiday of all of it."""
    calendar = _calendar(country)
    if calendar is None:
        return day.weekday() not in (SATURDAY, SUNDAY)
    return bool(calendar.is_working_day(day))


def shift(day: date, working_days: int, country: str = "") -> date:
    """The day so many working days later, or earlier if negative; 0 is the day itself or the next working day.

    The first day counted is the one after `day` (or before). The end of the calendar stops it.
    """
    step = timedelta(days=-1 if working_days < 0 else 1)
    left = abs(working_days)
    if not left:
        while not is_working_day(day, country) and day < LAST:
            day += step
        return day
    while left and date.min < day < LAST:
        day += step
        left -= is_working_day(day, country)
    return day


def between(start: date, end: date, country: str = "") -> int:
    """How many working days lie after `start` up to and with `end`; 0 if `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, max((end - start).days, 0) + 1))
    return sum(is_working_day(day, country) for day in days)
