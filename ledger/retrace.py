"""Recomputes the transparency log from its commitments and names the first thing that does not fit. Needs the owner's login.

What the chain (`ledger.recompute`) cannot see alone: a history that was written anew as a whole, or one whose end is missing.
Both leave a checkpoint behind that the tree no longer leads to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from . import log
from .checkpoints import read
from .hashing import commitment_of
from .merkle import HASH, TILE, Growing, leaf_hash
from .notes import BadNote

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Retraced:
    """`broken` is empty when the whole log holds; leaves and checkpoints that were checked."""

    leaves: int
    checkpoints: int
    broken: str = ""


def walk(using: str) -> Iterator[tuple[int, bytes | None, bytes, bytes]]:
    """Number, the ledger's leaf, salt and commitment, in order."""
    after = 0
    while rows := log.ask(using, "SELECT number, leaf, salt, commitment FROM ledger_log_walk(%s, %s)", after, BATCH):
        yield from rows
        after = rows[-1][0]


def fault_of(signed: log.Signed, root: bytes) -> str:
    """What is wrong with a checkpoint, given the root recomputed at its size."""
    try:
        text, signers = log.note_parts(signed.note)
        said = read(text)
    except BadNote as problem:
        return f"the checkpoint of size {signed.size} is no checkpoint: {problem}"
    if (said.size, said.root) != (signed.size, signed.root):
        return f"the checkpoint of size {signed.size} was signed over another size or root"
    if not signers:
        return f"the checkpoint of size {signed.size} was not signed by this platform's key"
    if root != signed.root:
        return f"the first {signed.size} leaves are not those that were signed"
    return ""


def retrace(using: str = "owner") -> Retraced:
    """Leaf by leaf from the first; stops at the first fault."""
    waiting = list(log.checkpoints(using))  # the smallest is the last
    growing, row, checked = Growing(), bytearray(), 0
    for number, leaf, salt, commitment in walk(using):
        if number != growing.size + 1:
            return Retraced(growing.size, checked, f"leaf {growing.size + 1} is missing; the next one is {number}")
        if leaf is None:
            return Retraced(growing.size, checked, f"leaf {number} commits to a place that is not in the order")
        if commitment_of(salt, leaf) != commitment:
            return Retraced(growing.size, checked, f"leaf {number} does not commit to the entry at its place")
        hashed = leaf_hash(commitment)
        growing.add(hashed)
        row += hashed
        if len(row) == TILE * HASH:
            tile = growing.size // TILE - 1
            if log.ask(using, "SELECT ledger_log_tile(0, %s, %s)", tile, TILE)[0][0] != bytes(row):
                return Retraced(growing.size, checked, f"tile {tile} does not hold the leaves it stands for")
            row.clear()
        while waiting and waiting[-1].size == growing.size:
            if broken := fault_of(waiting.pop(), growing.root()):
                return Retraced(growing.size, checked, broken)
            checked += 1
    if waiting:
        return Retraced(
            growing.size, checked, f"a checkpoint covers {waiting[0].size} entries; only {growing.size} are there"
        )
    if growing.size and log.tree(growing.size, using).root() != growing.root():
        return Retraced(growing.size, checked, "the tiles lead to another root than the leaves")
    return Retraced(growing.size, checked)
