"""What others read of the ledger."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Delay:
    """How far order lags behind recording."""

    pending: int
    oldest_seconds: float


def delay() -> Delay:
    """Entries recorded but not yet in order, and the age of the oldest in seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pending, oldest FROM ledger_delay()")
        row = cursor.fetchone()
    return Delay(int(row[0]), float(row[1] or 0)) if row else Delay(0, 0.0)
