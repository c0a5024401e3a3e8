"""Custody: every link computed again, and the order a tribunal asks for. Written for itself, not taken from the platform."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any

from .fields import number, rows, text, thing
from .source import parsed
from .verdict import Refused, Verdict

FIRST = "0" * 64
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
SHA256 = re.compile(r"[0-9a-f]{64}")
DEEPEST = 8  # platforms a chain came through
ANSWERS = {"accepted", "refused", "returned"}
AFTER_THE_END = {"exported", "withdrawn"}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of custody, as the JSON has it."""

    place: int
    act: str
    at: str
    actor: int
    item: int
    seen: str
    note: str
    previous: str
    hash: str
    computed: str
    withheld: bool


def link_of(value: Any, where: str) -> Link:
    """A link and what its hash should be: SHA-256 of 0x02 and each field as (length, 32 bit big-endian) and UTF-8."""
    row = thing(value, where)
    file = "" if row.get("file_id") is None else str(number(row, "file_id", where))
    numbers = {name: number(row, name, where) for name in ("item_id", "place", "actor_id", "organisation_id")}
    words = {name: text(row, name, where) for name in ("act", "at", "sha256_seen", "note", "previous", "hash")}
    if not MOMENT.fullmatch(words["at"]):
        raise Refused(f"{where}: a time cannot be read")
    covered = (
        str(numbers["item_id"]), str(numbers["place"]), words["act"], words["at"], str(numbers["actor_id"]),
        str(numbers["organisation_id"]), file, words["sha256_seen"], words["note"], words["previous"],
    )  # fmt: skip
    framed = b"".join(len(field.encode()).to_bytes(4, "big") + field.encode() for field in covered)
    return Link(
        place=numbers["place"], act=words["act"], at=words["at"], actor=numbers["actor_id"], item=numbers["item_id"],
        seen=words["sha256_seen"], note=words["note"], previous=words["previous"], hash=words["hash"],
        computed=sha256(b"\x02" + framed).hexdigest(), withheld=row.get("note_withheld") is True,
    )  # fmt: skip


def chain_fault(links: list[Link]) -> str:
    """What is wrong with the first broken link, or nothing."""
    previous = FIRST
    for place, link in enumerate(links, start=1):
        if link.place != place:
            return f"link {place} is missing"
        if link.previous != previous or not SHA256.fullmatch(link.hash):
            return f"link {place} does not follow the one before"
        if link.computed != link.hash and not link.withheld:
            return f"link {place} was changed"
        if link.item != links[0].item:
            return f"link {place} is about another item"
        previous = link.hash
    return ""


def order_fault(links: list[Link]) -> str:
    """Which act does not follow from those before it, or nothing."""
    handed: Link | None = None
    sealed = ended = False
    for link in links:
        if (link.place == 1) != (link.act == "received"):
            return "custody does not begin with one receipt"
        if ended and link.act not in AFTER_THE_END:
            return f"link {link.place} ({link.act}) comes after disposal"
        if link.act == "unsealed" and not sealed:
            return f"link {link.place}: unsealed without having been sealed"
        if link.act in {"released", "disposed"} and handed:
            return f"the release at link {handed.place} has no receipt before link {link.place}"
        if link.act in ANSWERS:
            if handed is None:
                return f"link {link.place}: a receipt without a release"
            if handed.actor == link.actor:
                return f"link {link.place}: released and received by the same person"
            handed = None
        if link.act == "released":
            handed = link
        sealed = sealed or link.act == "sealed"
        ended = ended or link.act == "disposed"
    return ""


def check_chain(label: str, custody: Mapping[str, Any], verdict: Verdict, depth: int = 0) -> list[Link]:
    """The whole chain of an item and those of the platforms before; what is wrong goes to the verdict."""
    where = f"{label}: custody"
    if depth > DEEPEST:
        raise Refused(f"{where} came through more than {DEEPEST} platforms")
    links = [link_of(value, where) for value in rows(custody.get("links"), where)]
    if not links:
        raise Refused(f"{where} has no link")
    fault = chain_fault(links) or order_fault(links)
    if fault:
        verdict.wrong.append(f"{where}: {fault}.")
    hidden = [str(link.place) for link in links if link.withheld]
    if hidden:
        verdict.open.append(
            f"{where}: the notes of links {', '.join(hidden)} are withheld, so their hashes could not be computed."
        )
    back = [str(after.place) for before, after in pairwise(links) if after.at < before.at]
    if back:
        verdict.notes.append(
            f"{where}: the clock had been set back before links {', '.join(back)}. Order is by the chain, not by time."
        )
    handed = [link for link in links if link.act in ANSWERS | {"released"}]
    if handed and handed[-1].act == "released":
        verdict.notes.append(f"{where}: the release at link {handed[-1].place} had no receipt yet when this was made.")
    if custody.get("earlier") is not None:
        before = text(thing(custody["earlier"], where), "content", where)
        told = check_chain(label, thing(parsed(before, where), where), verdict, depth + 1)
        if told[-1].hash not in links[0].note:
            verdict.wrong.append(f"{where}: the receipt does not name the end of the chain it continues.")
    return links
