"""What `items.json` says of each item, against the files and the custody that are really there."""

import re
from collections.abc import Mapping
from typing import Any

from .custody import Link, check_chain
from .fields import number, rows, text, thing
from .source import Source
from .verdict import Refused, Verdict

ITEMS = "data/items.json"
FORMAT = "norms-platform evidence package 1"
LABEL = re.compile(r"E-[1-9]\d{0,8}")
SHA256 = re.compile(r"[0-9a-f]{64}")
HELD = "held"
WHY = {
    "sealed": "sealed: hash, grade and summary only",
    "frozen": "frozen: its stored file no longer matched",
    "withdrawn": "withdrawn: record only",
    "disposed": "disposed of: record only",
}


def items_of(source: Source) -> list[Mapping[str, Any]]:
    """The items, each once; raises Refused when this is no list of ours."""
    said = thing(source.json(ITEMS), ITEMS)
    if said.get("format") != FORMAT:
        raise Refused(f"{ITEMS} is not of the format this verifier knows ({FORMAT})")
    found = [thing(value, ITEMS) for value in rows(said.get("items"), ITEMS)]
    labels = [text(item, "label", ITEMS) for item in found]
    if not all(LABEL.fullmatch(label) for label in labels) or len(set(labels)) != len(labels):
        raise Refused(f"{ITEMS}: an item has no number or stands there twice")
    return found


def check_file(label: str, holding: str, value: Any, seen: Mapping[str, str], source: Source, verdict: Verdict) -> str:
    """A file of an item; its SHA-256."""
    file = thing(value, f"{label}: files")
    digest, size = text(file, "sha256", label), number(file, "size", label)
    if not SHA256.fullmatch(digest):
        raise Refused(f"{label}: a file has no SHA-256")
    if holding != HELD:
        if file.get("path") is not None:
            verdict.wrong.append(f"{label}: it says it comes without content, yet names a file.")
        return digest
    locked = file.get("locked") is True
    path = f"data/files/{label}/{digest}{'.zip' if locked else ''}"
    if file.get("path") != path:
        verdict.wrong.append(f"{label}: a file does not lie where a package keeps it.")
    elif path not in seen:
        verdict.wrong.append(f"{label}: {path} is missing.")
    elif locked:
        verdict.notes.append(
            f"{label}: harmful; {path} was checked as the locked archive it is, the file inside was not opened."
        )
    elif seen[path] != digest or source.size(path) != size:
        verdict.wrong.append(f"{label}: {path} is not the file {ITEMS} speaks of.")
    return digest


def check_item(item: Mapping[str, Any], seen: Mapping[str, str], source: Source, verdict: Verdict) -> list[Link]:
    """An item: its files and its chain, which must know every file as stored and never have seen another since."""
    label, holding = text(item, "label", ITEMS), text(item, "holding", ITEMS)
    if holding not in {HELD, *WHY}:
        raise Refused(f"{label}: it is not said whether its content is here")
    digests = [
        check_file(label, holding, value, seen, source, verdict)
        for value in rows(item.get("files", []), f"{label}: files")
    ]
    if holding != HELD:
        verdict.notes.append(f"{label} comes without content, {WHY[holding]}.")
    path = f"data/custody/{label}.json"
    if holding == "sealed" and path not in source:
        verdict.notes.append(f"{label}: sealed, so its custody is not here; nothing of it was checked.")
        return []
    links = check_chain(label, thing(source.json(path), path), verdict)
    told = thing(item.get("custody"), f"{label}: custody")
    if (told.get("links"), told.get("last_hash")) != (len(links), links[-1].hash):
        verdict.wrong.append(f"{label}: {ITEMS} speaks of another chain of custody: links were added or dropped.")
    if item.get("item_id") != links[0].item:
        verdict.wrong.append(f"{label}: the chain of custody is another item's.")
    stored = {link.seen for link in links if link.act == "stored"}
    for digest in digests:
        if digest not in stored:
            verdict.wrong.append(f"{label}: no link of custody says that the file {digest} was stored.")
    return links


def check_items(source: Source, seen: Mapping[str, str], verdict: Verdict) -> dict[str, str]:
    """Every item; each one's faults are its own. The answer: of which item each digest is that a time stamp may be for."""
    links = 0
    items = items_of(source)
    labels = [text(item, "label", ITEMS) for item in items]
    named = {f"data/files/{label}/" for label in labels}
    for path in seen:
        if path.startswith("data/files/") and f"{path.rpartition('/')[0]}/" not in named:
            verdict.wrong.append(f"{path} belongs to no item.")
    before = len(verdict.wrong)
    for label, item in zip(labels, items, strict=True):
        try:
            links += len(check_item(item, seen, source, verdict))
        except Refused as problem:
            verdict.wrong.append(f"{label}: {problem}.")
    files = [
        (label, file)
        for label, item in zip(labels, items, strict=True)
        for file in rows(item.get("files", []), ITEMS)
        if isinstance(file, dict)
    ]
    told = {file.get("path") for _label, file in files if isinstance(file.get("path"), str)}
    verdict.wrong += [
        f"{path} is not named by any item." for path in seen if path.startswith("data/files/") and path not in told
    ]
    if len(verdict.wrong) == before:
        verdict.holds.append(
            f"{len(items)} items: each file is the one that was received; custody is complete and in order, every one of"
            f" {links} links follows the one before."
        )
    return {str(file.get("sha256")): f"a file of {label}" for label, file in files}
