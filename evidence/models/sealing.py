"""What is sealed, who holds a share of its key, and who asked to open it (SHR-4).

No row here opens anything by itself: shares are boxes for one person's key. Which change is allowed to whom is kept by the
database (migration of sealing): a request is granted by the answers counted there, and by nothing else.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core import clock
from incidents.models import CaseRow

from ..states import RequestState, SealState
from .files import StoredFile
from .items import EvidenceItem


class Seal(CaseRow):
    """The seal of an item: `threshold` of its custodians must agree to open. SEALING -> SEALED -> UNSEALED.

    What others may read meanwhile stands in the item itself (`title`, and `summary` as its description); what it said
    before is in `facts`, locked under the same key as the files.
    """

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="seals")
    threshold = models.PositiveSmallIntegerField(_("how many must agree"))
    title = models.CharField(_("title for others"), max_length=200)
    summary = models.TextField(_("summary for others"))
    reason = models.TextField(_("why it is sealed"))
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    state = models.CharField(max_length=8, choices=SealState, default=SealState.SEALING)
    problem = models.CharField(max_length=20, blank=True, help_text="Why sealing did not end yet.")
    sealed_at = models.DateTimeField(null=True, editable=False)
    unsealed_at = models.DateTimeField(null=True, editable=False)
    generation = models.PositiveSmallIntegerField(default=1, help_text="Which set of shares is in force.")
    key_check = models.CharField(max_length=64, blank=True, help_text="Tells the right key from a wrong one.")
    facts = models.BinaryField(null=True)
    lacking = models.JSONField(default=list, help_text="What the item lacked under the standard when it was sealed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=["sealing", "sealed"]), name="seal_one_in_force"
            ),
            models.CheckConstraint(name="seal_state", condition=Q(state__in=SealState.values)),
            models.CheckConstraint(name="seal_needs_two", condition=Q(threshold__gte=2)),
            models.CheckConstraint(name="seal_summary_given", condition=~Q(summary="") & ~Q(title="") & ~Q(reason="")),
            models.CheckConstraint(
                name="seal_whole",
                condition=Q(state="sealing", sealed_at__isnull=True, facts__isnull=True)
                | (~Q(state="sealing") & Q(sealed_at__isnull=False, facts__isnull=False) & ~Q(key_check="")),
            ),
            models.CheckConstraint(
                name="seal_unsealed_has_date",
                condition=Q(state="unsealed", unsealed_at__isnull=False)
                | (~Q(state="unsealed") & Q(unsealed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"


class SealedFile(CaseRow):
    """The locked stream that stands for a file while it is sealed; its own hash lets it be checked without any key."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="sealings")
    path = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    plaintext_removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "file"], name="sealed_file_once"),
            models.CheckConstraint(name="sealed_file_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="sealed_file_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.sha256


class Custodian(CaseRow):
    """A named person who holds a share, for one organisation; of each organisation one. Replaced, never dropped."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="custodians")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    public = models.BinaryField(max_length=32)
    fingerprint = models.CharField(max_length=64)
    named_at = models.DateTimeField(db_default=Now(), editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seal", "organisation"], condition=Q(replaced_at__isnull=True), name="custodian_one_each"
            ),
            models.UniqueConstraint(
                fields=["seal", "user"], condition=Q(replaced_at__isnull=True), name="custodian_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.organisation_id}"


class Share(CaseRow):
    """A custodian's share, in a box for their key. They alone see the row; the database's own function places it."""

    custodian = models.OneToOneField(Custodian, models.PROTECT, primary_key=True, related_name="share")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    generation = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    box = models.BinaryField(max_length=200)

    def __str__(self) -> str:
        return str(self.custodian_id)


class SealRequest(CaseRow):
    """Somebody asks the custodians: to open for them, to end the seal, or to give another custodian a share."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Open for me")
        UNSEAL = "unseal", _("End the seal")
        RESHARE = "reshare", _("Replace a custodian")

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=7, choices=Kind)
    purpose = models.TextField(_("what for"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    public = models.BinaryField(max_length=32)
    fingerprint = models.CharField(max_length=64)
    generation = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("ends without an answer"))
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.PENDING)
    decided_at = models.DateTimeField(null=True, editable=False)
    open_until = models.DateTimeField(null=True, editable=False)
    leaving = models.ForeignKey(Custodian, models.PROTECT, null=True, related_name="+")
    arriving = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    arriving_organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(name="seal_request_state", condition=Q(state__in=RequestState.values)),
            models.CheckConstraint(name="seal_request_kind", condition=Q(kind__in=["open", "unseal", "reshare"])),
            models.CheckConstraint(name="seal_request_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(name="seal_request_ends", condition=Q(expires_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="seal_request_granted_ends", condition=~Q(state="granted") | Q(open_until__isnull=False)
            ),
            models.CheckConstraint(
                name="seal_request_reshare_whole",
                condition=Q(kind="reshare", leaving__isnull=False, arriving__isnull=False, arriving_organisation__isnull=False)
                | (~Q(kind="reshare") & Q(leaving__isnull=True, arriving__isnull=True, arriving_organisation__isnull=True)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_pending(self) -> bool:
        """Whether custodians may still answer."""
        return self.state == RequestState.PENDING and self.expires_at > clock.now()

    @property
    def is_granted(self) -> bool:
        """Whether the requester may act on it at this moment."""
        return self.state == RequestState.GRANTED and self.open_until is not None and self.open_until > clock.now()


class SealAnswer(CaseRow):
    """A custodian's yes or no, with its reason; given once."""

    request = models.ForeignKey(SealRequest, models.PROTECT, related_name="answers")
    custodian = models.ForeignKey(Custodian, models.PROTECT, related_name="answers")
    approved = models.BooleanField()
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "custodian"], name="seal_answer_once"),
            models.CheckConstraint(name="seal_answer_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.custodian_id} {self.approved}"


class ReleasedShare(CaseRow):
    """A share that a custodian released, in a box for the requester's key. The requester alone sees it; it goes when the window ends."""

    request = models.ForeignKey(SealRequest, models.PROTECT, related_name="released")
    custodian = models.ForeignKey(Custodian, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    box = models.BinaryField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "custodian"], name="released_once")]

    def __str__(self) -> str:
        return str(self.request_id)
