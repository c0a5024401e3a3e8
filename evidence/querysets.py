"""Which items there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from .states import Status

if TYPE_CHECKING:
    from .models import EvidenceItem  # noqa: F401


class EvidenceItemQuerySet(models.QuerySet["EvidenceItem"]):
    """Always reached through a case: `EvidenceItem.objects.filter(incident=…)`."""

    def in_use(self) -> EvidenceItemQuerySet:
        """Neither frozen nor withdrawn."""
        return self.filter(status=Status.HELD)
