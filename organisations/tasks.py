"""Clocks of the house."""

from celery import shared_task
from django.db import connection, transaction


@shared_task(name="organisations.tasks.forget_submissions", ignore_result=True)
def forget_submissions() -> None:
    """Forgets keys of requests after two days; safe to run twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT submissions_forget()")
