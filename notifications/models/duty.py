"""Who answers for an organisation, hour by hour, and what became of each notice that asked for an answer (ESC-8).

Who is on duty at a moment is decided in one place, the database's `notifications_on_duty()`: a notice to another house
is sent by somebody who may not read that house's rota.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

WEEKDAYS = [
    (1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")), (5, _("Friday")), (6, _("Saturday")),
    (7, _("Sunday")),
]  # fmt: skip


class DutyContact(models.Model):
    """A person or a functional mailbox on an organisation's rota; ended, never deleted.

    On duty on `weekdays` from `starts` to `ends` by the clock of `time_zone`; equal times mean the whole day, and a shift
    that ends earlier than it starts runs past midnight and belongs to the day it began on.
    """

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(
        _("order"), help_text=_("1 is asked first. Of two with one number, whoever was entered first.")
    )
    name = models.CharField(_("name"), max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    email = models.EmailField(_("mailbox"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("days"))
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    time_zone = models.CharField(_("time zone"), max_length=40)
    from_on = models.DateField(_("first day"), null=True)
    until_on = models.DateField(_("last day"), null=True)
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="duty_person_or_mailbox",
                condition=Q(user__isnull=False, email="") | (Q(user__isnull=True) & ~Q(email="")),
            ),
            models.CheckConstraint(
                name="duty_weekdays", condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]) & Q(weekdays__len__gt=0)
            ),
            models.CheckConstraint(
                name="duty_days_in_order",
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
            models.CheckConstraint(name="duty_has_name", condition=~Q(name="")),
        ]
        indexes = [models.Index(fields=["organisation"], name="duty_rota", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return self.name


class DutyCall(models.Model):
    """One notice an organisation was asked to acknowledge: WAITING -> ACKNOWLEDGED, UNANSWERED, LAPSED; UNANSWERED -> ACKNOWLEDGED.

    Lapsed: the organisation may not see the case any more, so nobody else is told. Whoever moves it holds its row's lock.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for an acknowledgement")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        UNANSWERED = "unanswered", _("Nobody acknowledged")
        LAPSED = "lapsed", _("Ended: the organisation no longer sees the case")

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    key = models.CharField(max_length=160)
    given = models.JSONField(help_text=_("What is told, as the first was told it: codes, labels and an address."))
    root_id = models.BigIntegerField(null=True)
    asked_by = models.IntegerField()
    asked_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    opened_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    acknowledged_step = models.ForeignKey("DutyStep", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="duty_called_once"),
            models.CheckConstraint(
                name="duty_call_state", condition=Q(state__in=["waiting", "acknowledged", "unanswered", "lapsed"])
            ),
            models.CheckConstraint(
                name="duty_call_waits_or_is_closed",
                condition=Q(state="waiting", next_at__isnull=False, closed_at__isnull=True)
                | (~Q(state="waiting") & Q(next_at__isnull=True, closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="duty_call_acknowledged_by_a_step",
                condition=Q(state="acknowledged", acknowledged_step__isnull=False)
                | (~Q(state="acknowledged") & Q(acknowledged_step__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="duty_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return self.key


class DutyStep(models.Model):
    """One contact asked, in turn. What it says never changes; `mailed_at` is set once, when a mailbox was written to."""

    call = models.ForeignKey(DutyCall, models.PROTECT, related_name="steps")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    contact = models.ForeignKey(DutyContact, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(db_default=Now())
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="duty_step_in_turn"),
            models.UniqueConstraint(fields=["call", "contact"], name="duty_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}.{self.number}"
