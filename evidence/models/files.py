"""Files as they were received."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .items import EvidenceItem


class Integrity(models.TextChoices):
    """What the last comparison of a file with its hash said. "Matches" never means "true"."""

    UNCHECKED = "unchecked", _("Not checked since receipt")
    MATCHES = "matches", _("Matches")
    MISMATCH = "mismatch", _("Does not match")
    UNAVAILABLE = "unavailable", _("Original unavailable")
    REMOVED = "removed", _("Disposed of")


class StoredFile(CaseRow):
    """A file as it was received, kept by its content and never overwritten. Only the outcome of checks changes."""

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="files")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField(_("size"))
    name = models.CharField(_("file name"), max_length=200)
    name_given = models.CharField(
        _("file name as given"), max_length=600, help_text="Invisible characters written out."
    )
    media_type = models.CharField(_("format"), max_length=120, help_text="By content (libmagic), not by name.")
    path = models.CharField(max_length=200, editable=False)
    dangerous = models.BooleanField(
        _("dangerous"),
        default=False,
        help_text="Leaves only inside an encrypted archive. Never taken back: a false alarm costs an archive.",
    )
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(db_default=Now(), editable=False)
    integrity = models.CharField(max_length=11, choices=Integrity, default=Integrity.UNCHECKED, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "sha256"], name="file_once_per_item"),
            models.CheckConstraint(name="file_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(name="file_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="file_integrity", condition=Q(integrity__in=Integrity.values)),
        ]

    def __str__(self) -> str:
        return self.name
