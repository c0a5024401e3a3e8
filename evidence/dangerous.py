"""Files that would do harm if they were opened: evidence like any other, and handed out only inside an encrypted archive.

The archive's password is known to everybody (`infected`, as analysts have agreed among themselves): it keeps programs from
opening what is inside by mistake, and scanners from deleting it. It is no secret.
"""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

import pyzipper
from django.conf import settings

from . import storage

PASSWORD = "infected"  # noqa: S105  (everybody knows it; that is its use)
EICAR_LONGEST = 128


def eicar() -> bytes:
    """The test file of the European Institute for Computer Antivirus Research, put together here so that no file of ours is one."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"


def is_eicar(head: bytes) -> bool:
    """Whether a file is the test file: its 68 signs first, then nothing but white space, 128 bytes at most (EICAR, 2003)."""
    return len(head) <= EICAR_LONGEST and head.startswith(eicar()) and not head[len(eicar()) :].strip(b" \t\r\n\x1a")


class Head:
    """Lets chunks through and keeps their beginning, to see whether they are the test file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = chunks
        self.start = b""

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if len(self.start) <= EICAR_LONGEST:
                self.start += chunk[: EICAR_LONGEST + 1 - len(self.start)]
            yield chunk


def archive_name(name: str) -> str:
    """What the archive is called."""
    return f"{name}.zip"


def archive(name: str, handle: IO[bytes]) -> IO[bytes]:
    """A zip with this one file, AES-256 under the password, open at its start; the temporary file is gone when it is closed.

    Streamed from disk to disk: memory stays at a chunk. Not compressed: an archive is not the place to find out that a
    file is a bomb. Closes `handle`.
    """
    out = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 (given to the caller, open)
    try:
        with handle, pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as packed:
            packed.setpassword(PASSWORD.encode())
            packed.setencryption(pyzipper.WZ_AES, nbits=256)
            with packed.open(name, "w", force_zip64=True) as inside:
                for chunk in storage.pieces(handle):
                    inside.write(chunk)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out
