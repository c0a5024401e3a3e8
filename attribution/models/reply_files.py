"""Files a party gives with its reply: kept as they came, never run, and never handed out bare unless a scanner found nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .replies import Invitation, Reply


class ReplyFile(CaseRow):
    """A file attached to a reply (ATT-11). Until the reply is sent it is a draft of the party's, which may take it back.

    Whoever may see the evidence of the case sees it once it is sent. It leaves inside an encrypted archive, like malware
    among the evidence, unless a scanner has looked at it and found nothing: it comes from outside, and often from an
    adversary.
    """

    class Verdict(models.TextChoices):
        UNSCANNED = "unscanned", _("Not scanned")
        CLEAN = "clean", _("The scanner found nothing")
        FOUND = "found", _("Malware found")

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="files")
    holder = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    reply = models.ForeignKey(Reply, models.PROTECT, null=True, related_name="files")
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.BigIntegerField(_("size"))
    name = models.CharField(_("file name"), max_length=200)
    name_given = models.CharField(
        _("file name as given"), max_length=600, help_text=_("Invisible characters written out.")
    )
    media_type = models.CharField(_("format"), max_length=120, help_text=_("By content (libmagic), not by name."))
    path = models.CharField(max_length=200, editable=False)
    verdict = models.CharField(_("scan"), max_length=9, choices=Verdict, default=Verdict.UNSCANNED)
    found = models.CharField(_("what the scanner said"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "sha256"], name="reply_file_once"),
            models.CheckConstraint(name="reply_file_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(name="reply_file_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="reply_file_verdict", condition=Q(verdict__in=["unscanned", "clean", "found"])),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dangerous(self) -> bool:
        """Whether it leaves only inside an archive."""
        return self.verdict != self.Verdict.CLEAN
