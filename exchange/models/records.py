"""Custody records as they were asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow


class CustodyRecord(CaseRow):
    """An item's custody, written down for others: a PDF (its job's document) and the same as data, both stored once.

    `content` is the canonical JSON that was attached to the PDF; it is filled when the document is issued and never again.
    """

    item = models.ForeignKey("evidence.EvidenceItem", models.PROTECT, related_name="custody_records")
    number = models.PositiveIntegerField()
    language = models.CharField(_("language"), max_length=10)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    content = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    job = models.OneToOneField("documents.Job", models.PROTECT, related_name="custody_record")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="custody_record_once"),
            models.CheckConstraint(
                name="custody_record_whole",
                condition=Q(content="", sha256="") | (~Q(content="") & Q(sha256__regex=r"^[0-9a-f]{64}$")),
            ),
        ]

    def __str__(self) -> str:
        return f"CR-{self.number}"
