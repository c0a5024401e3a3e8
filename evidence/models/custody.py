"""The chain of custody."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core import naming
from incidents.models import CaseRow

from .files import StoredFile
from .items import EvidenceItem


class CustodyEntry(CaseRow):
    """One link of an item's chain of custody, in order and chained by hash; added, never changed or dropped (R1.13).

    The database gives `place`, `at`, `previous` and `hash`; `evidence.custody` computes the same again.
    """

    class Act(models.TextChoices):
        RECEIVED = "received", _("Received")
        STORED = "stored", _("Stored")
        OPENED = "opened", _("Opened")
        COPIED = "copied", _("Copied")
        RELEASED = "released", _("Released to another side")
        ACCEPTED = "accepted", _("Accepted from another side")
        REFUSED = "refused", _("Receipt refused")
        RETURNED = "returned", _("Came back without a receipt")
        EXPORTED = "exported", _("Exported")
        VERIFIED = "verified", _("Checked against its hash")
        FROZEN = "frozen", _("Frozen")
        RESTORED = "restored", _("Taken back into use")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SEALED = "sealed", _("Sealed")
        ASKED = "asked", _("Asked to open the seal")
        AGREED = "agreed", _("Agreed to open the seal")
        DECLINED = "declined", _("Refused to open the seal")
        RESHARED = "reshared", _("Custodian of the seal replaced")
        UNSEALED = "unsealed", _("Unsealed")
        DISPOSED = "disposed", _("Disposed of")

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="custody")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="custody")
    place = models.PositiveIntegerField(db_default=0, editable=False)
    act = models.CharField(_("what"), max_length=10, choices=Act)
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    sha256_seen = models.CharField(max_length=64, blank=True)
    note = models.TextField(_("purpose or note"), blank=True)
    previous = models.CharField(max_length=64, db_default="", editable=False)
    hash = models.CharField(max_length=64, db_default="", editable=False)

    withheld = False  # set by `selectors.custody_of`: whether this reader is not told the note

    @property
    def hash_told(self) -> str:
        """The link's hash, where it may be told: it covers who acted."""
        return naming.covering_names(self.hash)

    class Meta:
        verbose_name_plural = "custody entries"
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["item", "place"], name="custody_place_once"),
            models.CheckConstraint(
                name="custody_act",
                condition=Q(
                    act__in=[
                        "received",
                        "stored",
                        "opened",
                        "copied",
                        "released",
                        "accepted",
                        "refused",
                        "returned",
                        "exported",
                        "verified",
                        "frozen",
                        "restored",
                        "withdrawn",
                        "sealed",
                        "unsealed",
                        "asked",
                        "agreed",
                        "declined",
                        "reshared",
                        "disposed",
                    ]
                ),
            ),
            # Nobody opens evidence, gives it out of hand, refuses it or does away with it without saying why.
            models.CheckConstraint(
                name="custody_opened_has_purpose",
                condition=~Q(act__in=["opened", "exported", "released", "refused", "returned", "unsealed", "disposed"])
                | ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.act}"
