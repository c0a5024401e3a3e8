"""Proofs that what a package says stands in the ledger. One function, so that a package never half-claims to prove something."""

import json
from dataclasses import dataclass, field
from typing import Any

from ledger.proving import prove

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
    found = prove({int(entry["entry_id"]): bytes.fromhex(entry["leaf"]) for entry in entries}, "the package")
    if not found.proofs:
        return Proofs(why_not=found.why_not)
    files = {layout.proof_path(entry_id): as_bytes(proof) for entry_id, proof in found.proofs.items()}
    files |= {layout.CHECKPOINT: found.checkpoint.encode(), layout.KEYS: as_bytes(found.keys)}
    return Proofs(files, found.why_not)
