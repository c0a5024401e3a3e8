"""Translations of items."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .items import EvidenceItem


class Translation(CaseRow):
    """Says that an item is another one put into another language, by whom and how. The original is never touched (R1.17)."""

    class Method(models.TextChoices):
        HUMAN = "human", _("By a person")
        REVIEWED = "reviewed", _("By a machine, checked by a person")
        MACHINE = "machine", _("By a machine, not checked")

    item = models.OneToOneField(EvidenceItem, models.PROTECT, related_name="translation")
    original = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="translations")
    language = models.CharField(_("language"), max_length=35, help_text="BCP 47.")
    translator = models.CharField(_("translator"), max_length=200)
    method = models.CharField(_("how it was translated"), max_length=8, choices=Method)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="translation_of_another", condition=~Q(item=F("original"))),
            models.CheckConstraint(name="translation_method", condition=Q(method__in=["human", "reviewed", "machine"])),
            models.CheckConstraint(name="translation_said_whole", condition=~Q(language="") & ~Q(translator="")),
        ]

    def __str__(self) -> str:
        return self.language
