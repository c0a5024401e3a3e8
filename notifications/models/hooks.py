"""Webhooks: where an organisation's programs are told, under which secrets, and what became of each message."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Endpoint(models.Model):
    """An address of an organisation's own that is told of some kinds; ended, never deleted.

    `failing_since`: nothing has arrived since. Failing too long it is disabled, and what waits for it waits.
    """

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(_("what it is for"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=40), verbose_name=_("events"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=12, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="endpoint_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="endpoint_has_kinds", condition=Q(kinds__len__gt=0)),
            models.CheckConstraint(
                name="endpoint_disabled_with_reason",
                condition=Q(disabled_at__isnull=True, disabled_because="")
                | Q(disabled_at__isnull=False, disabled_because__in=["failing", "gone", "by_hand"]),
            ),
        ]
        indexes = [models.Index(fields=["organisation"], name="endpoints_in_use", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return self.name


class EndpointSecret(models.Model):
    """A secret messages are signed with, encrypted (core/vault.py); after a rotation the old one still signs until `expires_at`."""

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="secrets")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    sealed = models.CharField(max_length=300)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], name="one_current_secret", condition=Q(expires_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Delivery(models.Model):
    """One message to one endpoint, once per key: PENDING -> DELIVERED, FAILED, WITHHELD; redelivering makes it PENDING again.

    It holds no content. What is sent is made at each attempt, from what the organisation may see at that moment; withheld:
    it might not see the case any more.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")
        WITHHELD = "withheld", _("Not sent: your organisation no longer sees the case")

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    grade = models.PositiveSmallIntegerField()
    root_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=60, blank=True)
    mark = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    url = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State, db_default=State.PENDING)
    tries = models.PositiveSmallIntegerField(db_default=0)
    next_at = models.DateTimeField(null=True)
    queued_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_problem = models.CharField(max_length=20, blank=True, db_default="")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "key"], name="delivered_once"),
            models.CheckConstraint(
                name="delivery_state", condition=Q(state__in=["pending", "delivered", "failed", "withheld"])
            ),
            models.CheckConstraint(
                name="delivery_waits_or_is_finished",
                condition=Q(state="pending", next_at__isnull=False, finished_at__isnull=True)
                | (~Q(state="pending") & Q(next_at__isnull=True, finished_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="deliveries_due", condition=Q(state="pending")),
            models.Index(F("endpoint"), F("id").desc(), name="deliveries_newest"),
        ]

    def __str__(self) -> str:
        return self.message_id


class Attempt(models.Model):
    """One sending: when, what the server answered or why there was no answer, and how long it took. Append-only."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=20, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="attempt_answered_or_not", condition=Q(status__isnull=False) | ~Q(problem=""))
        ]

    def __str__(self) -> str:
        return str(self.pk)
