"""Evidence packages made here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.marks import Mark
from incidents.models import CaseRow


def new_identifier() -> str:
    """A name no other package has, here or elsewhere."""
    return uuid.uuid4().urn


class Package(CaseRow):
    """A package as it was asked for, and what was made of it. Filled once, when its job ends; never changed after.

    `names_reason`: from a case worked on organisation-blind a package is made by a keeper of names alone, and for nobody else.
    `labels` are the items asked for, none meaning all; `ceiling` is the strictest mark anything in it may carry; `mark` the
    strictest it does carry.
    """

    number = models.PositiveIntegerField()
    identifier = models.CharField(max_length=60, unique=True, default=new_identifier)
    labels = models.JSONField(default=list, blank=True)
    ceiling = models.CharField(_("sharing mark"), max_length=20, choices=Mark)
    recipient = models.CharField(_("who it is for"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=500)
    names_reason = models.CharField(
        _("why names are shown"), max_length=500, blank=True, default="", db_default="",
        help_text=_("In a case worked on organisation-blind: why a keeper of names takes out what names everybody."),
    )  # fmt: skip
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    job = models.OneToOneField("documents.Job", models.PROTECT, related_name="package")

    mark = models.CharField(_("sharing mark"), max_length=20, choices=Mark, blank=True)
    holds = models.JSONField(default=dict, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.BigIntegerField(_("size"), default=0)
    path = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="package_number_once"),
            models.CheckConstraint(name="package_ceiling", condition=Q(ceiling__in=Mark.values)),
            models.CheckConstraint(name="package_for_somebody", condition=~Q(recipient="") & ~Q(purpose="")),
            models.CheckConstraint(
                name="package_whole",
                condition=Q(sha256="", path="", mark="", size=0, made_at__isnull=True)
                | (
                    Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0, mark__in=Mark.values, made_at__isnull=False)
                    & ~Q(path="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"PKG-{self.number}"
