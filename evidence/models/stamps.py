"""What an authority outside the house says about when a file was there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow

from .files import StoredFile


class FileStamp(CaseRow):
    """An RFC 3161 time stamp over a file's SHA-256: the token as the authority gave it, verified before it was kept."""

    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="stamp")
    token = models.BinaryField()
    authority = models.CharField(_("authority"), max_length=300)
    stamped_at = models.DateTimeField(_("time-stamped"))
    kept_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="stamp_names_authority", condition=~Q(authority=""))]

    def __str__(self) -> str:
        return f"{self.authority} {self.stamped_at:%Y-%m-%d}"
