"""What a worker does with evidence after it came in: scanning, taking a message apart, capturing a page."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .files import StoredFile
from .items import EvidenceItem


class IntakeJob(CaseRow):
    """Work on an item, asked for by a person and done by a worker as that person.

    queued -> running -> done; running -> failed -> queued (a person asks again); running -> queued (its worker was lost).
    `attempts` is the fencing token: a worker thought lost cannot finish a later attempt.
    """

    class Kind(models.TextChoices):
        SCAN = "scan", _("Scan for malware")
        MAIL = "mail", _("Taking the message apart")
        CAPTURE = "capture", _("Capture of the page")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("In progress")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="jobs")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="jobs")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    outcome = models.JSONField(default=dict)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    queued_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["state", "queued_at"], name="intake_open", condition=Q(state__in=["queued", "running"])
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "file", "kind"], name="intake_job_once", nulls_distinct=False,
                condition=Q(state__in=["queued", "running"]),
            ),
            models.CheckConstraint(name="intake_job_kind", condition=Q(kind__in=["scan", "mail", "capture"])),
            models.CheckConstraint(name="intake_job_state", condition=Q(state__in=["queued", "running", "done", "failed"])),
            models.CheckConstraint(
                name="intake_job_failed_says_why",
                condition=(Q(state="failed") & ~Q(error_code="")) | (~Q(state="failed") & Q(error_code="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class FileScan(CaseRow):
    """What a scanner said of a file on one day. Metadata and no bar; added, never changed."""

    class Outcome(models.TextChoices):
        CLEAN = "clean", _("Nothing found")
        FOUND = "found", _("Malware found")
        UNSCANNED = "unscanned", _("Not scanned")

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="scans")
    outcome = models.CharField(max_length=10, choices=Outcome)
    name = models.CharField(
        max_length=200, blank=True, help_text="The signature that matched, or why there is no verdict."
    )
    engine = models.CharField(max_length=80)
    database = models.CharField(max_length=120)
    scanned_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="scan_outcome", condition=Q(outcome__in=["clean", "found", "unscanned"]))
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.name}"
