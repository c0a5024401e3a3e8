"""Secrets at rest: what allauth or an organisation gives us to keep is encrypted before the database sees it.

The key is the platform's own (`NORMS_KEY_SIGNIN`, or a file only the platform reads), never in the database: whoever copies
the database has neither the seeds of authenticator apps nor the secrets organisations gave us. AES-256-GCM
(NIST SP 800-38D), a fresh nonce each time; `purpose` is authenticated, so that a box cannot be moved to another place.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.keys import seed

PREFIX = "norms1:"
NONCE = 12


class Unreadable(ValueError):
    """The box was not made by this platform's key, or for another purpose."""


def _cipher() -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"norms-platform/signin/1").derive(seed("signin"))
    return AESGCM(derived)


def lock(text: str, purpose: str) -> str:
    """The text in a box of this purpose."""
    nonce = os.urandom(NONCE)
    return PREFIX + base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), purpose.encode())).decode()


def is_box(text: str) -> bool:
    """Whether this is a box of ours."""
    return text.startswith(PREFIX)


def unlock(box: str, purpose: str) -> str:
    """What is in the box. Raises Unreadable."""
    try:
        raw = base64.b64decode(box.removeprefix(PREFIX), validate=True)
        return _cipher().decrypt(raw[:NONCE], raw[NONCE:], purpose.encode()).decode()
    except (ValueError, InvalidTag) as problem:
        raise Unreadable(purpose) from problem
