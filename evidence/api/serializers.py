"""Shapes in and out. What a fact may say is checked in `evidence.facts`, not here."""

from typing import Any

from rest_framework import serializers

from core import naming
from incidents.api.serializers import MomentField

from .. import selectors
from ..models import CustodyEntry, EvidenceItem, GradeEntry, Lineage, StoredFile
from ..services.stamps import shown
from ..snapshots import facts_of


class ClockField(serializers.Serializer[dict[str, Any]]):
    """The clock that stamped the item; an unknown offset is null."""

    zone = serializers.CharField(allow_blank=True, required=False)
    offset_seconds = serializers.IntegerField(allow_null=True, required=False)
    source = serializers.CharField(allow_blank=True, required=False)  # type: ignore[assignment]


def text() -> serializers.CharField:
    """Text that may be left out."""
    return serializers.CharField(allow_blank=True, required=False)


class ItemFactsSerializer(serializers.Serializer[dict[str, Any]]):
    """What is said of an item."""

    title = serializers.CharField(allow_blank=True, required=False)
    kind = text()
    evidence_class = text()
    description = text()
    source = text()  # type: ignore[assignment]
    collection_method = text()
    collected = MomentField(required=False)
    collected_by = text()
    clock = ClockField(required=False)
    origin = text()
    statement = serializers.IntegerField(allow_null=True, required=False)
    statement_type = text()
    mark = text()
    pap = text()
    details = serializers.DictField(required=False)


class PendingSerializer(serializers.Serializer[dict[str, Any]]):
    """Whole uploads of one's own, by id."""

    uploads = serializers.ListField(child=serializers.UUIDField(), required=False, write_only=True, max_length=200)


class IntakeSerializer(ItemFactsSerializer, PendingSerializer):
    """An item with its files: as JSON with `uploads` or without any; as multipart with `facts` (JSON) and one `file` or several."""

    file = serializers.FileField(required=False, write_only=True)


class BatchSerializer(PendingSerializer):
    """The same facts for each of several files."""

    facts = ItemFactsSerializer()
    file = serializers.FileField(required=False, write_only=True)


class BatchAnswerSerializer(serializers.Serializer[dict[str, Any]]):
    """The items that were made, in the order of the files."""

    items = serializers.ListField(child=serializers.CharField())


class FileSerializer(serializers.Serializer[dict[str, Any]]):
    """A stored file."""

    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    name = serializers.CharField()
    name_given = serializers.CharField()
    media_type = serializers.CharField()
    stored_at = serializers.DateTimeField()
    dangerous = serializers.BooleanField(help_text="Leaves only inside an encrypted archive (password: infected).")
    integrity = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    stamp = serializers.DictField(allow_null=True, help_text="authority, stamped_at, verified now; null without one.")


class UploadSerializer(PendingSerializer):
    """One `file` or several, or `uploads` as JSON."""

    file = serializers.FileField(allow_empty_file=True, required=False)


class ReceivedSerializer(serializers.Serializer[dict[str, Any]]):
    """Where an item of another platform came from. Not verified: no key that is trusted here signed it."""

    sender = serializers.CharField()
    signed_by = serializers.CharField(allow_null=True)
    verified = serializers.BooleanField()
    package = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    links = serializers.IntegerField()
    last_hash = serializers.CharField()


class ItemSerializer(ItemFactsSerializer):
    """An item and its standing."""

    item = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    reliability = serializers.CharField(read_only=True, allow_null=True)
    credibility = serializers.CharField(read_only=True, allow_null=True)
    graded_alone = serializers.BooleanField(read_only=True)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    integrity = serializers.CharField(read_only=True, allow_null=True)
    organisation = serializers.CharField(read_only=True)
    received_at = serializers.DateTimeField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    sealed = serializers.BooleanField(read_only=True)
    standard_version = serializers.CharField(read_only=True)
    files = FileSerializer(many=True, read_only=True)
    received = ReceivedSerializer(read_only=True, allow_null=True)


class MissingSerializer(serializers.Serializer[dict[str, Any]]):
    """What is missing toward a tier: a sentence, the fields that mend it and the address that asks for the first of them."""

    text = serializers.CharField()
    fields_named = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(allow_blank=True)


class StandingSerializer(serializers.Serializer[dict[str, Any]]):
    """The item toward one tier."""

    tier = serializers.CharField()
    counts = serializers.BooleanField()
    missing = MissingSerializer(many=True)


class CountingSerializer(serializers.Serializer[dict[str, Any]]):
    """The fields the standard asks of this kind of item, those it lacks with the address of the question, and each tier."""

    asked = serializers.ListField(child=serializers.CharField())
    missing = serializers.DictField(child=serializers.CharField())
    tiers = StandingSerializer(many=True)


