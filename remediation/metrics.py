"""What restoration took, with the doubt that the record has: what is not known stays None (AT-14).

A day-only date is a whole day wide, and half a day more for the zone it was stated in. A target counts as met or missed only if it would be at either end of that width.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import rules
from .rules import ServiceView, Total

# How far the real moment may lie from the one written down: zones reach 14 hours from UTC.
ZONE = timedelta(hours=14)
WIDTH = {
    "exact": timedelta(),
    "hour": timedelta(hours=2),
    "day": timedelta(days=1) + ZONE,
    "month": timedelta(days=31) + ZONE,
    "year": timedelta(days=366) + ZONE,
}


def goes_back(moments: Sequence[tuple[datetime, str]]) -> bool:
    """Whether some moment, with its precision, surely lies before one that stands earlier in the row."""
    reached: datetime | None = None
    for at, precision in moments:
        width = WIDTH[precision]
        if reached is not None and at + width < reached:
            return True
        earliest = at - min(width, ZONE)
        reached = earliest if reached is None else max(reached, earliest)
    return False


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one service. `approximate`: some date behind them is known by the hour, day, month or year only."""

    to_workaround: timedelta | None
    to_restore: timedelta | None
    hours_lost: Total
    target_met: bool | None
    overdue_by: timedelta | None
    approximate: bool


def measure(service: ServiceView, precisions: Sequence[str], *, now: datetime) -> Metrics:
    """The figures as of `now`; `precisions` belong to the changes of `service.history`."""
    width = max((WIDTH.get(precision, timedelta()) for precision in precisions), default=timedelta())
    taken = rules.time_to_restore(service)
    met = rules.target_met(service)
    if (
        met is not None
        and taken is not None
        and service.target is not None
        and abs(taken - service.target) <= width
        and width
    ):
        met = None
    began = rules.outage_began(service)
    overdue = None
    if began and service.target and service.state and service.state not in rules.IN_SERVICE:
        late = now - began - service.target - width
        overdue = late if late > timedelta() else None
    return Metrics(
        to_workaround=rules.time_to_manual_workaround(service),
        to_restore=taken,
        hours_lost=rules.service_hours_lost(service, until=now),
        target_met=met,
        overdue_by=overdue,
        approximate=bool(width),
    )


def add_up(totals: Iterable[Total]) -> Total:
    """A sum of sums: what any of them misses, the whole misses too."""
    parts = list(totals)
    whole = rules.total(part.value for part in parts)
    return Total(
        value=whole.value, unknown=whole.unknown + sum(part.unknown for part in parts if part.value is not None)
    )
