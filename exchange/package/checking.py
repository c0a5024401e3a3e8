"""Whether a package somebody sent can be believed: the bag, what it says of its items, every chain of custody, every signature.

Nothing here writes anything. What is wrong is one `BagRefused` with a code and the thing concerned; what is merely not
known (a key nobody here has vouched for) is said in the answer.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from core.marks import Mark
from evidence.custody import Link, first_fault
from ledger.checkpoints import Checkpoint, read
from ledger.hashing import leaf_hash
from ledger.notes import BadNote, Verifier, signed_by
from ledger.verify.log import check_proof
from ledger.verify.verdict import Refused

from ..bag.reading import Bag, BagRefused
from . import layout

LABEL = re.compile(r"E-[1-9]\d{0,5}")
SHA256 = re.compile(r"[0-9a-f]{64}")
IDENTIFIER = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HOLDINGS = {layout.HELD, layout.SEALED, layout.FROZEN, layout.WITHDRAWN, layout.DISPOSED}
KNOWN = re.compile(
    r"data/(items\.json|case\.jsonld|checkpoint\.txt|keys\.json|ledger/entries\.json|custody/E-\d{1,6}\.json"
    r"|files/E-\d{1,6}/[0-9a-f]{64}(\.zip)?|proofs/\d{1,19}\.json|timestamps/([0-9a-f]{64}\.tsr|authorities\.pem))"
)
LEAF = (
    "entry_id", "verb", "subject_type", "subject_id", "root_id", "actor_id", "organisation_id", "instruments", "payload", "recorded_at",
)  # fmt: skip
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
DEEPEST = 8
MOST_ITEMS = 5000
Tick = Callable[[], None]


@dataclass
class Checked:
    """A package that holds together. `signed_by` are the trusted keys that signed it: none means an unverified instance."""

    identifier: str
    sender: str
    mark: str
    items: list[dict[str, Any]]
    custody: dict[str, str] = field(default_factory=dict)
    signed_by: list[str] = field(default_factory=list)
    first_hash: dict[str, str] = field(default_factory=dict)


def wrong(what: str) -> BagRefused:
    """The package does not say what a package says."""
    return BagRefused("package_content", what)


def parsed(text: str, path: str) -> Any:
    """JSON; raises BagRefused for anything else, and for what is nested deeper than a program can follow."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise wrong(path) from problem


def text_of(value: Mapping[str, Any], name: str, where: str, most: int = 20_000) -> str:
    """A text of an object; missing is empty."""
    found = value.get(name, "")
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > most:
        raise wrong(f"{where}: {name}")
    return found


