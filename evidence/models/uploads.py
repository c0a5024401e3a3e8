"""Files on their way in, piece by piece."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models import CaseRow


class PendingUpload(CaseRow):
    """A file that is not whole yet, or whole and not yet part of an item (tus 1.0.0). One's own; gone once it is used or runs out.

    `parts` names each piece in the store with its size, in order; their sizes add up to `offset`. Whoever writes holds
    the lease: two at once would mix their bytes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)
    name_given = models.CharField(max_length=600)
    modified = models.CharField(
        max_length=40, blank=True, help_text="As the sender's disk says; tells two files of one name apart."
    )
    size = models.BigIntegerField(_("size"))
    offset = models.BigIntegerField(default=0)
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["expires_at"], name="upload_expires")]
        constraints = [
            models.CheckConstraint(
                name="upload_offset_within", condition=Q(size__gt=0, offset__gte=0, offset__lte=F("size"))
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here."""
        return self.offset == self.size
