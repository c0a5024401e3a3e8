"""How names in the store are made."""

import secrets

INCOMING = ".incoming"


def temporary_name() -> str:
    """A name nobody else has, below `.incoming/`."""
    return f"{INCOMING}/{secrets.token_hex(16)}"
