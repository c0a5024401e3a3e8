"""Who it was and how sure that is: what is stored, and what must never be false of it.

Every table hangs on a case and is seen by whoever may see its evidence; sealed opinions and sealed ratings by their
author alone until the round is opened. What the database itself keeps beyond these constraints (who may sit and
approve, sealing and opening, what never changes) is in migration 0002.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.countries import country_name
from incidents.models import CaseRow

from .querysets import FindingQuerySet
from .states import Conflict, HypothesisStatus, Round, Standing

TIERS = ["T0", "T1", "T2", "T3", "T4"]
SCALES = ["phia", "icd203"]
KINDS = {
    "state": _("A State"),
    "non_state": _("A non-State group"),
    "false_flag": _("A false flag"),
    "unknown": _("An actor not known"),
}
ANY_OTHER = {
    "state": _("Another State"),
    "non_state": _("Another group, not a State"),
    "false_flag": _("A false flag: somebody who wants it to look like another"),
    "unknown": _("An actor not known"),
}


def person() -> models.ForeignKey[object, object]:
    """Who did it."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class Hypothesis(CaseRow):
    """One explanation of who it was, judged against all the others. The alternatives are always there (ATT-5)."""

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
                condition=Q(value__in=["CC", "C", "N", "I", "II", "NA"]) | Q(value="", is_open=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.hypothesis_id} {self.value}"


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


class Panel(CaseRow):
    """People from outside who judge a finding without seeing each other's view first (ATT-7).

    INVITING -> SEALED -> REVEALED -> CLOSED. Only the database's own function opens the opinions, all at once.
    """

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="panels")
    number = models.PositiveIntegerField(_("number"), editable=False)
    state = models.CharField(max_length=8, choices=Round, default=Round.INVITING, editable=False)
    scale = models.CharField(max_length=8)
    required_seats = ArrayField(models.CharField(max_length=20))
    quorum = models.PositiveSmallIntegerField(_("opinions needed"), default=3)
    deadline = models.DateTimeField(_("opinions by"))
    convened_by = person()
    convened_at = models.DateTimeField(db_default=Now(), editable=False)
    revealed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="panel_number_per_case"),
            models.UniqueConstraint(
                fields=["finding"], name="one_round_at_a_time", condition=Q(state__in=["inviting", "sealed"])
            ),
            models.CheckConstraint(name="panel_state", condition=Q(state__in=Round.values)),
            models.CheckConstraint(name="panel_of_several", condition=Q(quorum__gte=3)),
            models.CheckConstraint(
                name="panel_revealed_has_date", condition=~Q(state="revealed") | Q(revealed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"P-{self.number}"

    @property
    def label(self) -> str:
        """As it is spoken of within its case: `P-1`."""
        return f"P-{self.number}"


class Seat(CaseRow):
    """One place on a panel. Invited to an organisation, taken by a person of it who declares no conflict of interest.

    The invited organisation sees its own seat before it sees anything of the evidence.
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats")
    number = models.PositiveIntegerField(editable=False)
    discipline = models.CharField(_("discipline"), max_length=40)
    seat = models.CharField(_("seat"), max_length=20, blank=True, help_text=_("The seat of the standard it fills."))
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    about = models.TextField(
        _("what is to be judged"), help_text=_("Shown with the invitation, before any evidence opens.")
    )
    answer_by = models.DateTimeField(_("opinions by"))
    invited_by = person()
    invited_at = models.DateTimeField(db_default=Now(), editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    conflict = models.CharField(max_length=10, choices=Conflict, default=Conflict.UNDECLARED)
    conflict_text = models.TextField(_("conflict of interest"), blank=True)
    declared_at = models.DateTimeField(null=True)
    recused_at = models.DateTimeField(null=True)
    recused_reason = models.CharField(max_length=20, blank=True)
    commitment = models.CharField(max_length=64, blank=True, default="", editable=False)
    sealed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="seat_number_per_case"),
            models.UniqueConstraint(
                fields=["panel", "member"],
                name="one_seat_each",
                condition=Q(member__isnull=False, recused_at__isnull=True),
            ),
            models.CheckConstraint(
                name="seat_taken_with_declaration",
                condition=Q(conflict="undeclared", member__isnull=True, declared_at__isnull=True)
                | (Q(conflict__in=["none", "declared"], member__isnull=False, declared_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="seat_conflict_recuses",
                condition=~Q(conflict="declared") | (Q(recused_at__isnull=False) & ~Q(conflict_text="")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As it is spoken of within its case: `S-2`."""
        return f"S-{self.number}"


class Opinion(CaseRow):
    """What a member thinks, sealed. Nobody but its author reads it until all are opened at once: the database sees to that."""

    class Position(models.TextChoices):
        CONCUR = "concur", _("Concurs")
        CONCUR_IN_PART = "concur_in_part", _("Concurs in part")
        DISSENT = "dissent", _("Dissents")

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="opinions")
    seat = models.OneToOneField(Seat, models.PROTECT, related_name="opinion")
    author = person()
    position = models.CharField(_("position"), max_length=14, choices=Position)
    scale = models.CharField(max_length=8)
    likelihood = models.CharField(_("likelihood"), max_length=24)
    confidence = models.CharField(_("confidence in the analysis"), max_length=12)
    reasons = models.TextField(_("reasons"))
    change_mind = models.TextField(_("what would change your mind"), blank=True)
    dissent = models.TextField(
        _("dissent"), blank=True, help_text=_("Printed in full, at the same size as the finding.")
    )
    blocking_objection = models.BooleanField(_("blocking objection"), default=False)
    objection = models.TextField(_("objection"), blank=True)
    article = models.PositiveSmallIntegerField(_("article of State responsibility"), null=True, blank=True)
    article_reasons = models.TextField(_("reasons for the article"), blank=True)
    specific_control = models.BooleanField(_("specific control over the operation is shown"), default=False)
    salt = models.CharField(max_length=64, editable=False)
    commitment = models.CharField(max_length=64, editable=False)
    sealed_at = models.DateTimeField(db_default=Now(), editable=False)
    revealed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["seat"]
        constraints = [
            models.CheckConstraint(
                name="opinion_position", condition=Q(position__in=["concur", "concur_in_part", "dissent"])
            ),
            models.CheckConstraint(name="opinion_has_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(name="opinion_dissent_in_words", condition=Q(position="concur") | ~Q(dissent="")),
            models.CheckConstraint(
                name="opinion_objection_in_words", condition=Q(blocking_objection=False) | ~Q(objection="")
            ),
            models.CheckConstraint(name="opinion_commitment", condition=Q(commitment__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.seat_id}"


class ObjectionAnswer(CaseRow):
    """The reasons with which a blocking objection was resolved; the objection stays printed (ATT-7)."""

    opinion = models.OneToOneField(Opinion, models.PROTECT, related_name="answer")
    reasons = models.TextField(_("reasons"))
    answered_by = person()
    answered_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="objection_answer_has_reasons", condition=~Q(reasons=""))]

    def __str__(self) -> str:
        return f"{self.opinion_id}"


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
    standard_version = models.CharField(max_length=24)
    actor = person()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.tier}"
