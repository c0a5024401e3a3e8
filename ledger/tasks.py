"""The sequencer: one at a time, by an advisory lock in the database."""

from celery import shared_task
from django.db import transaction

from . import services


@shared_task(name="ledger.tasks.sequence_pending", ignore_result=True, expires=10)
def sequence_pending() -> None:
    """Every two seconds; safe to run twice, and harmless to miss."""
    with transaction.atomic():
        services.sequence_pending()
