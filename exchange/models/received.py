"""Evidence packages received from elsewhere, and the keys of others that are trusted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.marks import Mark
from incidents.models import CaseRow


class ReceivedPackage(CaseRow):
    """A package somebody sent, kept as it came, and what came of it. Filled once, when it was taken in; never changed after.

    `signed_by` is the name of the trusted key that signed it; empty: it came from an unverified instance.
    """

    number = models.PositiveIntegerField()
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField(_("size"))
    path = models.CharField(max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given in by")
    )
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("given in"), db_default=Now(), editable=False)
    job = models.OneToOneField("documents.Job", models.PROTECT, related_name="received_package")

    identifier = models.CharField(max_length=60, blank=True)
    sender = models.CharField(_("made by"), max_length=300, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=300, blank=True)
    mark = models.CharField(_("sharing mark"), max_length=20, choices=Mark, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    taken_in_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="received_number_once"),
            models.UniqueConstraint(fields=["incident", "sha256"], name="received_bytes_once"),
            # Taken in once, whatever the zip around it looks like.
            models.UniqueConstraint(
                fields=["incident", "identifier"], name="received_package_once", condition=~Q(identifier="")
            ),
            models.CheckConstraint(name="received_something", condition=Q(size__gt=0, sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="received_whole",
                condition=Q(identifier="", sender="", signed_by="", mark="", taken_in_at__isnull=True)
                | (~Q(identifier="") & ~Q(sender="") & Q(mark__in=Mark.values, taken_in_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"RCV-{self.number}"


class TrustedKey(models.Model):
    """A key of another platform that an administrator vouches for; ended, never deleted."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="trusted_keys")
    name = models.CharField(_("name in the key"), max_length=200)
    vkey = models.CharField(_("verifier key"), max_length=300)
    whose = models.CharField(_("whose key it is"), max_length=200)
    how_known = models.CharField(_("how you know"), max_length=500)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "vkey"], name="trusted_key_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="trusted_key_end", condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("added_at"), ended_by__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
