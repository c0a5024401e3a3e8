"""Releases of public figures as they were published: fixed tables of cells, and nothing behind them.

The public pages read these three tables and no others, with a login that can read nothing else. What the database
itself keeps beyond these constraints (who may prepare and publish, what never changes) is in migration 0002.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .release import MEASURES, SUPPRESSED, UNKNOWN
from .states import PENDING, Status


class Release(models.Model):
    """One edition of the public figures.

    PREPARING -> PREPARED -> PUBLISHED; PREPARING -> REFUSED; PREPARING, PREPARED -> DISCARDED. Whoever prepared it does
    not publish it.
    """

    version = models.CharField(
        _("version"), max_length=16, help_text=_("Year and quarter; a revision adds its number.")
    )
    number = models.PositiveIntegerField(_("number"), null=True, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PREPARING)
    on = models.DateField(_("counted on"))
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(help_text=_("When the work was last handed to a worker."))
    prepared_at = models.DateTimeField(null=True, editable=False)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    discarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    discarded_because = models.TextField(blank=True)

    rules_version = models.CharField(_("disclosure rules"), max_length=24)
    rules = models.JSONField(_("rules as applied"), default=dict)
    labels = models.JSONField(_("names of the categories"), default=dict)
    method = models.TextField(_("method"))
    key_points = models.TextField(_("key points"), blank=True)
    revision_notes = models.TextField(_("revision notes"), blank=True)
    revision_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="revisions")
    compared_with = ArrayField(models.CharField(max_length=16), default=list)
    refusal = models.JSONField(_("what would be exposed"), default=list)
    sha256 = models.CharField(_("SHA-256 of the figures"), max_length=64, blank=True)
    figures_count = models.PositiveIntegerField(default=0)
    hidden_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="release_status", condition=Q(status__in=Status.values)),
            models.UniqueConstraint(
                fields=["version"], name="release_version_once", condition=~Q(status__in=["refused", "discarded"])
            ),
            models.UniqueConstraint(
                fields=["organisation"], name="release_one_pending", condition=Q(status__in=list(PENDING))
            ),
            models.CheckConstraint(
                name="release_published_is_checked",
                condition=Q(
                    status="published", published_at__isnull=False, checked_by__isnull=False, number__isnull=False
                )
                | (~Q(status="published") & Q(published_at__isnull=True, checked_by__isnull=True, number__isnull=True)),
            ),
            models.CheckConstraint(
                name="release_four_eyes", condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("prepared_by"))
            ),
            models.CheckConstraint(
                name="release_has_checksum", condition=~Q(status__in=["prepared", "published"]) | ~Q(sha256="")
            ),
            models.CheckConstraint(name="release_refused_says_why", condition=~Q(status="refused") | ~Q(refusal=[])),
            models.CheckConstraint(
                name="release_discarded_says_why",
                condition=~Q(status="discarded") | (~Q(discarded_because="") & Q(discarded_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.version


class PublishedTable(models.Model):
    """A table of one measure by one or two dimensions. Its place and its categories are fixed with it."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="tables")
    organisation_id = models.IntegerField(editable=False, default=0, help_text="Set by the database from the release.")
    published_at = models.DateTimeField(null=True, editable=False)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    breakdown = models.CharField(max_length=40)
    measure = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    dimensions = ArrayField(models.CharField(max_length=24))
    rows = ArrayField(models.CharField(max_length=60))
    columns = ArrayField(models.CharField(max_length=60))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["release", "code"], name="published_table_once"),
            models.CheckConstraint(name="published_table_measure", condition=Q(measure__in=list(MEASURES))),
        ]

    def __str__(self) -> str:
        return self.code


class PublishedCell(models.Model):
    """One published figure. The empty row or column adds the others up; `low` and `high` are what it says of the truth."""

    table = models.ForeignKey(PublishedTable, models.PROTECT, related_name="cells")
    organisation_id = models.IntegerField(editable=False, default=0, help_text="Set by the database from the release.")
    published_at = models.DateTimeField(null=True, editable=False)
    position = models.PositiveIntegerField()
    row = models.CharField(max_length=60, blank=True)
    column = models.CharField(max_length=60, blank=True)
    value = models.BigIntegerField(null=True)
    mark = models.CharField(max_length=1, blank=True)
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    at_least = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["table", "row", "column"], name="published_cell_once"),
            # R5.6: hidden, unknown or a number, never two of them.
            models.CheckConstraint(
                name="published_cell_number_or_mark",
                condition=Q(mark="", value__isnull=False) | Q(mark__in=[SUPPRESSED, UNKNOWN], value__isnull=True),
            ),
            models.CheckConstraint(
                name="published_cell_hides_its_value", condition=~Q(mark=SUPPRESSED) | Q(high__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.mark or str(self.value)
