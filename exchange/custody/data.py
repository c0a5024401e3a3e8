"""An item's custody as data: every field that is hashed, so that anybody can compute every link again (ATT-3).

The same shape stands in the custody record and in an evidence package (docs/reference/evidence-package.md).
"""

from collections.abc import Iterable
from typing import Any

from evidence.models import CustodyEntry, EvidenceItem, StoredFile
from evidence.selectors import NAMES_SOURCE, custody_fault, custody_of, told_before
from ledger.hashing import moment

FORMAT = "norms-platform custody 1"
HASHED = ("item_id", "place", "act", "at", "actor_id", "organisation_id", "file_id", "sha256_seen", "note", "previous")
HOW = (
    "hash = lower-case hexadecimal SHA-256 of the byte 0x02 followed by each of the fields item_id, place, act, at, actor_id,"
    " organisation_id, file_id (empty when null), sha256_seen, note, previous in this order, each field as its length in bytes"
    " (unsigned 32 bit, big-endian) and its UTF-8 text. The first link's previous is 64 zeros; every other link's previous is"
    " the hash of the link before it. Where note_withheld is true the note is not given while the item is sealed: that link's hash can only be"
    " computed by who may read the note, the links around it by anybody."
)


def link_data(entry: CustodyEntry) -> dict[str, Any]:
    """One link: the fields its hash covers, and the hash."""
    return {
        "item_id": entry.item_id,
        "place": entry.place,
        "act": entry.act,
        "at": moment(entry.at),
        "actor_id": entry.actor_id,
        "organisation_id": entry.organisation_id,
        "file_id": entry.file_id,
        "sha256_seen": entry.sha256_seen,
        "note": "" if entry.withheld else entry.note,
        "note_withheld": entry.withheld,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def file_data(file: StoredFile) -> dict[str, Any]:
    """What a link's `file_id` stands for."""
    return {
        "file_id": file.pk,
        "sha256": file.sha256,
        "size": file.size,
        "name": file.name,
        "media_type": file.media_type,
    }


def withhold(item: EvidenceItem, links: list[CustodyEntry]) -> None:
    """While an item is sealed, notes from before that name its source are told to nobody: everybody may read a record."""
    if item.sealed:
        closed = max((link.place for link in links if link.act == CustodyEntry.Act.SEALED), default=len(links))
        for link in links:
            link.withheld = bool(link.note) and link.place < closed and link.act in NAMES_SOURCE


def custody_data(item: EvidenceItem, entries: Iterable[CustodyEntry] | None = None) -> dict[str, Any]:
    """The chain with the names its numbers stand for. Names are not hashed: numbers are, so that a name can be erased."""
    links = custody_of(item) if entries is None else list(entries)
    fault = custody_fault(links)
    withhold(item, links)
    return {
        "format": FORMAT,
        "how_to_check": HOW,
        "item": item.label,
        "item_id": item.pk,
        "files": [file_data(file) for file in item.files.all()],
        "links": [link_data(entry) for entry in links],
        "people": {str(entry.actor_id): str(entry.actor) for entry in links},
        "organisations": {str(entry.organisation_id): str(entry.organisation) for entry in links},
        "fault": fault,
        "earlier": earlier_data(item),
    }


def earlier_data(item: EvidenceItem) -> dict[str, Any] | None:
    """The chain of the platform the item came from: as text, byte for byte as it came, so that it can be computed again."""
    received = told_before(item)
    if received is None:
        return None
    return {
        "sender": received.sender,
        "signed_by": received.signed_by,
        "package": received.package,
        "label": received.label,
        "content": received.content,
    }
