"""What the clock-driven comparison of everything held found."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SweepReport(models.Model):
    """One sweep over one holder's files: how many, how much, how long, and what did not match. Kept, never changed."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("ended"))
    files = models.PositiveIntegerField(_("files"))
    size = models.BigIntegerField(_("bytes"))
    matches = models.PositiveIntegerField(_("matching"))
    mismatches = models.PositiveIntegerField(_("not matching"))
    unavailable = models.PositiveIntegerField(_("not readable"))
    # [{"case": "INC-…", "item": "E-3", "sha256": "…", "outcome": "mismatch"}, …] of what does not match or cannot be read.
    faults: models.JSONField[Any, Any] = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="sweep_adds_up", condition=Q(files=F("matches") + F("mismatches") + F("unavailable"))
            ),
            models.CheckConstraint(name="sweep_ends_after_start", condition=Q(finished_at__gte=F("started_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.finished_at:%Y-%m-%d}"

    @property
    def seconds(self) -> int:
        """How long it took, in whole seconds."""
        return round((self.finished_at - self.started_at).total_seconds())
