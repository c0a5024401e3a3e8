"""Reviews and recommendations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.marks import Mark
from incidents.models import CaseRow

from ..states import RecommendationStatus


class Review(CaseRow):
    """A post-incident review, as it was asked for. What became of it is told by its job, what was issued by its document.

    `texts` are the sections nobody can fill from the record, by the template's section codes.
    """

    number = models.PositiveIntegerField()
    mark = models.CharField(_("sharing mark"), max_length=20, choices=Mark)
    language = models.CharField(_("language"), max_length=10)
    template_version = models.CharField(max_length=24)
    texts = models.JSONField(default=dict, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    job = models.OneToOneField("documents.Job", models.PROTECT, related_name="review")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="review_number_once"),
            models.CheckConstraint(name="review_mark", condition=Q(mark__in=Mark.values)),
        ]

    def __str__(self) -> str:
        return f"REV-{self.number}"


class Recommendation(CaseRow):
    """What should change, who owns it and by when (R4.4).

    OPEN -> DONE (with evidence of closing), OPEN -> DROPPED (with a reason).
    """

    class Kind(models.TextChoices):
        STRATEGIC = "strategic", _("Strategic")
        TACTICAL = "tactical", _("Immediate, tactical")

    number = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.TextField(_("recommendation"))
    owner = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("owner"))
    due = models.DateField(_("due"))
    status = models.CharField(
        _("status"), max_length=8, choices=RecommendationStatus, default=RecommendationStatus.OPEN
    )
    closing_evidence = models.TextField(_("evidence of closing, or the reason"), blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="recommendation_number_once"),
            models.CheckConstraint(name="recommendation_kind", condition=Q(kind__in=["strategic", "tactical"])),
            models.CheckConstraint(
                name="recommendation_closed_has_evidence",
                condition=Q(status="open", closed_at__isnull=True, closed_by__isnull=True, closing_evidence="")
                | (
                    Q(status__in=["done", "dropped"], closed_at__isnull=False, closed_by__isnull=False)
                    & ~Q(closing_evidence="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"REC-{self.number}"