class ItemPageSerializer(serializers.Serializer[dict[str, Any]]):
    """A page by cursor."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ItemSerializer(many=True)


class GradeSerializer(serializers.Serializer[dict[str, Any]]):
    """A judgement of source and information."""

    reliability = serializers.CharField()
    reliability_reason = serializers.CharField()
    credibility = serializers.CharField()
    credibility_reason = serializers.CharField()
    graded_by = serializers.CharField(read_only=True)
    organisation = serializers.CharField(read_only=True)
    graded_at = serializers.DateTimeField(read_only=True)
    alone = serializers.BooleanField(
        read_only=True, help_text="By whoever gave the item in: nobody else in the team could."
    )
    standard_version = serializers.CharField(read_only=True)


class CustodySerializer(serializers.Serializer[dict[str, Any]]):
    """A link of custody."""

    place = serializers.IntegerField()
    act = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    actor_id = serializers.IntegerField()
    organisation = serializers.CharField()
    organisation_id = serializers.IntegerField()
    file_id = serializers.IntegerField(allow_null=True)
    sha256_seen = serializers.CharField()
    note = serializers.CharField(allow_null=True)  # null: withheld, the item is sealed
    previous = serializers.CharField()
    hash = serializers.CharField()


class ChainSerializer(serializers.Serializer[dict[str, Any]]):
    """An item's whole custody, first link first, and its first fault if there is one."""

    item_id = serializers.IntegerField()
    fault = serializers.CharField()
    set_back = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Places with an earlier time than the link before: the clock was set back.",
    )
    links = CustodySerializer(many=True)


class LineageSerializer(serializers.Serializer[dict[str, Any]]):
    """How an item hangs together with another."""

    item = serializers.CharField(read_only=True)
    kind = serializers.CharField()
    other = serializers.CharField()
    note = text()


class TranslationSerializer(serializers.Serializer[dict[str, Any]]):
    """A translation of an item; sent as multipart with the part `file`."""

    item = serializers.CharField(read_only=True)
    language = serializers.CharField(allow_blank=True, help_text="BCP 47, such as ar or pt-BR.")
    translator = serializers.CharField(allow_blank=True)
    method = serializers.CharField(help_text="human, reviewed or machine.")
    file = serializers.FileField(write_only=True, required=False, allow_empty_file=True)


class TreeSerializer(serializers.Serializer[dict[str, Any]]):
    """The drawing of an item's lineage and the table beside it; null for an item that stands alone."""

    svg = serializers.CharField(allow_null=True)
    headers = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class MarkSerializer(serializers.Serializer[dict[str, Any]]):
    mark = serializers.CharField()
    pap = serializers.CharField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True)


class ReasonSerializer(serializers.Serializer[dict[str, Any]]):
    reason = serializers.CharField(allow_blank=True)


class PurposeSerializer(serializers.Serializer[dict[str, Any]]):
    purpose = serializers.CharField(allow_blank=True, required=False)


def file_as_json(file: StoredFile) -> dict[str, Any]:
    """A stored file; where it lies on disk is nobody's business."""
    names = ("sha256", "size", "name", "name_given", "media_type", "stored_at", "dangerous", "integrity", "checked_at")
    stamp = getattr(file, "stamp", None)
    told = shown(stamp, file.sha256) if stamp is not None else None
    return {
        **{name: getattr(file, name) for name in names},
        "stamp": told and {"authority": told.authority, "stamped_at": told.stamped_at, "verified": told.verified},
    }


def item_as_json(item: EvidenceItem) -> dict[str, Any]:
    """An item with its files and what it lacks to count. A grade that was not given is null."""
    files = list(item.files.all())
    return {
        **facts_of(item),
        "item": item.label,
        "status": item.status,
        "reliability": item.reliability or None,
        "credibility": item.credibility or None,
        "graded_alone": item.graded_alone,
        "missing": [lack.code for lack in selectors.lacks_of(item)],
        "integrity": selectors.integrity_of(files),
        "organisation": item.organisation.slug,
        "received_at": item.received_at,
        "version": item.version,
        "sealed": item.sealed,
        "standard_version": item.standard_version,
        "files": [file_as_json(file) for file in files],
        "received": received_as_json(item),
    }


def received_as_json(item: EvidenceItem) -> dict[str, Any] | None:
    """Where an item of another platform came from; null for one that was given in here."""
    received = selectors.received_of(item)
    if received is None:
        return None
    return {
        "sender": received.sender,
        "signed_by": received.signed_by or None,
        "verified": bool(received.signed_by),
        "package": received.package,
        "label": received.label,
        "links": received.links,
        "last_hash": received.last_hash,
    }


def grade_as_json(entry: GradeEntry) -> dict[str, Any]:
    """A judgement."""
    names = (
        "reliability",
        "reliability_reason",
        "credibility",
        "credibility_reason",
        "graded_at",
        "standard_version",
        "alone",
    )
    return {
        **{name: getattr(entry, name) for name in names},
        "graded_by": str(entry.graded_by),
        "organisation": entry.organisation.slug,
    }


def custody_as_json(entry: CustodyEntry) -> dict[str, Any]:
    """A link, with every value its hash covers."""
    names = ("place", "act", "at", "file_id", "sha256_seen")
    return {
        **{name: getattr(entry, name) for name in names},
        "actor_id": naming.key_of(entry.actor_id),
        "organisation_id": naming.key_of(entry.organisation_id),
        "previous": naming.covering_names(entry.previous),
        "hash": naming.covering_names(entry.hash),
        "note": None if entry.withheld else entry.note,
        "actor": str(entry.actor),
        "organisation": entry.organisation.slug,
    }


def link_as_json(link: Lineage) -> dict[str, Any]:
    """A link of lineage."""
    return {"item": link.item.label, "kind": link.kind, "other": link.other.label, "note": link.note}
