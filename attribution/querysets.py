"""Which findings there are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from .states import Standing

if TYPE_CHECKING:
    from .models import Finding  # noqa: F401


class FindingQuerySet(models.QuerySet["Finding"]):
    """Always reached through a case: `Finding.objects.filter(incident=…)`."""

    def standing(self) -> FindingQuerySet:
        """Neither withdrawn nor superseded."""
        return self.filter(standing__in=[Standing.CURRENT, Standing.REVISED])

    def stale(self) -> FindingQuerySet:
        """Waiting to be computed anew."""
        return self.standing().filter(stale_since__isnull=False)

    def overdue(self, on: date) -> FindingQuerySet:
        """Provisional and past their review date (R2.14)."""
        return self.standing().filter(tier="T1", review_on__lt=on)
