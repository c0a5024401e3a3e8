"""Tasks as a sentence: `incident.remediationtasks.open().overdue(today)`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from .states import FINISHED, OPEN, TaskStatus

if TYPE_CHECKING:
    from .models import RemediationTask  # noqa: F401

ORDER = [
    TaskStatus.IN_PROGRESS,
    TaskStatus.AGREED,
    TaskStatus.PROPOSED,
    TaskStatus.DONE,
    TaskStatus.VERIFIED,
    TaskStatus.CANCELLED,
]


class TaskQuerySet(QuerySet["RemediationTask"]):
    """What is asked of tasks."""

    def open(self) -> TaskQuerySet:
        """Still to be done."""
        return self.filter(status__in=OPEN)

    def finished(self) -> TaskQuerySet:
        """Done, verified or not."""
        return self.filter(status__in=FINISHED)

    def overdue(self, on: date) -> TaskQuerySet:
        """Still to be done, though the day is past."""
        return self.open().filter(due__lt=on)

    def by_urgency(self) -> TaskQuerySet:
        """What is at work first, the nearest day first, no day last."""
        whens: list[Any] = [When(status=status, then=Value(place)) for place, status in enumerate(ORDER)]
        place = Case(*whens, output_field=IntegerField())
        return self.annotate(place=place).order_by("place", F("due").asc(nulls_last=True), "number")
