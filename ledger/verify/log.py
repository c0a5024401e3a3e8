"""What the platform's ledger recorded, and that it stands in its public log: entries, commitments, paths, checkpoint, witnesses."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..checkpoints import Checkpoint, Witness, read
from ..hashing import commitment_of, leaf_hash
from ..merkle import BadProof, check_consistency, check_inclusion
from ..merkle import leaf_hash as tree_leaf
from ..notes import BadNote, Verifier, signed_by, split
from .fields import from_hex, hashes, number, rows, text, thing
from .source import Source
from .verdict import Refused, Verdict

ENTRIES, CHECKPOINT, KEYS = "data/ledger/entries.json", "data/checkpoint.txt", "data/keys.json"
LEAF = (
    "entry_id", "verb", "subject_type", "subject_id", "root_id", "actor_id", "organisation_id", "instruments", "payload", "recorded_at",
)  # fmt: skip


@dataclass
class Keys:
    """Whose signatures can be told. `vouched` and `watching` are keys the caller gave; the others stand in the package alone."""

    vouched: list[Verifier]
    watching: list[Witness]
    told: list[Verifier]
    told_watching: list[Witness]


def key_of(vkey: str, keys: Keys, *, given: bool) -> None:
    """A key of either kind goes where it belongs; raises Refused when it is none."""
    try:
        (keys.vouched if given else keys.told).append(Verifier.from_vkey(vkey))
    except BadNote as first:
        try:
            (keys.watching if given else keys.told_watching).append(Witness.from_vkey(vkey))
        except BadNote:
            raise Refused(f"{vkey} is no verifier key: {first}") from first


def keys_in(source: Source, keys: Keys) -> None:
    """The keys a package names itself."""
    if KEYS not in source:
        return
    said = thing(source.json(KEYS), KEYS)
    named = [said[name] for name in ("log", "packages") if said.get(name)]
    for vkey in [*named, *rows(said.get("witnesses", []), KEYS)]:
        if not isinstance(vkey, str):
            raise Refused(f"{KEYS}: a key is no text")
        key_of(vkey, keys, given=False)


def check_entries(source: Source, verdict: Verdict) -> dict[str, bytes]:
    """Each entry gives its leaf. The answer: the leaves of those that do."""
    if ENTRIES not in source:
        verdict.open.append("The package holds no entries of the platform's ledger.")
        return {}
    leaves: dict[str, bytes] = {}
    entries = rows(source.json(ENTRIES), ENTRIES)
    for value in entries:
        entry = thing(value, ENTRIES)
        fields = [text(entry, name, ENTRIES) for name in LEAF]
        if fields[0] in leaves:
            raise Refused(f"{ENTRIES}: entry {fields[0]} stands there twice")
        leaf = leaf_hash(fields)
        if leaf.hex() != entry.get("leaf"):
            verdict.wrong.append(f"Entry {fields[0]} of the ledger was changed: its content does not give its hash.")
            continue
        leaves[fields[0]] = leaf
    if entries and len(leaves) == len(entries):
        verdict.holds.append(f"{len(leaves)} entries of the ledger each give the hash they carry.")
    return leaves


def check_checkpoint(note: str, keys: Keys, verdict: Verdict, what: str = CHECKPOINT) -> Checkpoint | None:
    """The signed state of the log; None when it does not hold."""
    try:
        text, signers = signed_by(note, [*keys.vouched, *keys.told])
        found = read(text)
    except BadNote as problem:
        verdict.wrong.append(f"{what}: {problem}.")
        return None
    own = [signer for signer in signers if signer.name == found.origin]
    if any(signer in keys.vouched for signer in own):
        verdict.holds.append(f"{what}: the log {found.origin} signed {found.size} entries, with the key you gave.")
    elif own:
        verdict.open.append(
            f"{what}: signed with a key that only this package calls {found.origin}. Ask for the log's key another way and give"
            f" it: --key {own[0].vkey}"
        )
    else:
        verdict.open.append(
            f"{what}: signed by no key that is known here. Ask for the key of {found.origin} and give it with --key."
        )
    check_witnesses(note, text, keys, verdict, what)
    return found


def check_witnesses(note: str, text: str, keys: Keys, verdict: Verdict, what: str) -> None:
    """Who else vouches that the log only grew."""
    _text, lines = split(note)
    for witness in [*keys.watching, *(one for one in keys.told_watching if one not in keys.watching)]:
        mine = [data for name, data in lines if name == witness.name and data[:4] == witness.key_id]
        for data in mine:
            try:
                at = witness.seen_at(text, line_of(witness.name, data))
            except BadNote as problem:
                verdict.wrong.append(f"{what}: the line of witness {witness.name} does not hold: {problem}.")
                continue
            if witness in keys.watching:
                verdict.holds.append(
                    f"{what}: witness {witness.name} saw the log grow without change until {at:%Y-%m-%d %H:%M:%S} UTC."
                )
            else:
                verdict.notes.append(f"{what}: a witness that only this package calls {witness.name} signed it too.")
        if not mine and witness in keys.watching:
            verdict.open.append(f"{what}: witness {witness.name}, whose key you gave, has not signed it.")


def line_of(name: str, data: bytes) -> str:
    """A signature line, written again."""
    return f"— {name} {b64encode(data).decode()}"


def check_proof(proof: Mapping[str, Any], where: str, leaf: bytes, checkpoint: Checkpoint) -> int:
    """That this entry stands in the log; its place. Raises Refused when the proof does not show it."""
    commitment = commitment_of(from_hex(proof, "salt", where), leaf)
    if "commitment" in proof and from_hex(proof, "commitment", where) != commitment:
        raise Refused(f"{where}: the commitment is to another entry")
    if number(proof, "size", where) != checkpoint.size:
        raise Refused(f"{where} leads to another checkpoint than the one here")
    index = number(proof, "index", where)
    try:
        check_inclusion(tree_leaf(commitment), index, checkpoint.size, hashes(proof, "path", where), checkpoint.root)
    except BadProof as problem:
        raise Refused(f"{where} does not show that the entry stands in the log: {problem}") from problem
    return index


def check_proofs(source: Source, leaves: Mapping[str, bytes], keys: Keys, verdict: Verdict) -> Checkpoint | None:
    """The checkpoint and every proof under it."""
    found = {
        path: path.removeprefix("data/proofs/").removesuffix(".json")
        for path in source.files
        if path.startswith("data/proofs/")
    }
    if CHECKPOINT not in source:
        if found:
            verdict.wrong.append(f"{CHECKPOINT} is missing, so the proofs prove nothing.")
        elif leaves:
            verdict.open.append("The package holds no proof that its entries stand in the platform's public log.")
        return None
    checkpoint = check_checkpoint(source.text(CHECKPOINT), keys, verdict)
    if checkpoint is None:
        return None
    places: dict[int, str] = {}
    for path, entry_id in sorted(found.items()):
        try:
            proof = thing(source.json(path), path)
            if entry_id not in leaves or str(proof.get("entry_id")) != entry_id:
                raise Refused(f"{path} is about an entry that is not here")
            place = check_proof(proof, path, leaves[entry_id], checkpoint)
            if other := places.get(place):
                raise Refused(f"{path}: entry {other} stands at the same place")
            places[place] = entry_id
        except Refused as problem:
            verdict.wrong.append(f"{problem}.")
    if places:
        verdict.holds.append(
            f"{len(places)} entries are proven to stand in the log of {checkpoint.origin}, which has {checkpoint.size} in all."
        )
    if waiting := sorted(set(leaves) - set(found.values()), key=lambda number: (len(number), number)):
        verdict.open.append(
            f"{len(waiting)} entries come without a proof that they stand in the log, the first is {waiting[0]}."
        )
    return checkpoint


def check_earlier(earlier: str, proof: Any, checkpoint: Checkpoint, keys: Keys, verdict: Verdict) -> None:
    """That an older checkpoint somebody kept is the beginning of this one: nothing before it was changed or dropped since."""
    old = check_checkpoint(earlier, keys, verdict, "the earlier checkpoint")
    if old is None:
        return
    if old.origin != checkpoint.origin:
        raise Refused("the two checkpoints are of different logs")
    first, last = (old, checkpoint) if old.size <= checkpoint.size else (checkpoint, old)
    if first.size == last.size:
        if first.root != last.root:
            verdict.wrong.append(
                f"The log signed two different histories of {first.size} entries: it shows people different things."
            )
        else:
            verdict.holds.append("The two checkpoints are one and the same.")
        return
    if proof is None:
        verdict.open.append(
            "That one checkpoint continues the other was not checked: give the answer of /api/v1/transparency/consistency/"
            f"?from={first.size}&size={last.size} with --consistency."
        )
        return
    said = thing(proof, "the consistency proof")
    if (number(said, "from", "the consistency proof"), number(said, "size", "the consistency proof")) != (
        first.size,
        last.size,
    ):
        raise Refused("the consistency proof is about other sizes")
    try:
        check_consistency(first.size, last.size, first.root, last.root, hashes(said, "proof", "the consistency proof"))
    except BadProof as problem:
        verdict.wrong.append(
            f"The log was rewritten between {first.size} and {last.size} entries, or the proof is of another log: {problem}."
        )
        return
    verdict.holds.append(
        f"The log only grew from {first.size} to {last.size} entries: nothing in it was changed or dropped."
    )
