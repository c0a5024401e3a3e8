"""What somebody was told, and how they want to be told.

Every row belongs to one person and is under forced row-level security. What is about a case is there only while its
reader may see that case at the grade the kind asks for: the policy asks `notifications_open()` (migration 0002).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..kinds import Reason


class Notification(models.Model):
    """One thing one person was told, once per key. What it says never changes; what its reader did with it may.

    Never content: a kind, labels, a mark and an address. `root_id` is the number of the case, which this room does not know.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    through = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+",
        help_text=_("Told as one of this organisation’s people; empty when told by name."),
    )  # fmt: skip
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    grade = models.PositiveSmallIntegerField()
    root_id = models.BigIntegerField(null=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    mark = models.CharField(_("sharing mark"), max_length=20, blank=True)
    subject = models.CharField(_("about"), max_length=80, blank=True)
    url = models.CharField(max_length=300, blank=True)
    words = models.JSONField(default=dict)
    due_at = models.DateTimeField(_("due"), null=True)
    told_at = models.DateTimeField(_("told"), db_default=Now())

    acknowledge = models.BooleanField(default=False, help_text=_("Its reader is asked to acknowledge it."))
    asked_by = models.IntegerField(
        null=True, help_text=_("The organisation that asked, and may see who has acknowledged.")
    )
    acknowledged_at = models.DateTimeField(null=True)

    opened_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    at_once = models.BooleanField(
        db_default=False, help_text=_("Its reader is on duty: it is mailed at once, however they take their e-mail.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="told_once"),
            models.CheckConstraint(name="notification_reason", condition=Q(reason__in=Reason.values)),
            models.CheckConstraint(
                name="notification_asked_by_somebody", condition=Q(acknowledge=False) | Q(asked_by__isnull=False)
            ),
            models.CheckConstraint(
                name="notification_acknowledged_when_asked",
                condition=Q(acknowledged_at__isnull=True) | Q(acknowledge=True),
            ),
        ]
        indexes = [
            models.Index(F("recipient"), F("id").desc(), name="inbox_newest"),
            models.Index(fields=["recipient"], name="inbox_waiting", condition=Q(done_at__isnull=True)),
            models.Index(
                fields=["told_at"], name="inbox_not_mailed", condition=Q(mailed_at__isnull=True, done_at__isnull=True)
            ),
            models.Index(fields=["key"], name="inbox_asked", condition=Q(acknowledge=True)),
        ]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """How a person wants to be told besides the inbox; without a row the daily digest."""

    class Email(models.TextChoices):
        EACH = "each", _("An e-mail for each")
        DIGEST = "digest", _("One e-mail a day")
        NONE = "none", _("No e-mail")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    email = models.CharField(_("e-mail"), max_length=8, choices=Email, default=Email.DIGEST)

    class Meta:
        constraints = [
            models.CheckConstraint(name="preference_email", condition=Q(email__in=["each", "digest", "none"]))
        ]

    def __str__(self) -> str:
        return self.email


class Mute(models.Model):
    """A case its reader wants to hear nothing of, except what asks for an acknowledgement."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    root_id = models.BigIntegerField()
    reference = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "root_id"], name="muted_once")]

    def __str__(self) -> str:
        return self.reference


class Watch(models.Model):
    """A case, or one thing of it (`subject`: its label), whose changes its watcher wants to be told."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    root_id = models.BigIntegerField()
    reference = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True)
    url = models.CharField(max_length=300)

    class Meta:
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["user", "root_id", "subject"], name="watched_once")]
        indexes = [models.Index(fields=["root_id"], name="watchers_of_case")]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}".strip()


class CalendarAddress(models.Model):
    """The secret address of one's deadlines as a calendar. Only its SHA-256 is stored; ended, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "calendar addresses"
        constraints = [
            models.UniqueConstraint(fields=["user"], name="one_calendar_address", condition=Q(revoked_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.pk)
