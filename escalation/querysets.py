"""Which measures there are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from .states import Status

if TYPE_CHECKING:
    from .models import Measure  # noqa: F401


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Always reached through a case: `Measure.objects.filter(incident=…)`."""

    def in_force(self, on: date) -> MeasureQuerySet:
        """Put in force and not past their end."""
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gt=on), status=Status.IN_FORCE)

    def with_people(self) -> MeasureQuerySet:
        """With everybody a page names."""
        return self.select_related("organisation", "proposed_by", "approved_by", "started_by", "closed_by")
