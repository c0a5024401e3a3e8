"""An attestation, and where an organisation stands because of one.

`Standing` is written by the database alone, from decided attestations; whether an accreditation holds is asked of its date.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .states import State


class Attestation(models.Model):
    """An organisation says how it keeps a version of the evidence standard; another body looks and decides (SHR-3)."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    standard = models.CharField(_("evidence standard"), max_length=24, help_text=_("The version attested to."))
    rules = models.CharField(
        max_length=24, help_text=_("The version of the rules of accreditation it is decided under.")
    )
    answers = models.JSONField(
        default=dict, help_text="By requirement: {'answer': 'met' | 'not_met' | '', 'how': text}, kept as typed."
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(db_default=Now(), editable=False)
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    attested_at = models.DateTimeField(_("attested"), null=True)
    reviewer = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("decided"), null=True)
    note = models.TextField(_("the reviewer’s reasons"), blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_why = models.TextField(_("why it was ended"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="one_open_attestation", condition=Q(state__in=["draft", "sent"])
            ),
            models.CheckConstraint(name="attestation_state", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="never_its_own_reviewer", condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("organisation"))
            ),
            models.CheckConstraint(
                name="nobody_reviews_what_they_attested",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("attested_by")),
            ),
            models.CheckConstraint(
                name="attested_once_sent",
                condition=Q(state="draft")
                | Q(attested_by__isnull=False, attested_at__isnull=False, reviewer__isnull=False),
            ),
            models.CheckConstraint(
                name="decided_by_somebody",
                condition=Q(state__in=["draft", "sent"], reviewed_by__isnull=True, reviewed_at__isnull=True)
                | Q(state__in=["accredited", "refused", "ended"], reviewed_by__isnull=False, reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="accredited_until_a_day",
                condition=~Q(state__in=["accredited", "ended"]) | Q(valid_until__gt=F("reviewed_at")),
            ),
            models.CheckConstraint(
                name="ended_for_a_reason",
                condition=~Q(state="ended") | (Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(ended_why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.standard} {self.state}"


class Standing(models.Model):
    """Until when an organisation is accredited, and to which version: for every member to read, written by the database."""

    organisation = models.OneToOneField(
        "organisations.Organisation", models.PROTECT, primary_key=True, related_name="standing"
    )
    attestation = models.ForeignKey(Attestation, models.PROTECT, related_name="+")
    standard = models.CharField(max_length=24)
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.organisation_id} until {self.until}"
