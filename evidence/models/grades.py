"""Judgements of items."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .items import EvidenceItem


class GradeEntry(CaseRow):
    """One judgement of an item: source and information apart, each with its sentence (R1.1). The newest one holds."""

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="grades")
    reliability = models.CharField(_("source reliability"), max_length=1)
    reliability_reason = models.TextField(_("why this source"))
    credibility = models.CharField(_("information credibility"), max_length=1)
    credibility_reason = models.TextField(_("why this information"))
    graded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    graded_at = models.DateTimeField(db_default=Now(), editable=False)
    standard_version = models.CharField(max_length=24)
    alone = models.BooleanField(
        default=False,
        help_text="By the one who gave the item in, because nobody else in the team could grade it (R1.1).",
    )

    class Meta:
        verbose_name_plural = "grade entries"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="grade_codes", condition=Q(reliability__in=list("ABCDEFG")) & Q(credibility__in=list("123456"))
            ),
            models.CheckConstraint(
                name="grade_has_sentences", condition=~Q(reliability_reason="") & ~Q(credibility_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reliability}{self.credibility}"
