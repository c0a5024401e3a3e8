"""Passages taken out of a file so that the rest can be shown: proposed by one person, approved by another (R1.17)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from ..states import RedactionState
from .files import StoredFile
from .items import EvidenceItem


class Redaction(CaseRow):
    """A redacted version of one file, from proposal to the item it became. The original is never touched.

    MAKING -> READY -> APPROVED or DECLINED; MAKING -> FAILED. `passages` says what is taken out and why while it is decided;
    afterwards the words are forgotten and the reasons, counts and pages stay: the log must not repeat what was removed.
    """

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="redactions")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="redactions")
    title = models.CharField(_("title of the redacted version"), max_length=200)
    passages = models.JSONField(default=list)
    reasons_version = models.CharField(max_length=24)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now(), editable=False)
    handed_in = models.BooleanField(default=False, help_text="Made elsewhere and checked here.")

    state = models.CharField(max_length=8, choices=RedactionState, default=RedactionState.MAKING)
    problem = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    log = models.JSONField(default=list, help_text="For each passage: reason, how often, on which pages.")
    draft_path = models.CharField(max_length=200, blank=True, editable=False)
    draft_sha256 = models.CharField(max_length=64, blank=True)
    draft_size = models.BigIntegerField(default=0)
    draft_name = models.CharField(max_length=200, blank=True)

    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_reason = models.TextField(blank=True)
    result = models.ForeignKey(EvidenceItem, models.PROTECT, null=True, related_name="redacted_from")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(name="redaction_state", condition=Q(state__in=RedactionState.values)),
            # Two people: nobody approves what they proposed.
            models.CheckConstraint(
                name="redaction_by_two",
                condition=~Q(state="approved") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="redaction_approved_has_result", condition=~Q(state="approved") | Q(result__isnull=False)
            ),
            models.CheckConstraint(
                name="redaction_ready_has_draft",
                condition=~Q(state__in=["ready", "approved"]) | Q(draft_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="redaction_declined_has_reason", condition=~Q(state="declined") | ~Q(decided_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"
