"""Measures proposed on a case: what was asked, what the guardrails answered, who decided.

A measure is seen by whoever may see the case's evidence. What was proposed never changes; what was refused stays on
record with its report, so that a refusal can be shown and counted (docs/decisions/0004).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core import clock
from incidents.models import CaseRow

from .querysets import MeasureQuerySet
from .rules import TIERS
from .states import CLOSING, Status

AGREED = [Status.APPROVED, Status.IN_FORCE, Status.ENDED]
STARTED = [Status.IN_FORCE, Status.ENDED]


class Measure(CaseRow):
    """One measure of the ladder, proposed on one case (ESC-1, ESC-3).

    PROPOSED -> APPROVED, DECLINED, WITHDRAWN; APPROVED -> IN_FORCE, WITHDRAWN; IN_FORCE -> ENDED. A proposal the guardrails
    refuse is REFUSED from the start and stays so. Where the ladder asks for one person, a proposal is APPROVED as made:
    who protects waits for nobody.
    """

    number = models.PositiveIntegerField(_("number"), editable=False)
    code = models.CharField(_("measure"), max_length=3)
    title = models.CharField(_("what is to be done"), max_length=200)
    text = models.TextField(_("in more words"), blank=True)
    target_state = models.CharField(_("State it is aimed at"), max_length=2, blank=True)
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    expires_on = models.DateField(_("ends unless renewed"), null=True, blank=True)
    answers = models.JSONField(help_text=_("Every answer to the guardrails, as given."))

    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now(), editable=False)
    ladder_version = models.CharField(_("ladder of measures"), max_length=24)
    people_needed = models.PositiveSmallIntegerField(_("persons who must agree"))
    level = models.PositiveSmallIntegerField(_("level of escalation"))
    review_days = models.PositiveSmallIntegerField(_("days until its review"), null=True)
    finding = models.CharField(_("finding it stands on"), max_length=10, blank=True)
    tier = models.CharField(_("tier of that finding"), max_length=2)
    report = models.JSONField(_("answer of the guardrails"))
    refused = models.BooleanField(_("refused by the guardrails"))

    status = models.CharField(_("status"), max_length=10, choices=Status)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    decided_tier = models.CharField(_("tier when approved"), max_length=2, blank=True)
    decided_ladder = models.CharField(_("ladder when approved"), max_length=24, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(_("why it was declined, withdrawn or ended"), blank=True)

    objects: ClassVar[MeasureQuerySet] = MeasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="measure_number_per_case"),
            models.CheckConstraint(name="measure_status", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="measure_tier", condition=Q(tier__in=TIERS)),
            models.CheckConstraint(name="measure_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="measure_refused_stays_refused",
                condition=Q(status=Status.REFUSED, refused=True) | (~Q(status=Status.REFUSED) & Q(refused=False)),
            ),
            # More than two would need a row for each agreement: a ladder that asks for it cannot be applied by halves.
            models.CheckConstraint(name="measure_people_needed", condition=Q(people_needed__in=[1, 2])),
            models.CheckConstraint(
                name="measure_agreed_by_enough",
                condition=~Q(status__in=AGREED) | Q(people_needed=1) | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="measure_not_approved_before",
                condition=~Q(status__in=[Status.PROPOSED, Status.REFUSED, Status.DECLINED])
                | Q(approved_by__isnull=True),
            ),
            models.CheckConstraint(
                name="measure_approval_whole",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, decided_tier="", decided_ladder="")
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False, decided_tier__in=TIERS)
                    & ~Q(decided_ladder="")
                ),
            ),
            models.CheckConstraint(
                name="measure_four_eyes",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                violation_error_message=_("Somebody other than the proposer decides on a measure."),
            ),
            models.CheckConstraint(
                name="measure_started_whole",
                condition=Q(status__in=STARTED, started_by__isnull=False, started_at__isnull=False)
                | (~Q(status__in=STARTED) & Q(started_by__isnull=True, started_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="measure_closed_whole",
                condition=(
                    Q(status__in=CLOSING, closed_by__isnull=False, closed_at__isnull=False) & ~Q(closing_reason="")
                )
                | (~Q(status__in=CLOSING) & Q(closed_by__isnull=True, closed_at__isnull=True, closing_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As it is spoken of within its case: `M-1`."""
        return f"M-{self.number}"

    @property
    def expired(self) -> bool:
        """Its end date has come: it binds nobody any more, though nobody has ended it on record yet (ESC-4)."""
        return self.status in (Status.APPROVED, Status.IN_FORCE) and bool(
            self.expires_on and self.expires_on <= clock.today()
        )

    @property
    def review_on(self) -> date | None:
        """When a measure in force has to be looked at again, where the ladder asks for it."""
        if self.status != Status.IN_FORCE or self.started_at is None or self.review_days is None:
            return None
        return self.started_at.date() + timedelta(days=self.review_days)