def number_of(value: Any, where: str) -> int:
    """A whole number that is not negative."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise wrong(where)
    return value


def link_of(value: Any, where: str) -> Link:
    """A link of custody, as the pure rules read it."""
    if not isinstance(value, dict):
        raise wrong(where)
    try:
        at = datetime.strptime(text_of(value, "at", where), MOMENT).replace(tzinfo=UTC)
    except ValueError as problem:
        raise wrong(f"{where}: at") from problem
    file_id = value.get("file_id")
    return Link(
        item_id=number_of(value.get("item_id"), where), place=number_of(value.get("place"), where), act=text_of(value, "act", where, 20),
        at=at, actor_id=number_of(value.get("actor_id"), where), organisation_id=number_of(value.get("organisation_id"), where),
        file_id=None if file_id is None else number_of(file_id, where), sha256_seen=text_of(value, "sha256_seen", where, 64),
        note=text_of(value, "note", where), previous=text_of(value, "previous", where, 64), hash=text_of(value, "hash", where, 64),
    )  # fmt: skip


def check_chain(label: str, custody: Any, depth: int = 0) -> list[Link]:
    """Every link computed again, and the chain of the platform before, if there is one; raises BagRefused naming the link."""
    where = f"{label}: custody"
    if depth > DEEPEST or not isinstance(custody, dict) or not isinstance(custody.get("links"), list):
        raise wrong(where)
    links = [link_of(value, where) for value in custody["links"]]
    if not links:
        raise BagRefused("package_custody", f"{label}: no link")
    if fault := first_fault(links):
        raise BagRefused("package_custody", f"{label}: {fault}")
    if links[0].act != "received" or len({link.item_id for link in links}) != 1:
        raise BagRefused("package_custody", f"{label}: it does not begin with a receipt of this item")
    for name in ("people", "organisations"):
        told = custody.get(name) or {}
        if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
            raise wrong(f"{where}: {name}")
    if not isinstance(custody.get("files", []), list):
        raise wrong(f"{where}: files")
    earlier = custody.get("earlier")
    if earlier is not None:
        if not isinstance(earlier, dict):
            raise wrong(where)
        before = check_chain(label, parsed(text_of(earlier, "content", where, 64_000_000), where), depth + 1)
        if before[-1].hash not in links[0].note:
            raise BagRefused("package_custody", f"{label}: the receipt does not continue the chain before it")
    return links


def check_file(item: Mapping[str, Any], file: Any, bag: Bag, sums: Mapping[str, str]) -> dict[str, Any]:
    """A file as `items.json` gives it: where it must lie, and of an open one that its bytes are those."""
    label = item["label"]
    if not isinstance(file, dict) or not SHA256.fullmatch(str(file.get("sha256"))):
        raise wrong(f"{label}: files")
    size, locked = number_of(file.get("size"), f"{label}: size"), bool(file.get("locked"))
    if item["holding"] != layout.HELD:
        if file.get("path") is not None:
            raise wrong(f"{label}: files")
        return dict(file)
    path = layout.file_path(label, file["sha256"], locked=locked)
    if file.get("path") != path or size == 0:
        raise wrong(f"{label}: files")
    if path not in sums:
        raise BagRefused("package_missing_file", path)
    if not locked and (sums[path] != file["sha256"] or bag.files[path].file_size != size):
        raise BagRefused("package_changed_file", path)
    return dict(file)


def check_item(value: Any, bag: Bag, sums: Mapping[str, str]) -> dict[str, Any]:
    """The shape of an item; what its facts may say is for the rules of evidence."""
    if not isinstance(value, dict) or not LABEL.fullmatch(str(value.get("label"))):
        raise wrong(layout.ITEMS)
    label = value["label"]
    if value.get("holding") not in HOLDINGS or value.get("mark") not in Mark.values:
        raise wrong(f"{label}: holding, mark")
    for name in ("files", "lineage", "grades"):
        if not isinstance(value.get(name, []), list):
            raise wrong(f"{label}: {name}")
    for link in value.get("lineage", []):
        if (
            not isinstance(link, dict)
            or not LABEL.fullmatch(str(link.get("other")))
            or not isinstance(link.get("kind"), str)
        ):
            raise wrong(f"{label}: lineage")
    return {**value, "files": [check_file(value, file, bag, sums) for file in value.get("files", [])]}


def check_custody(item: Mapping[str, Any], bag: Bag) -> tuple[str, list[Link]]:
    """An item's chain as it came, and its links; it must be the one `items.json` speaks of, and know every file."""
    label = item["label"]
    text = bag.text(layout.custody_path(label))
    links = check_chain(label, parsed(text, layout.custody_path(label)))
    told = item.get("custody")
    if not isinstance(told, dict) or (told.get("links"), told.get("last_hash")) != (len(links), links[-1].hash):
        raise BagRefused("package_custody", f"{label}: items.json speaks of another chain")
    stored = {link.sha256_seen for link in links if link.act == "stored"}
    if unknown := [file["sha256"] for file in item["files"] if file["sha256"] not in stored]:
        raise BagRefused("package_custody", f"{label}: no link says that {unknown[0]} was stored")
    return text, links


def circle_in(items: Iterable[Mapping[str, Any]]) -> str:
    """An item that is derived from itself, or nothing."""
    parents = {
        item["label"]: {link["other"] for link in item.get("lineage", []) if link["kind"] == "derived_from"}
        for item in items
    }
    for start in parents:
        seen: set[str] = set()
        waiting = set(parents[start])
        while waiting:
            label = waiting.pop()
            if label == start:
                return str(start)
            if label not in seen:
                seen.add(label)
                waiting |= parents.get(label, set())
    return ""


def check_signature(bag: Bag, identifier: str, trusted: Iterable[Verifier]) -> list[str]:
    """Names of trusted keys that signed these manifests. A signature over something else, or a false one, is refused."""
    if layout.SIGNATURE not in bag.files:
        return []
    digest = sha256(bag.read("tagmanifest-sha256.txt")).hexdigest()
    try:
        text, signers = signed_by(bag.text(layout.SIGNATURE, 64 * 1024), trusted)
    except BadNote as problem:
        raise BagRefused("package_signature", str(problem)) from problem
    if text != layout.signed_text(identifier, digest):
        raise BagRefused("package_signature", layout.SIGNATURE)
    return [signer.name for signer in signers]


