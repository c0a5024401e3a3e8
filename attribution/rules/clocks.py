"""The clock of a provisional finding: it is reviewed by a date, or it shows as overdue and asks what to do (R2.14, ATT-9)."""

from dataclasses import dataclass
from datetime import date, timedelta

from .standard import EvidenceStandard


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Where the clock stands. `overdue_days` is 0 until the day after the review date; `asks` is empty until then."""

    review_on: date | None
    overdue_days: int
    asks: tuple[str, ...]

    @property
    def overdue(self) -> bool:
        return bool(self.asks)


def default_review_date(set_on: date, standard: EvidenceStandard) -> date:
    """The review date a new provisional finding gets unless an earlier or later one is chosen."""
    return set_on + timedelta(days=standard.review_default_days)


def latest_review_date(set_on: date, standard: EvidenceStandard) -> date:
    """The last day a review may be set for, counted from the day it is set."""
    return set_on + timedelta(days=standard.review_max_days)


def review_state(review_on: date | None, today: date, standard: EvidenceStandard) -> ReviewState:
    """The clock on a day. A finding without a review date asks at once: it never silently persists (R2.14)."""
    if review_on is None:
        return ReviewState(None, 0, standard.overdue_asks)
    late = (today - review_on).days
    return ReviewState(review_on, max(late, 0), standard.overdue_asks if late > 0 else ())
