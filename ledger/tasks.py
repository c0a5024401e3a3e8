"""The sequencer, one at a time by an advisory lock in the database, and the signing of what it put in order."""

import structlog
from celery import shared_task
from django.db import transaction

from . import log as transparency
from . import looks, services
from .timestamps import TimestampUnavailable

log = structlog.get_logger(__name__)


@shared_task(name="ledger.tasks.sequence_pending", ignore_result=True, expires=10)
def sequence_pending() -> None:
    """Every two seconds; safe to run twice, and harmless to miss."""
    with transaction.atomic():
        services.sequence_pending()


@shared_task(name="ledger.tasks.publish_checkpoint", ignore_result=True, expires=30)
def publish_checkpoint() -> None:
    """Every ten seconds when the log has grown; two at once sign one size once."""
    try:
        with transaction.atomic():
            transparency.publish_checkpoint()
    except transparency.LogRolledBack as problem:
        log.error("ledger_log_rolled_back", problem=str(problem))  # /health/ready says so until somebody has looked


@shared_task(name="ledger.tasks.stamp_checkpoint", ignore_result=True, expires=300)
def stamp_checkpoint() -> None:
    """Every few minutes: when an authority outside says when, nobody here can say it was earlier."""
    try:
        transparency.stamp_newest()
    except TimestampUnavailable as problem:
        log.warning("timestamp_authority_away", problem=str(problem))


@shared_task(name="ledger.tasks.make_months", ignore_result=True, expires=3600)
def make_months() -> None:
    """Every day: the months in which looks will be written down, made ahead. Safe to run twice, and harmless to miss for months."""
    with transaction.atomic():
        if made := looks.make_months():
            log.info("look_months_made", months=made)
