"""Requests for data, what was made for them, and exports of everything an organisation holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Work(models.Model):
    """Something a worker makes as the person who asked. `attempts` is the fencing token: a worker thought lost cannot finish."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    heartbeat_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True


class HouseExport(Work):
    """Everything an organisation holds, in parts; made once, kept as made."""

    number = models.PositiveIntegerField()
    reason = models.CharField(_("what it is for"), max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="house_export_number_once"),
            models.UniqueConstraint(
                fields=["organisation"], name="one_house_export_at_a_time", condition=Q(state__in=["queued", "running"])
            ),
            models.CheckConstraint(name="house_export_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="house_export_state", condition=Q(state__in=["queued", "running", "done", "failed"])
            ),
        ]

    def __str__(self) -> str:
        return f"X-{self.number}"


class ExportPart(models.Model):
    """One file of an export: the house's own records, or some of its cases. Resuming begins after the last one."""

    export = models.ForeignKey(HouseExport, models.PROTECT, related_name="parts")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    upto = models.BigIntegerField(default=0, help_text=_("The last case in it, by number; 0: the house's own records."))
    cases = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField()
    path = models.CharField(max_length=200)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="export_part_once"),
            models.CheckConstraint(
                name="export_part_whole", condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0) & ~Q(path="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"


class DataRequest(models.Model):
    """Somebody asks for data with a legal basis: an authority, or a person about themselves. OPEN -> decided -> delivered."""

    class Kind(models.TextChoices):
        AUTHORITY = "authority", _("Lawful access by an authority")
        ACCESS = "access", _("A person asks what is held about them")
        ERASURE = "erasure", _("A person asks to be erased or corrected")

    class Outcome(models.TextChoices):
        OPEN = "open", _("not decided")
        GRANTED = "granted", _("granted")
        PARTLY = "partly", _("granted in part")
        REFUSED = "refused", _("refused")

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    requester = models.CharField(_("who asks"), max_length=200)
    contact = models.CharField(_("how to reach them"), max_length=300, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=500)
    asked = models.TextField(_("what is asked for"))
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("about")
    )
    incident = models.ForeignKey("incidents.Incident", models.PROTECT, null=True, blank=True, related_name="+")
    received_on = models.DateField(_("received"))
    due_on = models.DateField(_("answer due"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(db_default=Now(), editable=False)

    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(_("reasons"), blank=True)
    parts = models.JSONField(_("what was justified"), default=list, blank=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_how = models.CharField(_("how it was delivered"), max_length=300, blank=True)
    minimised_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="data_request_number_once"),
            models.CheckConstraint(name="data_request_kind", condition=Q(kind__in=["authority", "access", "erasure"])),
            models.CheckConstraint(
                name="data_request_names_its_basis", condition=~Q(legal_basis="") & ~Q(requester="") & ~Q(asked="")
            ),
            models.CheckConstraint(
                name="data_request_decided_whole",
                condition=Q(outcome="open", decided_by__isnull=True, decided_at__isnull=True, reasons="", parts=[])
                | (
                    Q(outcome__in=["granted", "partly", "refused"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reasons="")
                ),
            ),
            models.CheckConstraint(
                name="data_request_refused_gives_nothing", condition=~Q(outcome="refused") | Q(parts=[])
            ),
            models.CheckConstraint(name="data_request_four_eyes", condition=~Q(decided_by=F("filed_by"))),
            models.CheckConstraint(
                name="data_request_not_of_oneself",
                condition=Q(subject__isnull=True) | Q(decided_by__isnull=True) | ~Q(decided_by=F("subject")),
            ),
            models.CheckConstraint(
                name="data_request_delivered_was_granted",
                condition=Q(delivered_at__isnull=True) | Q(outcome__in=["granted", "partly"]),
            ),
        ]

    def __str__(self) -> str:
        return f"DR-{self.number}"


class Delivery(Work):
    """The package of a request: what was justified and nothing else; made once."""

    request = models.OneToOneField(DataRequest, models.PROTECT, related_name="delivery")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True)
    holds = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="data_delivery_whole",
                condition=Q(sha256="", path="", size=0)
                | (Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0) & ~Q(path="")),
            ),
            models.CheckConstraint(
                name="data_delivery_state", condition=Q(state__in=["queued", "running", "done", "failed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}"


class RequestStep(models.Model):
    """The request's own audit: each step, by whom and when. Append-only."""

    class Act(models.TextChoices):
        FILED = "filed", _("filed")
        DECIDED = "decided", _("decided")
        PACKED = "packed", _("package made")
        TAKEN = "taken", _("package downloaded")
        DELIVERED = "delivered", _("delivered")

    request = models.ForeignKey(DataRequest, models.PROTECT, related_name="steps")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="request_step_act", condition=Q(act__in=["filed", "decided", "packed", "taken", "delivered"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.act}"
