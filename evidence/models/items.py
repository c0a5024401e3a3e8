"""Items of evidence, where they come from, and how they hang together."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.marks import Mark, Pap
from incidents.models import CaseRow, Precision

from ..querysets import EvidenceItemQuerySet
from ..states import Status


class Origin(CaseRow):
    """Where information comes from in the end. Many items, few origins: only origins are counted (AT-03, ATT-8)."""

    name = models.CharField(_("origin"), max_length=160)
    note = models.TextField(_("note"), blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "name"], name="origin_once_per_case")]

    def __str__(self) -> str:
        return self.name


class EvidenceItem(CaseRow):
    """One item of evidence: what it is, where it comes from, how it was collected, and how far it is trusted.

    HELD -> FROZEN -> HELD; HELD or FROZEN -> WITHDRAWN; any of them -> DISPOSED. The grades of source and information are two columns and
    never one number; F and 6 mean "cannot be judged" (R1.3).
    """

    number = models.PositiveIntegerField(_("number"), db_default=0, editable=False, help_text="Given by the database.")
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=40)
    evidence_class = models.CharField(_("evidence class"), max_length=40)
    description = models.TextField(_("description"), blank=True)
    source = models.TextField(_("source"), blank=True)
    collection_method = models.TextField(_("how it was collected"), blank=True)
    collected_at = models.DateTimeField(_("collected"), null=True, blank=True)
    collected_precision = models.CharField(max_length=8, choices=Precision, default=Precision.UNKNOWN)
    collected_by = models.CharField(_("collected by"), max_length=200, blank=True)
    clock_zone = models.CharField(_("time zone of the clock"), max_length=60, blank=True)
    clock_offset_seconds = models.IntegerField(_("clock ahead of UTC by, seconds"), null=True, blank=True)
    clock_source = models.CharField(_("what the clock was set by"), max_length=200, blank=True)
    origin = models.ForeignKey(Origin, models.PROTECT, null=True, blank=True, related_name="items")
    statement = models.ForeignKey(
        "incidents.Statement", models.PROTECT, null=True, blank=True, related_name="evidence_items"
    )
    statement_type = models.CharField(_("type of statement"), max_length=40, blank=True)
    details = models.JSONField(
        _("what else the standard asks"), default=dict, blank=True, encoder=DjangoJSONEncoder,
        help_text="By the standard's own field codes.",
    )  # fmt: skip

    mark = models.CharField(_("sharing mark"), max_length=20, choices=Mark, default=Mark.AMBER)
    pap = models.CharField(
        _("permissible actions"), max_length=12, choices=Pap, default=Pap.GREEN, db_default=Pap.GREEN
    )
    reliability = models.CharField(_("source reliability"), max_length=1, blank=True)
    credibility = models.CharField(_("information credibility"), max_length=1, blank=True)
    graded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    graded_at = models.DateTimeField(null=True, editable=False)
    graded_alone = models.BooleanField(default=False, editable=False)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given in by")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("contributed by")
    )
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    standard_version = models.CharField(_("evidence standard"), max_length=24)

    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.HELD, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = models.TextField(blank=True, editable=False)
    sealed = models.BooleanField(
        _("sealed"), default=False, editable=False, help_text="Kept by the database: whether a seal is in force."
    )

    objects: ClassVar[EvidenceItemQuerySet] = EvidenceItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="evidence_number_per_case"),
            models.CheckConstraint(name="evidence_status", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="evidence_mark", condition=Q(mark__in=Mark.values)),
            models.CheckConstraint(name="evidence_pap", condition=Q(pap__in=Pap.values)),
            models.CheckConstraint(
                name="evidence_reliability", condition=Q(reliability="") | Q(reliability__in=list("ABCDEFG"))
            ),
            models.CheckConstraint(
                name="evidence_credibility", condition=Q(credibility="") | Q(credibility__in=list("123456"))
            ),
            models.CheckConstraint(
                name="evidence_graded_whole",
                condition=Q(reliability="", credibility="", graded_by__isnull=True, graded_at__isnull=True)
                | (~Q(reliability="") & ~Q(credibility="") & Q(graded_by__isnull=False, graded_at__isnull=False)),
            ),
            # R1.1: nobody grades what they gave in, unless the team has nobody else, and then the item says so.
            models.CheckConstraint(
                name="evidence_graded_by_another",
                condition=Q(graded_by__isnull=True) | ~Q(graded_by=F("uploaded_by")) | Q(graded_alone=True),
            ),
            models.CheckConstraint(
                name="evidence_collected_known",
                condition=Q(collected_at__isnull=True, collected_precision="unknown")
                | (Q(collected_at__isnull=False) & ~Q(collected_precision="unknown")),
            ),
            models.CheckConstraint(
                name="evidence_frozen_has_date", condition=~Q(status="frozen") | Q(frozen_at__isnull=False)
            ),
            models.CheckConstraint(
                name="evidence_withdrawn_has_reason",
                condition=~Q(status="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As it is spoken of within its case: `E-17`."""
        return f"E-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether anybody may be shown its content (TLP:CLEAR); the rest is closed material (R2.12)."""
        return self.mark == Mark.CLEAR


class Lineage(CaseRow):
    """How two items hang together: `item` *kind* `other`. Links are added, never changed."""

    class Kind(models.TextChoices):
        DERIVED_FROM = "derived_from", _("is derived from")
        SAME_ORIGIN = "same_origin", _("has the same origin as")
        SAME_COLLECTOR = "same_collector", _("was collected by the same hands as")
        SAME_TELEMETRY = "same_telemetry", _("comes from the same telemetry as")
        CORROBORATED_BY = "corroborated_by", _("is corroborated by")

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="links")
    other = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="linked_from")
    kind = models.CharField(_("how"), max_length=16, choices=Kind)
    note = models.TextField(_("note"), blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "other", "kind"], name="lineage_once"),
            models.CheckConstraint(name="lineage_not_with_itself", condition=~Q(item=F("other"))),
            models.CheckConstraint(
                name="lineage_kind",
                condition=Q(
                    kind__in=["derived_from", "same_origin", "same_collector", "same_telemetry", "corroborated_by"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind} {self.other_id}"
