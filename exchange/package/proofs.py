"""Proofs that what a package says stands in the ledger. One function, so that a package never half-claims to prove something."""

import json
from dataclasses import dataclass, field
from typing import Any

from ledger import keys, log

from . import layout


@dataclass(frozen=True, slots=True)
class Proofs:
    """Files of proof by their path, and why some or all are missing."""

    files: dict[str, bytes] = field(default_factory=dict)
    why_not: str = ""


def as_bytes(value: Any) -> bytes:
    """A file of proof."""
    return json.dumps(value, indent=1).encode()


def proofs_of(entries: list[dict[str, Any]]) -> Proofs:
    """Inclusion of each entry under one signed checkpoint, and the keys it can be checked with."""
    last = log.checkpoint()
    if last is None:
        return Proofs(why_not="this platform's log had no checkpoint yet when the package was made")
    found = {
        int(entry["entry_id"]): log.proof_of(int(entry["entry_id"]), bytes.fromhex(entry["leaf"]), last)
        for entry in entries
    }
    files = {layout.proof_path(entry_id): as_bytes(proof) for entry_id, proof in found.items() if proof is not None}
    waiting = sum(proof is None for proof in found.values())
    if not files:
        return Proofs(why_not="the entries were too young when the package was made: no checkpoint covered them yet")
    known = {
        "log": keys.signer(log.PURPOSE).vkey,
        "packages": keys.signer("packages").vkey,
        "witnesses": [witness.vkey for witness in log.witnesses()],
    }
    files |= {layout.CHECKPOINT: log.whole_note(last).encode(), layout.KEYS: as_bytes(known)}
    return Proofs(files, f"{waiting} of {len(found)} entries: no checkpoint covered them yet" if waiting else "")
