"""The sweep that finds lost work."""

from celery import shared_task

from . import services
from .rendering import sweep_leftovers


@shared_task(name="documents.tasks.requeue_lost", ignore_result=True, expires=25)
def requeue_lost() -> None:
    """Every half minute; safe to run twice."""
    services.requeue_lost()
    sweep_leftovers()
