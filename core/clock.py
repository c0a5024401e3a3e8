"""One clock for everybody, so that tests can move it."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, in UTC."""
    return timezone.now()


def today() -> date:
    """The present date, in UTC."""
    return now().date()
