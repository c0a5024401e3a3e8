"""A verification report as JSON (`norms-platform verification report 1`): who signed it, its ledger entries and their proofs, and
that no opinion moved between its sealing and its opening."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ..hashing import leaf_hash
from ..notes import BadNote, signed_by
from .fields import rows, text, thing
from .log import LEAF, Keys, check_checkpoint, check_proof, key_of
from .verdict import Refused, Verdict

FORMAT = "norms-platform verification report 1"
COMMITTED = (
    "position", "scale", "likelihood", "confidence", "reasons", "change_mind", "dissent", "blocking_objection", "objection",
    "article", "article_reasons", "specific_control",
)  # fmt: skip


def canonical(value: Any) -> str:
    """Canonical JSON (RFC 8785) of a value without fractions, whose names are plain ASCII: such are the reports."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_signature(said: Mapping[str, Any], keys: Keys, verdict: Verdict) -> None:
    """Who signed the report: all of it but the signature itself."""
    told = {name: value for name, value in said.items() if name != "signature"}
    digest = sha256(canonical(told).encode()).hexdigest()
    try:
        signed, signers = signed_by(text(said, "signature", "the report"), [*keys.vouched, *keys.told])
    except BadNote as problem:
        verdict.wrong.append(f"The signature of the report: {problem}.")
        return
    if signed != f"{FORMAT}\n{text(said, 'report', 'the report')}\nsha256:{digest}\n":
        verdict.wrong.append("The report was changed after it was signed, or another one was signed.")
        return
    if mine := [signer for signer in signers if signer in keys.vouched]:
        verdict.holds.append(f"The whole report was signed by {mine[0].name}, whose key you gave.")
    elif signers:
        verdict.open.append(
            f"The report was signed with a key that only this report calls {signers[0].name}. Ask {signers[0].name} for its key"
            f" another way and give it: --key {signers[0].vkey}"
        )
    else:
        verdict.open.append(
            "The report is signed, but by no key you gave. Ask the platform for its key and give it with --key."
        )


def leaves_of(ledger: Mapping[str, Any], verdict: Verdict) -> tuple[dict[str, bytes], list[Mapping[str, Any]]]:
    """The entries that give the hash they carry, and their leaves."""
    leaves: dict[str, bytes] = {}
    kept: list[Mapping[str, Any]] = []
    entries = rows(ledger.get("entries"), "the entries")
    for value in entries:
        entry = thing(value, "an entry")
        fields = [text(entry, name, "an entry") for name in LEAF]
        leaf = leaf_hash(fields)
        if fields[0] in leaves or leaf.hex() != entry.get("leaf"):
            verdict.wrong.append(f"Entry {fields[0]} of the ledger was changed: its content does not give its hash.")
            continue
        leaves[fields[0]] = leaf
        kept.append(entry)
    if entries and len(kept) == len(entries):
        verdict.holds.append(f"{len(kept)} entries of the ledger about this finding each give the hash they carry.")
    return leaves, kept


def keys_of(ledger: Mapping[str, Any], keys: Keys) -> None:
    """The keys the report names itself."""
    said = thing(ledger.get("keys", {}), "the keys")
    named = [said.get("log"), said.get("packages"), *rows(said.get("witnesses", []), "the keys")]
    for vkey in named:
        if isinstance(vkey, str) and vkey:
            key_of(vkey, keys, given=False)


def check_log(ledger: Mapping[str, Any], leaves: Mapping[str, bytes], keys: Keys, verdict: Verdict) -> None:
    """That the entries stand in the public log."""
    proofs = [thing(value, "a proof") for value in rows(ledger.get("proofs"), "the proofs")]
    if not proofs:
        verdict.open.append("The report holds no proof that its entries stand in the platform's public log.")
        return
    checkpoint = check_checkpoint(
        text(ledger, "checkpoint", "the report"), keys, verdict, "the checkpoint of the report"
    )
    if checkpoint is None:
        return
    proven: dict[str, int] = {}
    for proof in proofs:
        entry_id = text(proof, "entry_id", "a proof")
        try:
            if entry_id not in leaves or entry_id in proven:
                raise Refused(
                    f"the proof of entry {entry_id} is about an entry that is not here, or stands there twice"
                )
            proven[entry_id] = check_proof(proof, f"the proof of entry {entry_id}", leaves[entry_id], checkpoint)
        except Refused as problem:
            verdict.wrong.append(f"{problem}.")
    if len(set(proven.values())) < len(proven):
        verdict.wrong.append("Two entries are said to stand at one place of the log.")
    if proven:
        verdict.holds.append(
            f"{len(proven)} entries are proven to stand in the log of {checkpoint.origin}, which has {checkpoint.size} in all."
        )
    if waiting := len(leaves) - len(proven):
        verdict.open.append(f"{waiting} entries come without a proof that they stand in the log.")


def commitment_of(opinion: Mapping[str, Any]) -> str:
    """SHA-256 of the salt and the opinion's canonical JSON."""
    said = {name: opinion.get(name) for name in COMMITTED}
    return sha256((text(opinion, "salt", "an opinion") + canonical(said)).encode()).hexdigest()


def check_opinions(said: Mapping[str, Any], entries: list[Mapping[str, Any]], verdict: Verdict) -> None:
    """Each opened opinion gives the commitment that the ledger recorded when the round was opened."""
    recorded: set[str] = set()
    for entry in entries:
        if entry["verb"] == "panel.revealed":
            payload = thing(json.loads(text(entry, "payload", "an entry")), "an entry")
            recorded |= {
                pair[1]
                for pair in rows(payload.get("opinions"), "an entry")
                if isinstance(pair, list) and len(pair) == 2
            }
    opinions = [
        thing(opinion, "an opinion")
        for panel in rows(said.get("panels"), "the panels")
        for opinion in rows(thing(panel, "a panel").get("opinions"), "the opinions")
    ]
    held = 0
    for opinion in opinions:
        found = commitment_of(opinion)
        if found != opinion.get("commitment"):
            verdict.wrong.append(f"The opinion of seat {opinion.get('seat')} is not the one that was sealed.")
        elif not entries:
            verdict.open.append(
                f"Nothing here says that the opinion of seat {opinion.get('seat')} was opened as it stands."
            )
        elif found not in recorded:
            verdict.wrong.append(f"No entry says that the opinion of seat {opinion.get('seat')} was opened.")
        else:
            held += 1
    if held:
        verdict.holds.append(f"{held} opinions are word for word those that were sealed before the round was opened.")


def check_report(said: Mapping[str, Any], keys: Keys, verdict: Verdict) -> None:
    """A report, all of it that can be checked from the file alone."""
    ledger = thing(said.get("ledger"), "the ledger of the report")
    keys_of(ledger, keys)
    check_signature(said, keys, verdict)
    leaves, entries = leaves_of(ledger, verdict)
    check_log(ledger, leaves, keys, verdict)
    check_opinions(said, entries, verdict)
    verdict.notes.append("Chains of custody are named by their last hash: compare it with an item's custody record.")
