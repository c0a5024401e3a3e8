"""Custody an item had before it came here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .items import EvidenceItem


class ReceivedCustody(CaseRow):
    """The chain another platform kept of an item, word for word, and what that platform said of it.

    Our own first link names `last_hash`: the two chains are one. `signed_by` is the trusted key that vouches for it; empty:
    it came from an unverified instance. Grades are theirs: nobody here gave them. Added, never changed.
    """

    item = models.OneToOneField(EvidenceItem, models.PROTECT, related_name="received_custody")
    sender = models.CharField(_("received from"), max_length=300)
    signed_by = models.CharField(_("signed by"), max_length=300, blank=True)
    package = models.CharField(_("package"), max_length=60)
    label = models.CharField(_("number there"), max_length=20)
    links = models.PositiveIntegerField()
    first_hash = models.CharField(max_length=64)
    last_hash = models.CharField(max_length=64)
    content = models.TextField(help_text="The chain as JSON, byte for byte as it came.")
    said = models.TextField(help_text="Grades and marks as the sender gave them, JSON.")
    kept_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "received custody"
        constraints = [
            # The same item of the same platform stands in a case once.
            models.UniqueConstraint(fields=["incident", "first_hash"], name="received_item_once"),
            models.CheckConstraint(
                name="received_chain",
                condition=Q(links__gt=0, first_hash__regex=r"^[0-9a-f]{64}$", last_hash__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.sender}"
