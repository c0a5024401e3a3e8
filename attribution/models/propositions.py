"""What is claimed, leg by leg, and what the law says of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .findings import Finding
from .people import person


class Proposition(CaseRow):
    """One leg of what a case claims: what happened, who operated, for whom, which State answers for it. Never merged (ATT-5).

    The standard of proof it is held to is set when the leg is opened and never moved after that: nobody lowers the bar to
    what was found. Empty: the leg was opened before legs had one; it is held to the standard's own.
    """

    leg = models.CharField(_("leg"), max_length=12)
    claim = models.TextField(_("what is claimed"), blank=True)
    proof = models.CharField(_("standard of proof"), max_length=40, blank=True)
    standard_version = models.CharField(_("evidence standard"), max_length=24)
    opened_by = person()
    opened_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["incident", "leg"], name="proposition_once_per_leg")]

    def __str__(self) -> str:
        return self.leg


class ArticleReasoning(CaseRow):
    """Why an article of State responsibility applies, by a lawyer (R2.5). Added, never changed; the last one holds."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="reasonings")
    article = models.PositiveSmallIntegerField(_("article of State responsibility"))
    reasons = models.TextField(_("reasons for this article"))
    specific_control = models.BooleanField(_("specific control over the operation is shown"), default=False)
    reasoned_by = person()
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    reasoned_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="article_has_reasons", condition=~Q(reasons=""))]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.article}"
