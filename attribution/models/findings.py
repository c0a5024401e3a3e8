"""What was found, how it stands, and what speaks against it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from ..querysets import FindingQuerySet
from ..states import Standing
from .hypotheses import Hypothesis
from .people import person

TIERS = ["T0", "T1", "T2", "T3", "T4"]


SCALES = ["phia", "icd203"]


class Finding(CaseRow):
    """A proposition with its likelihood, its confidence and its tier: three things that are never mixed (R1.6).

    CURRENT -> REVISED; CURRENT, REVISED -> WITHDRAWN, SUPERSEDED. The tier is computed from the record by the standard it
    was opened with and stored with its explanation: `computed_tier` is what the evidence and the panel carry, `tier` what
    stands. Above provisional it stands only once a panel member who had no part in making the case has put their name to it.
    """

    number = models.PositiveIntegerField(_("number"), editable=False)
    hypothesis = models.ForeignKey(Hypothesis, models.PROTECT, related_name="findings")
    leg = models.CharField(_("leg"), max_length=12)
    statement = models.TextField(_("what is found"))
    scale = models.CharField(_("scale"), max_length=8)
    likelihood = models.CharField(_("likelihood"), max_length=24)
    confidence = models.CharField(_("confidence in the analysis"), max_length=12)
    reasons = models.TextField(_("reasons"))
    false_flag_check = models.TextField(_("false-flag check"), blank=True)
    article = models.PositiveSmallIntegerField(_("article of State responsibility"), null=True, blank=True)
    norm_13b = models.JSONField(_("factors of norm 13(b)"), default=dict, blank=True)
    analysis = models.JSONField(_("alternative analysis done"), default=dict, blank=True)
    decision_reference = models.TextField(_("decision of a court, tribunal or commission"), blank=True)
    standard_version = models.CharField(_("evidence standard"), max_length=24)

    proposed_by = person()
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now(), editable=False)
    review_on = models.DateField(_("review by"))
    review_set_on = models.DateField(editable=False)
    flagged_overdue_on = models.DateField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    standing = models.CharField(max_length=10, choices=Standing, default=Standing.CURRENT, editable=False)
    standing_reason = models.TextField(blank=True, editable=False)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes", editable=False)
    contested = models.BooleanField(default=False, editable=False)
    tier = models.CharField(max_length=2, default="T0", editable=False)
    computed_tier = models.CharField(max_length=2, default="T0", editable=False)
    computed_at = models.DateTimeField(null=True, editable=False)
    explanation = models.JSONField(default=dict, editable=False)
    stale_since = models.DateTimeField(
        null=True, editable=False, help_text=_("Something it rests on has changed; it waits to be computed anew.")
    )
    stale_because = ArrayField(models.CharField(max_length=60), default=list, editable=False)
    marked_items = ArrayField(
        models.CharField(max_length=12),
        default=list,
        editable=False,
        help_text=_("Items it uses that are frozen or withdrawn."),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[FindingQuerySet] = FindingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="finding_number_per_case"),
            models.CheckConstraint(name="finding_standing", condition=Q(standing__in=Standing.values)),
            models.CheckConstraint(name="finding_tier", condition=Q(tier__in=TIERS) & Q(computed_tier__in=TIERS)),
            models.CheckConstraint(name="finding_scale", condition=Q(scale__in=SCALES)),
            models.CheckConstraint(name="finding_reviewed_after_set", condition=Q(review_on__gte=F("review_set_on"))),
            models.CheckConstraint(name="finding_has_reasons", condition=~Q(reasons="") & ~Q(statement="")),
            models.CheckConstraint(
                name="finding_standing_has_reason", condition=Q(standing="current") | ~Q(standing_reason="")
            ),
            models.CheckConstraint(
                name="finding_superseded_by_one",
                condition=Q(superseded_by__isnull=True) | Q(standing="superseded"),
            ),
            # Nothing stands above what the rules compute, and nothing above provisional without a second pair of eyes.
            models.CheckConstraint(name="finding_never_above_computed", condition=Q(tier__lte=F("computed_tier"))),
            models.CheckConstraint(
                name="finding_corroborated_is_approved",
                condition=Q(tier__in=["T0", "T1"]) | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="finding_four_eyes", condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by"))
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As it is spoken of within its case: `F-1`."""
        return f"F-{self.number}"


class Extension(CaseRow):
    """A review put off, with the reasons; never without (ATT-9)."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="extensions")
    review_from = models.DateField()
    review_to = models.DateField()
    reasons = models.TextField(_("reasons"))
    extended_by = person()
    extended_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="extension_has_reasons", condition=~Q(reasons=""))]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.review_to}"


class Contest(CaseRow):
    """Something that speaks against a finding, put on record by a person or by the computation; resolved with reasons or open."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="contests")
    kind = models.CharField(_("kind"), max_length=20)
    items = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    text = models.TextField(_("what is contested"), blank=True)
    opened_by = person()
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="contest_resolved_with_reasons",
                condition=Q(resolved_at__isnull=True, resolution="", resolved_by__isnull=True)
                | (Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~Q(resolution="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.kind}"


class StandingChange(CaseRow):
    """A finding as it stood from a moment on: tier, standing, and the whole explanation. Added, never changed (ATT-6)."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="history")
    at = models.DateTimeField(db_default=Now(), editable=False)
    cause = models.CharField(_("because of"), max_length=60)
    tier_before = models.CharField(max_length=2, blank=True)
    tier = models.CharField(max_length=2)
    computed_tier = models.CharField(max_length=2)
    standing = models.CharField(max_length=10, choices=Standing)
    contested = models.BooleanField()
    marked_items = ArrayField(models.CharField(max_length=12), default=list)
    explanation = models.JSONField()
    flipped = models.JSONField(default=list, help_text=_("Requirements that were met and are not, or the other way."))
    standard_version = models.CharField(max_length=24)
    actor = person()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.tier}"
