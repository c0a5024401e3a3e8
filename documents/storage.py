"""Bytes of documents: content-addressed under the holder's prefix, never overwritten, hashed again on every read."""

import errno
import os
import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from .failures import DocumentDamaged, NotMade
from .models import Document


def place(holder_id: int, digest: str) -> str:
    """Where these bytes lie, relative to the files' root."""
    return f"{holder_id}/documents/{digest[:2]}/{digest}.pdf"


def store(holder_id: int, data: bytes) -> tuple[str, str]:
    """Writes `data` completely before anybody may point at it; path and SHA-256. Writing the same twice is one file."""
    digest = sha256(data).hexdigest()
    path = place(holder_id, digest)
    target = Path(settings.FILES_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.rename(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as problem:
        temporary.unlink(missing_ok=True)
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NotMade("disk_full") from problem
        raise
    return path, digest


def read(document: Document) -> bytes:
    """The bytes as issued; raises DocumentDamaged when what lies there is something else."""
    try:
        data = (Path(settings.FILES_ROOT) / document.path).read_bytes()
    except OSError as problem:
        raise DocumentDamaged from problem
    if sha256(data).hexdigest() != document.sha256:
        raise DocumentDamaged
    return data