def check_ledger(bag: Bag, trusted: Iterable[Verifier]) -> None:
    """Each entry gives its leaf; a checkpoint under a trusted name was made by that key; a proof leads from its entry to the checkpoint.

    An entry without a proof is not refused: it may have been too young for a checkpoint.
    """
    leaves: dict[str, bytes] = {}
    if layout.ENTRIES in bag.files:
        entries = parsed(bag.text(layout.ENTRIES), layout.ENTRIES)
        if not isinstance(entries, list):
            raise wrong(layout.ENTRIES)
        for entry in entries:
            if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in LEAF):
                raise wrong(layout.ENTRIES)
            leaf = leaf_hash([entry[name] for name in LEAF])
            if leaf.hex() != entry.get("leaf"):
                raise BagRefused("package_entry", entry["entry_id"][:40])
            leaves[entry["entry_id"]] = leaf
    proofs = sorted(path for path in bag.files if path.startswith(layout.PROOFS))
    if layout.CHECKPOINT in bag.files:
        try:
            text, _signers = signed_by(bag.text(layout.CHECKPOINT, 64 * 1024), trusted)
            checkpoint = read(text)
        except BadNote as problem:
            raise BagRefused("package_signature", layout.CHECKPOINT) from problem
        for path in proofs:
            check_proof_at(path, bag, leaves, checkpoint)
    elif proofs:
        raise BagRefused("package_proof", proofs[0])


def check_proof_at(path: str, bag: Bag, leaves: Mapping[str, bytes], checkpoint: Checkpoint) -> None:
    """One proof, by the offline verifier's own reading of it."""
    entry_id = path.removeprefix(layout.PROOFS).removesuffix(".json")
    proof = parsed(bag.text(path), path)
    if not isinstance(proof, dict) or entry_id not in leaves or str(proof.get("entry_id")) != entry_id:
        raise BagRefused("package_proof", path)
    try:
        check_proof(proof, path, leaves[entry_id], checkpoint)
    except Refused as problem:
        raise BagRefused("package_proof", path) from problem


def check(bag: Bag, trusted: list[Verifier], tick: Tick) -> Checked:
    """The whole of it; `tick` is called while bytes are hashed."""
    bag.check(tick, unlisted=frozenset({layout.SIGNATURE}))
    sums = bag.sums("manifest-sha256.txt")
    if layout.ITEMS not in sums:
        raise BagRefused("package_not_ours", layout.ITEMS)
    if strange := sorted(path for path in sums if not KNOWN.fullmatch(path)):
        raise BagRefused("package_extra_file", strange[0])
    said = parsed(bag.text(layout.ITEMS), layout.ITEMS)
    if not isinstance(said, dict) or said.get("format") != layout.FORMAT:
        raise BagRefused("package_not_ours", layout.ITEMS)
    identifier, sender = text_of(said, "identifier", layout.ITEMS, 60), text_of(said, "issued_by", layout.ITEMS, 300)
    if not IDENTIFIER.fullmatch(identifier) or bag.info().get("External-Identifier") != identifier:
        raise wrong("identifier")
    if not sender.strip() or said.get("mark") not in Mark.values or not isinstance(said.get("items"), list):
        raise wrong(layout.ITEMS)
    if len(said["items"]) > MOST_ITEMS:
        raise BagRefused("package_too_large", layout.ITEMS)
    items = [check_item(value, bag, sums) for value in said["items"]]
    if len({item["label"] for item in items}) != len(items):
        raise wrong(f"{layout.ITEMS}: an item stands there twice")
    named = {file["path"] for item in items for file in item["files"] if file.get("path")}
    if extra := sorted(path for path in sums if path.startswith("data/files/") and path not in named):
        raise BagRefused("package_extra_file", extra[0])
    if label := circle_in(items):
        raise wrong(f"{label}: lineage")
    found = Checked(identifier, sender.strip(), said["mark"], items)
    found.signed_by = check_signature(bag, identifier, trusted)
    check_ledger(bag, trusted)
    for item in items:
        if item["holding"] != layout.SEALED:
            text, links = check_custody(item, bag)
            found.custody[item["label"]], found.first_hash[item["label"]] = text, links[0].hash
            tick()
    if twice := [
        label for label in found.first_hash if list(found.first_hash.values()).count(found.first_hash[label]) > 1
    ]:
        raise wrong(f"{twice[0]}: custody")
    return found
