"""People from outside who judge a finding, and what they said."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from ..states import Conflict, Round
from .findings import Finding
from .people import person


class Panel(CaseRow):
    """People from outside who judge a finding without seeing each other's view first (ATT-7).

    INVITING -> SEALED -> REVEALED -> SEALED (second round) -> REVEALED -> CLOSED. Only the database's own functions open
    the opinions, all at once, and begin the second round. Between the rounds members discuss; while a round is sealed
    nobody does.
    """

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="panels")
    number = models.PositiveIntegerField(_("number"), editable=False)
    state = models.CharField(max_length=8, choices=Round, default=Round.INVITING, editable=False)
    scale = models.CharField(max_length=8)
    required_seats = ArrayField(models.CharField(max_length=20))
    quorum = models.PositiveSmallIntegerField(_("opinions needed"), default=3)
    round = models.PositiveSmallIntegerField(_("round"), default=1, editable=False)
    by_name = models.BooleanField(_("members speak by name in the discussion"), default=True)
    deadline = models.DateTimeField(_("opinions by"))
    convened_by = person()
    convened_at = models.DateTimeField(db_default=Now(), editable=False)
    revealed_at = models.DateTimeField(null=True, editable=False, help_text=_("When its opinions were first opened."))
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
            models.CheckConstraint(name="panel_of_two_rounds", condition=Q(round__in=[1, 2])),
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

    @property
    def sealed_again(self) -> bool:
        """In its second round: the first opinions are open, the second ones are not."""
        return self.round == 2 and self.state == Round.SEALED


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
    nationalities = ArrayField(
        models.CharField(max_length=2),
        default=list,
        blank=True,
        help_text=_("The member's own, as they declared them."),
    )
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
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="opinions")
    round = models.PositiveSmallIntegerField(_("round"), default=1, editable=False)
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
        ordering = ["seat", "round"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "round"], name="one_opinion_a_round"),
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


class Remark(CaseRow):
    """What a member says in the discussion between the rounds: after the opening, never while a round is sealed."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="remarks")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    text = models.TextField(_("what you say"))
    said_by = person()
    said_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="remark_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.said_at}"
