"""The right of reply: what is to be published, who is asked, what they say, and what was published with it (ATT-11)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .findings import TIERS, Finding
from .people import person


class Notice(CaseRow):
    """What is to be published of a finding, fixed before anybody is asked: the parties see exactly this, and this is published.

    Only the holder of the case sees it and whom it was sent to: nobody learns that others were asked.
    """

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="notices")
    number = models.PositiveIntegerField(_("number"), editable=False)
    holder = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    text = models.TextField(_("what is to be published"))
    claim = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text=_("Of the canonical JSON of the claim (RFC 8785)."))
    mark = models.CharField(_("sharing mark"), max_length=20)
    rules_version = models.CharField(max_length=24)
    reply_days = models.PositiveSmallIntegerField()
    names_party = models.BooleanField()
    deadline = models.DateTimeField(_("publication waits until"))
    opened_by = person()
    opened_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["finding", "number"], name="notice_number_per_finding"),
            models.CheckConstraint(name="notice_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.number}"


class Invitation(CaseRow):
    """Somebody asked to reply, by a secret address and a code given another way. Secret and code are kept as digests only.

    A row without a secret says that a party was not asked, and why (waived).
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="invitations")
    holder = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    party = models.CharField(_("party"), max_length=12)
    name = models.CharField(_("who is asked"), max_length=160)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+",
        help_text=_("When it is an organisation of the platform: its members need no code."),
    )  # fmt: skip
    contact = models.CharField(_("named contact"), max_length=200, blank=True)
    code_given = models.CharField(_("how the code is given"), max_length=200, blank=True)
    secret_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  (several have none)
    code_digest = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    invited_by = person()
    invited_at = models.DateTimeField(db_default=Now(), editable=False)
    verified_at = models.DateTimeField(null=True)
    draft = models.TextField(blank=True)
    draft_position = models.CharField(max_length=16, blank=True)
    draft_saved_at = models.DateTimeField(null=True)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(null=True)
    waived_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_waived_with_reasons",
                condition=Q(waived_at__isnull=True, waived_by__isnull=True, waived_reason="")
                | (Q(waived_at__isnull=False, waived_by__isnull=False) & ~Q(waived_reason="")),
            ),
            models.CheckConstraint(
                name="invitation_asked_or_waived",
                condition=Q(secret_digest__isnull=True, waived_at__isnull=False)
                | (Q(secret_digest__isnull=False) & ~Q(code_digest="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Reply(CaseRow):
    """What a party answered: once, added and never changed. It is printed with the finding."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="replies")
    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="reply")
    party = models.CharField(max_length=12)
    name = models.CharField(max_length=160)
    position = models.CharField(_("position"), max_length=16)
    text = models.TextField(_("reply"))
    sha256 = models.CharField(max_length=64)
    receipt = models.CharField(_("receipt"), max_length=24, unique=True)
    contest = models.ForeignKey("attribution.Contest", models.PROTECT, null=True, related_name="+")
    rules_version = models.CharField(max_length=24)
    late = models.BooleanField(default=False)
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="reply_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.receipt


class FindingIssue(CaseRow):
    """A finding as it was published, with every reply so far. A later issue follows it and both stay.

    The first one is refused by the database before the reply has come, was waived, or its time has passed.
    """

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="issues")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="issues")
    public_id = models.CharField(max_length=16)
    number = models.PositiveIntegerField(_("issue"))
    mark = models.CharField(_("sharing mark"), max_length=20)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    tier = models.CharField(max_length=2)
    standing = models.CharField(max_length=10)
    contested = models.BooleanField()
    cause = models.CharField(max_length=60)
    issued_by = person()
    issued_at = models.DateTimeField(_("issued"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["public_id", "number"], name="finding_issue_once"),
            models.UniqueConstraint(fields=["finding", "number"], name="finding_issue_number"),
            models.CheckConstraint(name="finding_issue_tier", condition=Q(tier__in=TIERS)),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.number}"


class RelyingParty(CaseRow):
    """Somebody who was shown a finding as it stood, or whom it was sent to: who has to be told when it changes.

    One row a party and version (`change`): a person of the platform, or an addressee outside with the way it was sent.
    """

    class How(models.TextChoices):
        SHOWN = "shown", _("Shown")
        SENT = "sent", _("Sent")
        EXPORTED = "exported", _("Exported")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="relying")
    change = models.ForeignKey("attribution.StandingChange", models.PROTECT, related_name="+")
    holder = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    how = models.CharField(max_length=8, choices=How)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    addressee = models.CharField(_("addressee"), max_length=160, blank=True)
    channel = models.CharField(_("sent to"), max_length=200, blank=True)
    noted_by = person()
    noted_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "relying parties"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "change", "user", "organisation", "how"], name="relying_person_once", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["finding", "change", "addressee", "channel"], name="relying_addressee_once", condition=Q(user__isnull=True)
            ),
            models.CheckConstraint(
                name="relying_somebody",
                condition=Q(user__isnull=False, organisation__isnull=False, addressee="")
                | (Q(user__isnull=True) & ~Q(addressee="") & ~Q(channel="")),
            ),
            models.CheckConstraint(name="relying_how", condition=Q(how__in=["shown", "sent", "exported"])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.finding_id} {self.addressee or self.user_id}"


class OutsideAcknowledgement(CaseRow):
    """An addressee outside has said that they know of a change; written down by the holder."""

    relying = models.ForeignKey(RelyingParty, models.PROTECT, related_name="acknowledgements")
    change = models.ForeignKey("attribution.StandingChange", models.PROTECT, related_name="+")
    note = models.CharField(_("how they said so"), max_length=200)
    noted_by = person()
    noted_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["relying", "change"], name="outside_acknowledged_once"),
            models.CheckConstraint(name="outside_acknowledged_how", condition=~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.relying_id} {self.change_id}"
