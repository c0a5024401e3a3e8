"""Small secrets the platform has to use again (not only to recognise): stored encrypted under keys made from SECRET_KEY.

Fernet (AES-128-CBC with HMAC-SHA-256). `purpose` keeps one room's secrets from opening another's; SECRET_KEY_FALLBACKS
opens what was stored before the key was changed.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["InvalidToken", "close", "open_"]


def _keys(purpose: str) -> MultiFernet:
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    made = [HKDF(SHA256(), 32, salt=None, info=f"norms vault {purpose}".encode()).derive(key.encode()) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


def close(text: str, purpose: str) -> str:
    """The text, encrypted."""
    return _keys(purpose).encrypt(text.encode()).decode()


def open_(token: str, purpose: str) -> str:
    """The text behind a token; InvalidToken when it was made under another key or for another purpose."""
    return _keys(purpose).decrypt(token.encode()).decode()
