"""Keys for programs: made once, shown once, kept only as a digest."""

import hashlib
import secrets

from django.db.models import Q

from core import clock

from .models import ApiToken

PREFIX = "norms_"


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
            Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now()),
            digest=digest(key),
            revoked_at__isnull=True,
            user__is_active=True,
        )
        .first()
    )
