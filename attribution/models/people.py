"""Who did it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


def person() -> models.ForeignKey[object, object]:
    """Who did it."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
