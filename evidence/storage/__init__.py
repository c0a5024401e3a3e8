"""Bytes: written whole or not at all, found by their content, never overwritten (architecture, files).

A file is received under a temporary name, hashed while it is written, made durable, and only then given its final name
`<organisation>/<aa>/<sha256>`; the row comes after, so it never points at half a file. Contents are shared inside one
organisation and never between two: that a file is held already must not be known next door. Nothing is ever unpacked or
rendered, so a zip bomb is a small file like any other.

Where the bytes lie is a setting: a folder (`local.py`) or a bucket that speaks S3 (`s3.py`), behind one interface.
"""

import errno
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO, Protocol

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

from ..errors import StoreFull
from .local import Folder, place_of, root
from .names import INCOMING, temporary_name

__all__ = [
    "CHUNK", "INCOMING", "NO_ROOM", "Received", "Store", "empty_file", "forget_abandoned", "hash_of", "hash_open", "open_hashed",
    "pieces", "place_of", "receive", "remove", "root", "settled_names", "store", "temporary_name", "too_large",
]  # fmt: skip

CHUNK = 1024 * 1024
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SHELF = re.compile(r"[a-z]{3,20}|")
SETTLED = re.compile(r"\d+/[0-9a-f]{2}/[0-9a-f]{64}(\.\d{1,2})?")


class Store(Protocol):
    """Where bytes lie. Every failure is an OSError, whatever stands behind."""

    def ready(self) -> bool: ...
    def write(self, name: str, chunks: Iterable[bytes]) -> None: ...
    def media_type(self, name: str) -> str: ...
    def settle(self, temporary: str, final: str) -> bool: ...
    def open(self, name: str) -> IO[bytes]: ...
    def remove(self, name: str) -> None: ...
    def names(self, prefix: str) -> Iterator[tuple[str, float]]: ...
    def tops(self) -> list[str]: ...
    def forget_unfinished(self, older_than: float) -> int: ...


@cache
def bucket_store(bucket: str, prefix: str) -> Store:
    """One connection for the whole process; named by what may change between tests."""
    from .s3 import Bucket  # boto3 takes a second to load: only where it is used

    return Bucket()


def store() -> Store:
    """The store the settings name."""
    if settings.EVIDENCE_STORE == "s3":
        return bucket_store(settings.EVIDENCE_S3["bucket_name"], settings.EVIDENCE_S3_PREFIX)
    return Folder()


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are in the store under a temporary name, with what they are."""

    temporary: str
    sha256: str
    size: int
    media_type: str

    def keep(self, organisation_id: int, shelf: str = "") -> str:
        """Gives the bytes their final name, durable when this returns; answers with it.

        A name that is taken holds the same bytes, or damaged ones: those are left as they are and the next name is used.
        Without a shelf a `StoredFile` has to name the path before the transaction ends, or it is collected one day; bytes
        that another table names lie on a shelf of their own. Until the transaction ends nothing of this organisation is
        collected: a name found taken a moment ago is still there when its row comes.
        """
        if not SHELF.fullmatch(shelf):
            raise ValueError("a shelf is a short word")
        if connection.in_atomic_block:
            hold_collection(organisation_id)
        folder = "/".join(part for part in (str(organisation_id), shelf, self.sha256[:2]) if part)
        for attempt in range(100):
            final = f"{folder}/{self.sha256}.{attempt}" if attempt else f"{folder}/{self.sha256}"
            if store().settle(self.temporary, final) or hash_of(final) == self.sha256:
                return final
        raise OSError(errno.EIO, "every name for these bytes is damaged", self.sha256)


def hold_collection(organisation_id: int) -> None:
    """Shared by everybody who keeps bytes, until their transaction ends; the collection takes the same lock alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext('evidence_store'), %s)", [organisation_id])


@contextmanager
def receive(chunks: Iterable[bytes], *, limit: int | None = None) -> Iterator[Received]:
    """Writes an upload down, hashing as it goes; the temporary name is gone when the block ends, whatever happened.

    Raises Invalid for an empty or too large file, StoreFull when there is no room. Memory stays at a few chunks.
    """
    limit = settings.EVIDENCE_MAX_BYTES if limit is None else limit
    name, place = temporary_name(), store()
    digest, size = hashlib.sha256(), 0

    def hashed() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise Invalid({"file": [too_large(limit)]})
            digest.update(chunk)
            yield chunk

    try:
        try:
            place.write(name, hashed())
        except OSError as problem:
            if problem.errno in NO_ROOM:
                raise StoreFull from problem
            raise
        if size == 0:
            raise Invalid({"file": [empty_file()]})
        yield Received(name, digest.hexdigest(), size, place.media_type(name))
    finally:
        place.remove(name)


def empty_file() -> object:
    """The sentence for a file without a byte."""
    return _("This file is empty. Choose the file again.")


def too_large(limit: int) -> object:
    """The sentence for a file above the limit."""
    return _("This file is larger than %(limit)s. Split it, or ask for another way to hand it in.") % {
        "limit": filesizeformat(limit)
    }


def pieces(handle: IO[bytes]) -> Iterator[bytes]:
    """A file, a chunk at a time."""
    while chunk := handle.read(CHUNK):
        yield chunk


def hash_open(handle: IO[bytes]) -> str:
    """SHA-256 of an open file, which is then back at its start."""
    digest = hashlib.sha256()
    for chunk in pieces(handle):
        digest.update(chunk)
    handle.seek(0)
    return digest.hexdigest()


def hash_of(path: str) -> str | None:
    """SHA-256 of what is stored now; None when it cannot be read."""
    handle, seen = open_hashed(path)
    if handle is not None:
        handle.close()
    return seen


def open_hashed(path: str) -> tuple[IO[bytes] | None, str | None]:
    """The stored file, opened, and the hash of what this very handle will give; (None, None) when it cannot be read."""
    try:
        handle = store().open(path)
    except OSError:
        return None, None
    try:
        return handle, hash_open(handle)
    except OSError:
        handle.close()
        return None, None


def remove(path: str) -> None:
    """Takes bytes away for good. For what nothing names any more, and for a disposal that was decided."""
    store().remove(path)


def forget_abandoned(older_than: float) -> int:
    """Removes temporary names left by a killed process and last written before then (seconds); how many."""
    place = store()
    gone = place.forget_unfinished(older_than)
    for name, written in place.names(f"{INCOMING}/"):
        if written < older_than:
            place.remove(name)
            gone += 1
    return gone


def settled_names(older_than: float) -> Iterator[tuple[int, list[str]]]:
    """For each organisation: names of kept files, shelves left out, last written before then (seconds)."""
    place = store()
    for top in place.tops():
        if top.isdigit():
            found = [
                name for name, written in place.names(f"{top}/") if written < older_than and SETTLED.fullmatch(name)
            ]
            if found:
                yield int(top), found
