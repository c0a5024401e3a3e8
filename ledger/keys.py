"""The platform's own signing keys: one a purpose, made once, in a file only the platform reads."""

import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from .notes import Signer


def folder() -> Path:
    """Where the keys are."""
    return Path(settings.KEYS_ROOT)


def seed(purpose: str) -> bytes:
    """The private key's 32 bytes: from the environment where it is given, else from its file, which is made the first time."""
    given = os.environ.get(f"NORMS_KEY_{purpose.upper()}", "")
    if given:
        return base64.b64decode(given, validate=True)
    place = folder() / f"{purpose}.key"
    if not place.exists():
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        new = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw())
        temporary = place.with_name(f".{purpose}.{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(new + b"\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(temporary, place)  # two processes at once: the first one's key stays
        except FileExistsError:
            pass
        finally:
            temporary.unlink(missing_ok=True)
    return base64.b64decode(place.read_bytes().strip(), validate=True)


def signer(purpose: str) -> Signer:
    """The key of this purpose, named by the platform's address: `norms.example/packages`."""
    host = urlsplit(settings.BASE_URL).netloc
    return Signer(f"{host}/{purpose}", Ed25519PrivateKey.from_private_bytes(seed(purpose)))
