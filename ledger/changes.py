"""What was changed, old and new, beside the entries that speak of it; and forgetting it so that they still hold.

The database keeps a row for each changed record (`ledger_keep_change`), committed to with a salt; the entry of the same
transaction carries the digest of those commitments. Content and salt can leave: what remains still gives the digest.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connections

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """One record that was changed; `fields` is None when what it was has been forgotten."""

    id: int
    at: datetime
    actor_id: int | None
    organisation_id: int | None
    table: str
    row_id: str
    fields: dict[str, list[Any]] | None
    entry_id: int | None


def commitment_of(salt: bytes, content: str) -> bytes:
    """What the entry speaks for."""
    return sha256(b"norms-platform/change/1" + salt + content.encode()).digest()


def fault_among(using: str = "owner") -> str:
    """The first change that is not what its entry says, in words; empty when all hold. Needs the owner's login."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT entry_id FROM ledger_changes_faults() LIMIT 1")
        if row := cursor.fetchone():
            return f"the changes kept beside entry {row[0]} are not those it speaks of"
        after = 0
        while True:
            cursor.execute("SELECT id, content, salt, commitment FROM ledger_changes_walk(%s, %s)", [after, BATCH])
            rows = cursor.fetchall()
            for number, content, salt, commitment in rows:
                if content is not None and commitment_of(bytes(salt), content) != bytes(commitment):
                    return f"change {number} was altered: its content does not give its commitment"
            if len(rows) < BATCH:
                return ""
            after = rows[-1][0]
