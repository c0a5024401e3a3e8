"""Numbers within a case: one giver of numbers at a time, also for organisations that may not lock the case's own row."""

from django.db import connection, models
from django.db.models import Max

from .models import Incident


def lock(incident: Incident, what: str) -> None:
    """Until the end of the transaction nobody else numbers `what` in this case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what}.{incident.pk}"])


def next_number(rows: models.QuerySet[models.Model]) -> int:
    """One more than the highest; call it under `lock`, or under the lock of the case."""
    return int(rows.aggregate(highest=Max("number"))["highest"] or 0) + 1
