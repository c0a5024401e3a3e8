"""The transparency log as the platform runs it: its tree, its checkpoints, its witnesses, and proofs out of it (PUB-4)."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from django.conf import settings
from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid, NotFound
from core.public import PUBLIC

from . import keys
from .checkpoints import Checkpoint, Witness, read
from .merkle import BadProof, Tree
from .notes import BadNote, Verifier, signed_by, split
from .timestamps import request_stamp, trusted_roots, verify_stamp

log = structlog.get_logger(__name__)
PURPOSE = "log"
APP = "default"


class LogRolledBack(RuntimeError):
    """The tree is no continuation of what was signed before: nothing is signed any more until somebody has looked."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it was published."""

    size: int
    root: bytes
    note: str
    made_at: datetime


def ask(using: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of one of the log's functions; bytes as bytes."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    return [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in found]


def size(using: str = APP) -> int:
    """How many leaves the tree has, published or not."""
    return int(ask(using, "SELECT ledger_log_size()")[0][0])


def tree(of_size: int, using: str = APP) -> Tree:
    """The tree at a size it has reached."""

    def tile(level: int, index: int, width: int) -> bytes:
        found = ask(using, "SELECT ledger_log_tile(%s, %s, %s)", level, index, width)[0][0]
        return found or b""

    return Tree(of_size, tile)


def checkpoint(upto: int = 2**62, using: str = APP) -> Signed | None:
    """The newest checkpoint of at most this size; None before the first."""
    rows = ask(using, "SELECT size, root, note, made_at FROM ledger_checkpoints(%s, 1)", upto)
    return Signed(*rows[0]) if rows else None


def checkpoints(using: str) -> Iterator[Signed]:
    """All of them, newest first."""
    upto = 2**62
    while rows := ask(using, "SELECT size, root, note, made_at FROM ledger_checkpoints(%s, 500)", upto):
        yield from (Signed(*row) for row in rows)
        upto = rows[-1][0] - 1


def whole_note(signed: Signed, using: str = APP) -> str:
    """The note with the lines of its witnesses."""
    lines = ask(using, "SELECT line FROM ledger_checkpoint_signed(%s)", signed.size)
    return signed.note + "".join(line for (line,) in lines)


def check_continues(now: int, using: str = APP) -> Signed | None:
    """The last checkpoint, after checking that the tree as it is now still contains it; raises LogRolledBack."""
    last = checkpoint(using=using)
    if last is None:
        return None
    if now < last.size:
        raise LogRolledBack(f"the checkpoint of size {last.size} is larger than the tree, which has {now} leaves")
    try:
        root = tree(now, using).root(last.size)
    except BadProof as problem:
        raise LogRolledBack(str(problem)) from problem
    if root != last.root:
        raise LogRolledBack(f"the first {last.size} leaves are not those that were signed")
    return last


def publish_checkpoint() -> Signed | None:
    """Signs the tree when it has grown; None when there is nothing new. Raises LogRolledBack instead of signing two histories."""
    now = size()
    if now == 0:
        return None
    last = check_continues(now)
    if last is not None and last.size == now:
        return None
    signer = keys.signer(PURPOSE)
    said = Checkpoint(signer.name, now, tree(now).root())
    with transaction.atomic():
        ask(APP, "SELECT ledger_checkpoint_add(%s, %s, %s)", now, said.root, signer.sign(said.text))
    return checkpoint(now)


def state() -> str:
    """ "ok", or "broken" when the tree is no continuation of the last checkpoint. For the health page."""
    try:
        check_continues(size())
    except LogRolledBack:
        return "broken"
    return "ok"


def witnesses() -> list[Witness]:
    """Those whose lines are taken."""
    return [Witness.from_vkey(vkey) for vkey in settings.LEDGER_WITNESSES]


class UnknownWitness(DomainError):
    """Only the witnesses this platform lists are printed on its checkpoints."""

    code = "unknown_witness"
    message = _("This signature is not by a witness this platform lists.")


def add_cosignature(of_size: int, line: str, using: str = PUBLIC) -> str:
    """Keeps a witness's line over a published checkpoint; the witness's name. Raises NotFound, UnknownWitness, Invalid."""
    signed = checkpoint(of_size, using)
    if signed is None or signed.size != of_size:
        raise NotFound(str(of_size))
    text, _lines = note_parts(signed.note)
    named = [witness for witness in witnesses() if line.startswith(f"— {witness.name} ")]
    if not named:
        raise UnknownWitness
    for witness in named:
        try:
            witness.seen_at(text, line)
        except BadNote as problem:
            raise Invalid({"line": [str(problem)]}) from problem
        ask(using, "SELECT ledger_cosign(%s, %s, %s)", of_size, witness.name, line.rstrip("\n") + "\n")
    return named[0].name


def note_parts(note: str) -> tuple[str, list[Verifier]]:
    """A note's text, and the platform's key if it signed it: under whatever address the platform had then. Raises BadNote."""
    text, _lines = split(note)
    origin = text.partition("\n")[0]
    return signed_by(note, [Verifier(origin, keys.signer(PURPOSE).verifier.public)])


def compare(note: str, using: str = PUBLIC) -> tuple[Checkpoint, bool]:
    """A checkpoint somebody holds: whether this log signed it and still contains it. Raises Invalid when it is no checkpoint of ours."""
    try:
        text, signers = note_parts(note.replace("\r\n", "\n").strip("\n") + "\n")
        said = read(text)
    except BadNote as problem:
        raise Invalid({"note": [_("This is not a checkpoint of this log: %(why)s.") % {"why": problem}]}) from problem
    if not signers:
        raise Invalid({"note": [_("This checkpoint was not signed by this log.")]})
    now = size(using)
    return said, 0 < said.size <= now and tree(now, using).root(said.size) == said.root


class NotLoggedYet(DomainError):
    """An entry reaches the public log within seconds of being recorded."""

    code = "not_logged_yet"
    message = _("This entry waits for the next checkpoint. Ask again in a few seconds.")


def stamp_of(signed: Signed, using: str = APP) -> datetime | None:
    """When a time-stamping authority saw this checkpoint; None when none did."""
    rows = ask(using, "SELECT stamped_at FROM ledger_checkpoint_stamp(%s)", signed.size)
    return rows[0][0] if rows else None


def stamp_newest() -> bool:
    """Has an outside authority stamp the newest checkpoint; False when it is stamped, or when none is configured.

    The authority is asked outside any transaction. Raises TimestampUnavailable when it is away: asked again by the clock.
    """
    with transaction.atomic():
        last = checkpoint()
        if last is None or stamp_of(last) is not None:
            return False
    digest = sha256(last.note.encode()).digest()
    token = request_stamp(digest)
    if token is None:
        return False
    at = verify_stamp(token, digest, trusted_roots())
    with transaction.atomic():
        return bool(ask(APP, "SELECT ledger_stamp_add(%s, %s, %s)", last.size, token, at)[0][0])


def in_base64(hashes: list[bytes]) -> list[str]:
    """Hashes as the API writes them."""
    return [base64.b64encode(each).decode() for each in hashes]


def proof_of(entry_id: int, leaf: bytes, under: Signed | None = None) -> dict[str, Any] | None:
    """That an entry stands in the public log: its commitment's salt, its place, and the path to the root of a checkpoint.

    `under` is the checkpoint to lead to, else the newest. None while the entry waits for its place or for that checkpoint.
    Asked with the entry's leaf: whoever has the entry can have this.
    """
    rows = ask(APP, "SELECT number, salt, commitment FROM ledger_opening(%s, %s)", entry_id, leaf)
    last = under or checkpoint()
    if not rows or last is None or rows[0][0] > last.size:
        return None
    number, salt, commitment = rows[0]
    return {
        "entry_id": str(entry_id),
        "salt": salt.hex(),
        "commitment": commitment.hex(),
        "index": number - 1,
        "size": last.size,
        "path": in_base64(tree(last.size).inclusion(number - 1)),
    }
