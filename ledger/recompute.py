"""Recomputes the whole ledger and names the first broken link. Needs the owner's login: it reads every tenant's entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections

from .changes import fault_among
from .hashing import GENESIS, leaf_hash, link_hash, moment

BATCH = 10_000
WALK = """
SELECT number, entry_id, place_leaf, previous, hash, entry_leaf, verb, subject_type, subject_id,
       root_id, actor_id, organisation_id, instruments, payload, recorded_at
  FROM ledger_walk(%s, %s)
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` is empty when every link holds; `checked` links, `pending` entries not yet in order."""

    checked: int
    pending: int
    broken: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A place joined with its entry, as `ledger_walk` gives it."""

    number: int
    entry_id: int
    place_leaf: bytes
    previous: bytes
    hash: bytes
    entry_leaf: bytes | None
    verb: str
    subject_type: str
    subject_id: str
    root_id: int | None
    actor_id: int
    organisation_id: int
    instruments: str
    payload: str
    recorded_at: datetime

    def fields(self) -> list[str]:
        """What the leaf covers, in order."""
        return [
            str(self.entry_id), self.verb, self.subject_type, self.subject_id, "" if self.root_id is None else str(self.root_id),
            str(self.actor_id), str(self.organisation_id), self.instruments, self.payload, moment(self.recorded_at),
        ]  # fmt: skip


def walk(using: str) -> Iterator[Row]:
    """Every place in order, in batches."""
    after = 0
    while True:
        with connections[using].cursor() as cursor:
            cursor.execute(WALK, [after, BATCH])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        for values in rows:
            plain: list[Any] = [bytes(value) if isinstance(value, memoryview) else value for value in values]
            yield Row(*plain)
        if len(rows) < BATCH:
            return
        after = int(rows[-1][0])


def fault(row: Row, expected: int, previous: bytes) -> str:
    """What is wrong with this link, in words; empty when it holds."""
    if row.number != expected:
        return f"place {expected} is missing; the next one is {row.number}"
    if row.entry_leaf is None:
        return f"entry {row.entry_id} at place {row.number} is gone"
    if leaf_hash(row.fields()) != row.entry_leaf:
        return f"entry {row.entry_id} at place {row.number} was changed: its content does not give its leaf"
    if row.place_leaf != row.entry_leaf:
        return f"place {row.number} holds another leaf than entry {row.entry_id}"
    if row.previous != previous:
        return f"place {row.number} does not follow place {row.number - 1}: it carries another previous hash"
    if link_hash(row.number, row.place_leaf, row.previous) != row.hash:
        return f"place {row.number} carries a wrong hash"
    return ""


def verify(using: str = "owner") -> Verdict:
    """Walks the chain from the first place; stops at the first fault. Entries in neither the order nor the queue are a fault too,
    and changes that are not what their entry says.
    """
    checked, previous = 0, GENESIS
    for row in walk(using):
        if broken := fault(row, checked + 1, previous):
            return Verdict(checked, pending(using), broken)
        checked, previous = checked + 1, row.hash
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT entry_id FROM ledger_stray() LIMIT 1")
        stray = cursor.fetchone()
    broken = f"entry {stray[0]} stands at no place, or at two" if stray else fault_among(using)
    return Verdict(checked, pending(using), broken, previous.hex())


def pending(using: str) -> int:
    """Entries waiting for their place."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pending FROM ledger_delay()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
