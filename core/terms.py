"""How a deadline moves while its clock stands still. Pure: the calendar is asked, nothing else.

Time counts on working days (24 hours of them, UTC) of a country's calendar, and stands still on others. A pause keeps the
working time that was left: what remained when the clock was stopped remains when it goes on.
"""

from datetime import UTC, datetime, time, timedelta

from .calendars import LAST, is_working_day

DAY = timedelta(days=1)


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.date() + DAY, time(), UTC)


def working_time(start: datetime, end: datetime, country: str = "") -> timedelta:
    """How much time of working days lies from `start` to `end`; zero when `end` is not later."""
    total = timedelta()
    here = start.astimezone(UTC)
    end = end.astimezone(UTC)
    while here < end:
        edge = min(_midnight_after(here), end) if here.date() < LAST else end
        if is_working_day(here.date(), country):
            total += edge - here
        here = edge
    return total


def advance(moment: datetime, amount: timedelta, country: str = "") -> datetime:
    """The first moment until which so much working time passes; the moment itself for none."""
    here = moment.astimezone(UTC)
    left = amount
    while left > timedelta() and here.date() < LAST:
        edge = _midnight_after(here)
        if is_working_day(here.date(), country):
            if left <= edge - here:
                return here + left
            left -= edge - here
        here = edge
    return here


def resumed(due: datetime, stopped: datetime, goes_on: datetime, country: str = "") -> datetime:
    """When something that was due at `due` is due after its clock stood still from `stopped` until `goes_on`.

    Never earlier than it was; what was late already when it was stopped stays as late as it was.
    """
    if due <= stopped or goes_on <= stopped:
        return due
    return max(due, advance(goes_on, working_time(stopped, due, country), country))
