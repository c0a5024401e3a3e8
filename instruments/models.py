"""An instrument: one version of one norm, never changed once adopted (GOV-1)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Instrument(models.Model):
    """Norms are data. Every decision names the version it was taken under."""

    class Kind(models.TextChoices):
        EVIDENCE_STANDARD = "evidence-standard", _("Evidence standard")
        MEASURE_LADDER = "measure-ladder", _("Ladder of measures")
        SERVICE_TAXONOMY = "service-taxonomy", _("Sectors and essential services")
        HARM_TAXONOMY = "harm-taxonomy", _("Harm to people")
        DISCLOSURE_RULES = "disclosure-rules", _("Disclosure rules")
        SEVERITY_MODEL = "severity-model", _("Severity model")
        SHARING_MARKS = "sharing-marks", _("Sharing marks")
        REVIEW_TEMPLATE = "review-template", _("Review template")
        REPLY_RULES = "reply-rules", _("Rules of the right of reply")
        ACCREDITATION_RULES = "accreditation-rules", _("Rules of accreditation")
        RETENTION_RULES = "retention-rules", _("Rules of retention")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    version = models.CharField(_("version"), max_length=24)
    title = models.CharField(_("title"), max_length=200)
    source = models.TextField(_("source"))
    effective_from = models.DateField(_("in force from"))
    content = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text=_("Of the canonical JSON (RFC 8785) of the content."))
    adopted_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="instrument_version_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
