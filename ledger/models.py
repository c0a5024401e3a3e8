"""Entries (what happened) and their sequence (in which order, chained by hash). Both append-only in the database."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act, recorded in the transaction that did it.

    The database fills `recorded_at` and `leaf`, and refuses an entry whose actor or organisation is not the one
    bound to the transaction. Personal data is referenced by number, never embedded, so that it can be erased.
    """

    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    root_id = models.BigIntegerField(null=True, help_text="The case it belongs to, where there is one.")
    actor_id = models.IntegerField()
    organisation_id = models.IntegerField()
    instruments = models.TextField(help_text="Versions in force, canonical JSON (RFC 8785).")
    payload = models.TextField(help_text="What changed, canonical JSON (RFC 8785).")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    leaf = models.BinaryField(db_default=b"", editable=False)

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.pk} {self.verb}"


class Place(models.Model):
    """An entry's place in the one order: `hash = SHA-256(0x01 ‖ number ‖ leaf ‖ previous)`; the first `previous` is zeros."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.ForeignKey(Entry, models.DO_NOTHING, db_constraint=False, related_name="places")
    leaf = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_sequence"

    def __str__(self) -> str:
        return str(self.number)


class Look(models.Model):
    """Somebody looked at a case: who, for whom, through which door, at what. Append-only, partitioned by month (0004_looks).

    Read by the organisation that looked and by the one that holds the case; not chained: a look changes nothing. `as_…`: it was
    a look through a preview, as somebody of that organisation would see the case.
    """

    class Act(models.TextChoices):
        OPENED = "opened", _("opened")
        PREVIEWED = "previewed", _("previewed")
        EXPORTED = "exported", _("exported")

    class Door(models.TextChoices):
        PAGE = "page", _("page")
        API = "api", _("API")
        TASK = "task", _("worker")
        COMMAND = "command", _("command")

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor_id = models.IntegerField()
    organisation_id = models.IntegerField()
    holder_id = models.IntegerField()
    root_id = models.BigIntegerField()
    act = models.CharField(max_length=10, choices=Act)
    door = models.CharField(max_length=8, choices=Door)
    what = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    as_organisation_id = models.IntegerField(null=True)
    as_person_id = models.IntegerField(null=True)
    as_roles = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.actor_id} {self.act} {self.root_id} {self.what}"
