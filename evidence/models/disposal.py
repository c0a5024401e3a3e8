"""How the content of an item ends, and what forbids it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .custody import CustodyEntry
from .items import EvidenceItem


class LegalHold(CaseRow):
    """Forbids the disposal of an item, or of every item of the case (`item` empty), until it is lifted with a reason."""

    item = models.ForeignKey(EvidenceItem, models.PROTECT, null=True, blank=True, related_name="holds")
    reason = models.TextField(_("reason"))
    authority = models.CharField(_("on whose authority"), max_length=200)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(db_default=Now(), editable=False)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="hold_has_grounds", condition=~Q(reason="") & ~Q(authority="")),
            models.CheckConstraint(
                name="hold_lifted_whole",
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True, lifted_reason="")
                | (Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lifted_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.authority


class Disposal(CaseRow):
    """A proposal to do away with an item's content, and what a second person decided. The record and the hashes stay."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Waiting for a second person")
        CARRIED_OUT = "carried_out", _("Carried out")
        REFUSED = "refused", _("Refused")

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="disposals")
    reason = models.TextField(_("reason"))
    authority = models.CharField(_("on whose authority"), max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now(), editable=False)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.OPEN, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_reason = models.TextField(blank=True, editable=False)
    link = models.OneToOneField(CustodyEntry, models.PROTECT, null=True, related_name="disposal", editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(outcome=""), name="disposal_one_open"),
            models.CheckConstraint(name="disposal_outcome", condition=Q(outcome__in=["", "carried_out", "refused"])),
            models.CheckConstraint(name="disposal_has_grounds", condition=~Q(reason="") & ~Q(authority="")),
            models.CheckConstraint(
                name="disposal_decided_whole",
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True, link__isnull=True)
                | Q(outcome="refused", decided_by__isnull=False, decided_at__isnull=False, link__isnull=True)
                | Q(outcome="carried_out", decided_by__isnull=False, decided_at__isnull=False, link__isnull=False),
            ),
            models.CheckConstraint(
                name="disposal_two_people",
                condition=~Q(outcome="carried_out") | ~Q(decided_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.authority
