"""Keys for programs: made once, shown once, kept only as a digest, and never without an end."""

import hashlib
import secrets
from datetime import timedelta

from core import clock

from .models import ApiToken

PREFIX = "norms_"
# How exactly the last use is kept: a write for every request would cost more than the request.
EXACTNESS = timedelta(minutes=5)


def digest(key: str) -> str:
    """What is stored: a key has 256 bits of its own, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    """A fresh key; recognisable in a leak by its prefix."""
    return PREFIX + secrets.token_urlsafe(32)


def find(key: str) -> ApiToken | None:
    """The live token of this key, or None."""
    return (
        ApiToken.objects.select_related("user")
        .filter(
            digest=digest(key),
            expires_at__gt=clock.now(),
            revoked_at__isnull=True,
            user__is_active=True,
        )
        .first()
    )


def note_use(token: ApiToken) -> None:
    """Keeps when the key was last used."""
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - EXACTNESS:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
