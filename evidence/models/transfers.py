"""Custody passing from one side to another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .custody import CustodyEntry
from .items import EvidenceItem


class Transfer(CaseRow):
    """An item released by one side and addressed to another; open until its receipt is a link of custody too (R1.13).

    A side is an organisation and a desk in it. The row is added and never changed: only the database writes `receipt`,
    when the other side accepts or refuses, or when the item came back without a receipt.
    """

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="transfers")
    release = models.OneToOneField(CustodyEntry, models.PROTECT, related_name="transfer")
    receipt = models.OneToOneField(
        CustodyEntry, models.PROTECT, null=True, related_name="receipt_of", editable=False, db_default=None
    )
    from_organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    from_desk = models.CharField(_("from the desk"), max_length=80, blank=True)
    to_organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    to_desk = models.CharField(_("to the desk"), max_length=80, blank=True)
    purpose = models.TextField(_("purpose"))
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(receipt__isnull=True), name="transfer_one_open"),
            models.CheckConstraint(
                name="transfer_two_sides",
                condition=~Q(from_organisation=F("to_organisation")) | ~Q(from_desk=F("to_desk")),
            ),
            models.CheckConstraint(name="transfer_has_purpose", condition=~Q(purpose="")),
        ]

    def __str__(self) -> str:
        return f"{self.from_organisation_id} → {self.to_organisation_id}"
