"""Jobs (long work that makes a document) and documents (what was issued, stored once, never changed)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .states import State


class Document(models.Model):
    """A document as issued. Nobody changes or deletes it: a new issue supersedes it, and both stay.

    `path` is content-addressed under the holder's prefix; the row exists only once the file is complete.
    """

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="+")
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=300)
    language = models.CharField(_("language"), max_length=10)
    mark = models.CharField(_("sharing mark"), max_length=20)
    series = models.CharField(max_length=120, help_text=_("Issues of one series supersede one another."))
    issue = models.PositiveIntegerField(_("issue"))
    holder = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    facts_sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    pages = models.PositiveIntegerField(_("pages"))
    path = models.CharField(max_length=200)
    issued_at = models.DateTimeField(_("issued"), db_default=Now(), editable=False)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "issue"], name="document_issue_once"),
            models.CheckConstraint(
                name="document_first_or_supersedes",
                condition=Q(issue=1, supersedes__isnull=True) | Q(issue__gt=1, supersedes__isnull=False),
            ),
            models.CheckConstraint(name="document_is_something", condition=Q(size__gt=0, pages__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference


class Job(models.Model):
    """A piece of long work, asked for by a person, done by a worker as that person.

    queued -> running -> done; running -> failed -> queued (a person asks again); running -> queued (its worker was
    lost: no heartbeat). `attempts` is the fencing token: a worker thought lost cannot finish a later attempt.
    """

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="+")
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    stage = models.CharField(max_length=20, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    queued_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.OneToOneField(Document, models.PROTECT, null=True, related_name="job")

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_state", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="job_progress", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                # Work that issues no document keeps what it made in a row of its own room.
                name="job_result_when_done",
                condition=Q(state="done", progress=100) | (~Q(state="done") & Q(result__isnull=True)),
            ),
            models.CheckConstraint(
                name="job_failed_says_why",
                condition=(Q(state="failed") & ~Q(error_code="")) | (~Q(state="failed") & Q(error_code="")),
            ),
            models.CheckConstraint(
                name="job_running_has_heartbeat",
                condition=~Q(state="running") | Q(started_at__isnull=False, heartbeat_at__isnull=False),
            ),
            models.CheckConstraint(
                name="job_finished_after_start",
                condition=Q(finished_at__isnull=True)
                | Q(started_at__isnull=True)
                | Q(finished_at__gte=F("started_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "heartbeat_at"], name="job_open", condition=Q(state__in=["queued", "running"])
            )
        ]

    def __str__(self) -> str:
        return self.key
