"""The chain of custody, computed again exactly as the database does (migration 0002). Pure: anybody can check (ATT-3)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

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


HANDED = frozenset({"released", "accepted", "refused", "returned"})


def addressed(organisation: str, desk: str, purpose: str) -> str:
    """The note of a release: to whom, then what for. The address is under the link's hash like everything else."""
    return f"→ {organisation}{f' / {desk}' if desk else ''}: {purpose}"


def order_fault(links: Sequence[Link]) -> str:
    """Which act does not follow from those before it, or nothing: the rules the database keeps, for whoever has the links alone.

    Received once and first; a release answered before the next, by another person (R1.13); unsealed only after it was
    sealed; nothing in hand after disposal.
    """
    released: Link | None = None
    sealed = ended = False
    for link in links:
        place = link.place
        if (place == 1) != (link.act == "received"):
            return f"link {place}: custody begins with one receipt"
        if ended and link.act not in {"exported", "withdrawn"}:
            return f"link {place}: nothing is in hand after disposal"
        if link.act == "unsealed" and not sealed:
            return f"link {place}: unsealed without having been sealed"
        if link.act in {"released", "disposed"} and released is not None:
            return f"link {place}: the release at link {released.place} has no receipt"
        if link.act in HANDED - {"released"}:
            if released is None:
                return f"link {place}: a receipt without a release"
            if released.actor_id == link.actor_id:
                return f"link {place}: released and received by the same person"
            released = None
        if link.act == "released":
            released = link
        sealed |= link.act == "sealed"
        ended |= link.act == "disposed"
    return ""


def waits_for_receipt(links: Sequence[Link]) -> bool:
    """Whether the last release was not answered yet."""
    handed = [link.act for link in links if link.act in HANDED]
    return bool(handed) and handed[-1] == "released"


def runs_backwards(links: Sequence[Link]) -> list[int]:
    """Places whose time is earlier than that of the link before: the clock was set back. Order is by place, never by time."""
    return [link.place for before, link in pairwise(links) if link.at < before.at]


def is_complete(links: Sequence[Link], files: Mapping[int, str]) -> bool:
    """Whether custody runs unbroken from receipt: received first, every file stored with its own hash, never seen different since,
    no release without a receipt.

    `files` gives the hash of each file. A freeze is a break until the item was restored.
    """
    if not links or first_fault(links) or order_fault(links) or waits_for_receipt(links):
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
