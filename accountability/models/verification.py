"""Verification reports as they were asked for."""

from __future__ import annotations

import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.marks import Mark
from incidents.models import CaseRow

EMPTY = '{"evidence": {"items": []}}'


class VerificationReport(CaseRow):
    """What a finding stands on, written down for somebody who has to judge it: a PDF (its job's document) and the same as data.

    Made at the clearance of whoever asked, so it is read by the organisation that asked and by no other (row-level security).
    `content` is the canonical JSON that was attached to
    the PDF, `change` the step of the finding's history it prints; both are filled when it is issued and never again.
    """

    finding = models.ForeignKey("attribution.Finding", models.PROTECT, related_name="verification_reports")
    code = models.CharField(max_length=12, unique=True)
    mark = models.CharField(_("sharing mark"), max_length=20, choices=Mark)
    language = models.CharField(_("language"), max_length=10)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    change = models.ForeignKey("attribution.StandingChange", models.PROTECT, null=True, related_name="+")
    content = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    job = models.OneToOneField("documents.Job", models.PROTECT, related_name="verification_report")

    class Meta:
        constraints = [
            models.CheckConstraint(name="verification_mark", condition=Q(mark__in=Mark.values)),
            models.CheckConstraint(
                name="verification_whole",
                condition=Q(content="", sha256="", change__isnull=True)
                | (~Q(content="") & Q(sha256__regex=r"^[0-9a-f]{64}$", change__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"VR-{self.code}"

    def items(self, *, sealed: bool | None = None) -> list[str]:
        """Labels of the items it tells of; those that were sealed when it was made, or were not, or all."""
        rows = [
            row for row in json.loads(self.content or EMPTY)["evidence"]["items"] if row["withheld"] != "above_mark"
        ]
        return [row["label"] for row in rows if sealed is None or (row["withheld"] == "sealed") is sealed]
