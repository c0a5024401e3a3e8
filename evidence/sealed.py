"""Sealed content as the rest of the code reads it: a file that comes out of its locked stream piece by piece. Pure but for
the file it is given."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from sealing import boxes, stream

from .storage import CHUNK

CHECK = b"norms/sealing/1/check"


def file_context(sha256: str) -> bytes:
    """What a locked stream is for: the file with this hash."""
    return b"file/" + sha256.encode()


def facts_context(item_id: int) -> bytes:
    """What the locked facts are for."""
    return b"facts/" + str(item_id).encode()


def share_context(seal_id: int, custodian_id: int, generation: int) -> bytes:
    """What a custodian's box is for."""
    return f"share/{seal_id}/{custodian_id}/{generation}".encode()


def released_context(request_id: int, custodian_id: int) -> bytes:
    """What a box for a requester is for."""
    return f"released/{request_id}/{custodian_id}".encode()


def check_of(key: bytes) -> str:
    """Tells the right key from a wrong one and nothing about it: the key has 256 bits of its own."""
    return boxes.derived(key, CHECK, b"check").hex()


def lock_facts(key: bytes, item_id: int, facts: Mapping[str, Any]) -> bytes:
    """What an item said, as one small locked stream."""
    return b"".join(stream.lock(key, facts_context(item_id), [json.dumps(facts).encode()]))


def unlock_facts(key: bytes, item_id: int, locked: bytes) -> dict[str, Any]:
    """What it said; raises Damaged."""
    found: dict[str, Any] = json.loads(b"".join(stream.unlock(key, facts_context(item_id), io.BytesIO(locked))))
    return found


def plain_hash(key: bytes, sha256: str, source: IO[bytes]) -> str:
    """SHA-256 of what is locked, gone through to its end; raises Damaged. The source is back at its start."""
    digest = hashlib.sha256()
    for piece in stream.unlock(key, file_context(sha256), source):
        digest.update(piece)
    source.seek(0)
    return digest.hexdigest()


class Unlocked(io.RawIOBase):
    """The content of a locked stream as an open file: read on, or from the start again; two pieces in memory."""

    def __init__(self, key: bytes, sha256: str, source: IO[bytes]) -> None:
        super().__init__()
        self.key, self.context, self.source = key, file_context(sha256), source
        self.pieces: Iterator[bytes] = iter(())
        self.held = memoryview(b"")
        self.at = 0
        self.seek(0)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """To the start only, or to where it is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Back to the start; any other place is reached by reading."""
        if whence != io.SEEK_SET or offset not in {0, self.at}:
            raise io.UnsupportedOperation("sealed content is read from its start")
        if offset == 0:
            self.source.seek(0)
            self.pieces = stream.unlock(self.key, self.context, self.source)
            self.held, self.at = memoryview(b""), 0
        return self.at

    def tell(self) -> int:
        """How far it was read."""
        return self.at

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer from the next pieces; 0 at the end."""
        while not self.held:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.held = memoryview(piece)
        taken = min(len(buffer), len(self.held))
        buffer[:taken] = self.held[:taken]
        self.held = self.held[taken:]
        self.at += taken
        return taken

    def close(self) -> None:
        """Closes the source too and lets the key go."""
        if not self.closed:
            self.source.close()
            self.key = b""
        super().close()


def unlocked(key: bytes, sha256: str, source: IO[bytes]) -> IO[bytes]:
    """The content, buffered."""
    return io.BufferedReader(Unlocked(key, sha256, source), CHUNK)
