"""That entries stand in the public log, for somebody who has nothing but the file: proofs, the checkpoint they lead to, the keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import keys, log
from .hashing import moment
from .models import Entry


@dataclass(frozen=True, slots=True)
class Proved:
    """Inclusion of each entry under one signed checkpoint, and why some or all are missing."""

    proofs: dict[int, dict[str, Any]] = field(default_factory=dict)
    checkpoint: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    why_not: str = ""


def prove(leaves: Mapping[int, bytes], what: str) -> Proved:
    """Proofs of these entries, by their number and leaf. `what` names the thing they go into: "the package"."""
    known = {
        "log": keys.signer(log.PURPOSE).vkey,
        "packages": keys.signer("packages").vkey,
        "witnesses": [witness.vkey for witness in log.witnesses()],
    }
    last = log.checkpoint()
    if last is None:
        return Proved(keys=known, why_not=f"this platform's log had no checkpoint yet when {what} was made")
    found = {entry_id: log.proof_of(entry_id, leaf, last) for entry_id, leaf in leaves.items()}
    proofs = {entry_id: proof for entry_id, proof in found.items() if proof is not None}
    if not proofs:
        young = f"the entries were too young when {what} was made: no checkpoint covered them yet"
        return Proved(keys=known, why_not=young)
    waiting = len(found) - len(proofs)
    why_not = f"{waiting} of {len(found)} entries: no checkpoint covered them yet" if waiting else ""
    return Proved(proofs, log.whole_note(last), known, why_not)


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry of the ledger, each field as its leaf hashes it."""
    return {
        "entry_id": str(entry.pk), "verb": entry.verb, "subject_type": entry.subject_type, "subject_id": entry.subject_id,
        "root_id": "" if entry.root_id is None else str(entry.root_id), "actor_id": str(entry.actor_id),
        "organisation_id": str(entry.organisation_id), "instruments": entry.instruments, "payload": entry.payload,
        "recorded_at": moment(entry.recorded_at), "leaf": bytes(entry.leaf).hex(),
    }  # fmt: skip
