"""The chain of custody, computed again exactly as the database does (migration 0002). Pure: anybody can check (ATT-3)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of an item's custody."""

    item_id: int
    place: int
    act: str
    at: datetime
    actor_id: int
    organisation_id: int
    file_id: int | None
    sha256_seen: str
    note: str
    previous: str
    hash: str


def link_hash(link: Link) -> str:
    """SHA-256 of 0x02 and each field as (length in bytes, big-endian 32 bit) ‖ UTF-8."""
    fields = (
        str(link.item_id),
        str(link.place),
        link.act,
        link.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        str(link.actor_id),
        str(link.organisation_id),
        "" if link.file_id is None else str(link.file_id),
        link.sha256_seen,
        link.note,
        link.previous,
    )
    digest = hashlib.sha256(b"\x02")
    for field in fields:
        data = field.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


def first_fault(links: Sequence[Link]) -> str:
    """What is wrong with the first broken link, or nothing. `links` in order of place."""
    previous = GENESIS
    for place, link in enumerate(links, start=1):
        if link.place != place:
            return f"link {place} is missing"
        if link.previous != previous:
            return f"link {place} does not follow the one before"
        if link_hash(link) != link.hash:
            return f"link {place} was changed"
        previous = link.hash
    return ""


def is_complete(links: Sequence[Link], files: Mapping[int, str]) -> bool:
    """Whether custody runs unbroken from receipt: received first, every file stored with its own hash, never seen different since.

    `files` gives the hash of each file. A freeze is a break until the item was restored.
    """
    if not links or links[0].act != "received" or first_fault(links):
        return False
    stored = {
        link.file_id for link in links if link.act == "stored" and link.sha256_seen == files.get(link.file_id or 0)
    }
    if not set(files) <= stored:
        return False
    last = {link.file_id: link for link in links if link.file_id is not None and link.sha256_seen}
    if any(last[file].sha256_seen != sha256 for file, sha256 in files.items()):
        return False
    turning = [link.act for link in links if link.act in {"frozen", "restored"}]
    return not turning or turning[-1] == "restored"
