"""Bytes on disk: written whole or not at all, found by their content, never overwritten (architecture, files).

A file is received under a temporary name, hashed while it is written, synced, and only then linked to its final name
`<organisation>/<aa>/<sha256>`; the row comes after, so it never points at half a file. Contents are shared inside one
organisation and never between two: that a file is held already must not be known next door. Nothing is ever unpacked or
rendered, so a zip bomb is a small file like any other.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import magic
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

from .errors import StoreFull

CHUNK = 1024 * 1024
INCOMING = ".incoming"
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def root() -> Path:
    """Where files live."""
    return Path(settings.FILES_ROOT)


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are on disk under a temporary name, with what they are."""

    temporary: Path
    sha256: str
    size: int
    media_type: str

    def keep(self, organisation_id: int) -> str:
        """Gives the bytes their final name, durable when this returns; answers with the path below the root.

        A name that is taken holds the same bytes, or damaged ones: those are left as they are and the next name is used.
        """
        folder = root() / str(organisation_id) / self.sha256[:2]
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        for attempt in range(100):
            final = folder / (f"{self.sha256}.{attempt}" if attempt else self.sha256)
            try:
                os.link(self.temporary, final)  # fails when the name is taken: two at once cannot overwrite each other
            except FileExistsError:
                if hash_of(relative(final)) != self.sha256:
                    continue
            for place in (folder, folder.parent, root()):
                sync_folder(place)
            return relative(final)
        raise OSError(errno.EIO, "every name for these bytes is damaged", self.sha256)


def relative(path: Path) -> str:
    """As a row stores it."""
    return path.relative_to(root()).as_posix()


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def receive(chunks: Iterable[bytes], *, limit: int | None = None) -> Iterator[Received]:
    """Writes an upload down, hashing as it goes; the temporary name is gone when the block ends, whatever happened.

    Raises Invalid for an empty or too large file, StoreFull when there is no room. Memory stays at one chunk.
    """
    limit = settings.EVIDENCE_MAX_BYTES if limit is None else limit
    incoming = root() / INCOMING
    temporary: Path | None = None
    digest, size = hashlib.sha256(), 0
    try:
        try:
            incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
            handle, name = tempfile.mkstemp(dir=incoming)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as out:
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise Invalid({"file": [too_large(limit)]})
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            temporary.chmod(0o440)
        except OSError as problem:
            if problem.errno in NO_ROOM:
                raise StoreFull from problem
            raise
        if size == 0:
            raise Invalid({"file": [_("This file is empty. Choose the file again.")]})
        yield Received(temporary, digest.hexdigest(), size, magic.from_file(name, mime=True))
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def too_large(limit: int) -> object:
    """The sentence for a file above the limit."""
    return _("This file is larger than %(limit)s. Split it, or ask for another way to hand it in.") % {
        "limit": filesizeformat(limit)
    }


def pieces(handle: IO[bytes]) -> Iterator[bytes]:
    """A file, a chunk at a time."""
    while chunk := handle.read(CHUNK):
        yield chunk


def place_of(path: str) -> Path:
    """The file behind a row's path; refuses to leave the root."""
    place = (root() / path).resolve()
    if not place.is_relative_to(root().resolve()):
        raise ValueError("a stored path leaves the store")
    return place


def hash_open(handle: IO[bytes]) -> str:
    """SHA-256 of an open file, which is then back at its start."""
    digest = hashlib.sha256()
    for chunk in pieces(handle):
        digest.update(chunk)
    handle.seek(0)
    return digest.hexdigest()


def hash_of(path: str) -> str | None:
    """SHA-256 of what is stored now; None when it cannot be read."""
    try:
        with place_of(path).open("rb") as handle:
            return hash_open(handle)
    except OSError:
        return None


def open_hashed(path: str) -> tuple[IO[bytes] | None, str | None]:
    """The stored file, opened, and the hash of what this very handle will give; (None, None) when it cannot be read."""
    try:
        handle = place_of(path).open("rb")
    except OSError:
        return None, None
    try:
        return handle, hash_open(handle)
    except OSError:
        handle.close()
        return None, None


def forget_abandoned(older_than: float) -> int:
    """Removes temporary names left by a killed process; how many."""
    gone = 0
    incoming = root() / INCOMING
    for left in incoming.iterdir() if incoming.is_dir() else ():
        if left.stat().st_mtime < older_than:
            left.unlink(missing_ok=True)
            gone += 1
    return gone
