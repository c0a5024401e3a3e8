"""Explanations of who it was, and evidence rated against each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.countries import country_name
from incidents.models import CaseRow

from ..states import HypothesisStatus
from .people import person

KINDS = {
    "state": _("A State"),
    "non_state": _("A non-State group"),
    "false_flag": _("A false flag"),
    "attack": _("A deliberate act"),
    "accident": _("A failure or a mistake"),
    "fabrication": _("Staged or made up"),
    "unknown": _("An actor not known"),
}


RATINGS = ("CC", "C", "N", "I", "II", "NA")


ANY_OTHER = {
    "state": _("Another State"),
    "non_state": _("Another group, not a State"),
    "false_flag": _("A false flag: somebody who wants it to look like another"),
    "attack": _("Another deliberate act"),
    "accident": _("A failure or a mistake, and no attack"),
    "fabrication": _("Staged or made up: it did not happen as shown"),
    "unknown": _("An actor not known"),
}


class Hypothesis(CaseRow):
    """One explanation on one leg, judged against all the others of that leg. The alternatives are always there (ATT-5)."""

    leg = models.CharField(_("leg"), max_length=12, default="operator")
    number = models.PositiveIntegerField(_("number"), editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=list(KINDS.items()))
    country = models.CharField(_("State named"), max_length=2, blank=True)
    actor = models.CharField(_("actor"), max_length=200, blank=True)
    article = models.PositiveSmallIntegerField(
        _("mode of State responsibility claimed"), null=True, blank=True, help_text=_("Article of the ILC Articles.")
    )
    statement = models.TextField(_("what it says"), blank=True)
    is_alternative = models.BooleanField(default=False, help_text=_("Kept by the platform so that none is forgotten."))
    status = models.CharField(max_length=8, choices=HypothesisStatus, default=HypothesisStatus.ACTIVE)
    rejected_reason = models.TextField(blank=True)
    rejected_at = models.DateTimeField(null=True)
    added_by = person()
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "hypotheses"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="hypothesis_number_per_case"),
            models.CheckConstraint(name="hypothesis_kind", condition=Q(kind__in=list(KINDS))),
            models.CheckConstraint(name="hypothesis_status", condition=Q(status__in=HypothesisStatus.values)),
            models.CheckConstraint(
                name="hypothesis_rejected_has_reason",
                condition=Q(status="active") | (~Q(rejected_reason="") & Q(rejected_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="hypothesis_only_a_state_has_a_country", condition=Q(country="") | Q(kind="state")
            ),
            models.CheckConstraint(
                name="hypothesis_says_something", condition=Q(is_alternative=True) | ~Q(actor="") | ~Q(country="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.name}"

    @property
    def label(self) -> str:
        """As it is spoken of within its case: `H1`."""
        return f"H{self.number}"

    @property
    def name(self) -> str:
        """The actor in words."""
        country = country_name(self.country) if self.country else ""
        if self.actor and country:
            return f"{self.actor} ({country})"
        return self.actor or country or str(ANY_OTHER[self.kind])


class Rating(CaseRow):
    """What one assessor says an item means for one hypothesis. A blank is no rating; it separates nothing.

    A panel member's ratings are sealed until the round is opened: nobody's view leaks into another's opinion.
    """

    item = models.ForeignKey("evidence.EvidenceItem", models.PROTECT, related_name="+")
    hypothesis = models.ForeignKey(Hypothesis, models.PROTECT, related_name="ratings")
    assessor = person()
    value = models.CharField(_("consistency"), max_length=2, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_open = models.BooleanField(default=True, editable=False)
    rated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "hypothesis", "assessor", "is_open"], name="rated_once"),
            models.CheckConstraint(
                name="rating_value",
                condition=Q(value__in=list(RATINGS)) | Q(value="", is_open=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.hypothesis_id} {self.value}"
