"""Small files that must be whole or absent, and locks that die with their holder."""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone, on disk before the name points at it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:  # mkstemp made it 0600
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty when the file is missing or was cut short by a crash."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Store an object, privately and in one step."""
    write_private(path, json.dumps(content, indent=2, sort_keys=True) + "\n")


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for a lock and hold it; the kernel frees it when the holder dies, however it dies."""
    with path.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def try_lock(path: Path, *, shared: bool = False) -> IO[str] | None:
    """The lock without waiting, or None when somebody else is in the way. Closing the file gives it back."""
    handle = path.open("a+")
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
