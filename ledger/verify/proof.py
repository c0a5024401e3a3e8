"""The proof of one entry as the platform's API gives it to somebody who may read the entry."""

from collections.abc import Mapping
from typing import Any

from .fields import from_hex, text
from .log import Keys, check_checkpoint, check_proof
from .verdict import Refused, Verdict


def check_entry_proof(said: Mapping[str, Any], keys: Keys, verdict: Verdict) -> None:
    """That the entry with this hash stands in the log."""
    where = "the proof"
    checkpoint = check_checkpoint(text(said, "checkpoint", where), keys, verdict, "the proof's checkpoint")
    if checkpoint is None:
        return
    try:
        place = check_proof(said, where, from_hex(said, "leaf", where), checkpoint)
    except Refused as problem:
        verdict.wrong.append(f"{problem}.")
        return
    verdict.holds.append(
        f"The entry with this hash is number {place + 1} of {checkpoint.size} in the log of {checkpoint.origin}."
    )
    verdict.notes.append("What the entry says is not in the proof: compare its hash with the one the platform shows.")
