"""Clearing away what nobody wants any more: bytes that no row names, and uploads that ran out.

Bytes that no row names are left when a transaction was undone after the file had its name. They are
collected, safely.

Two things keep a file that is wanted. Whoever keeps bytes holds a shared lock of their organisation until their
transaction ends, and this takes the same lock alone: no row is on its way while it looks. And only files a day old are
looked at, so that a lock lost with its connection cannot matter.
"""

import time

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connection, transaction

from core import clock
from core.tenancy import acting_as
from organisations.actors import SYSTEM_EMAIL, Actor, acting, system_actor
from organisations.models import Organisation, User

from . import storage
from .models import PendingUpload
from .services import arriving

LEFT_AFTER = 24 * 3600
BATCH = 1000
log = structlog.get_logger(__name__)


def unnamed(paths: list[str]) -> list[str]:
    """Those of these paths that no stored file has. The database answers this to the platform itself alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT path FROM evidence_unnamed_paths(%s) AS path", [paths])
        return [row[0] for row in cursor.fetchall()]


def collect(system: Actor, organisation_id: int, paths: list[str]) -> int:
    """Removes what no row names among an organisation's files; how many. Nothing, when somebody is keeping bytes now."""
    with acting_as(system.principal), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('evidence_store'), %s)", [organisation_id])
            if cursor.fetchone() != (True,):
                return 0
        left = unnamed(paths)
        for path in left:
            storage.remove(path)
        return len(left)


@shared_task(name="evidence.collecting.collect_unnamed", ignore_result=True)
def collect_unnamed() -> None:
    """Once a day; safe to run twice, and two at once."""
    if not storage.store().ready():
        return
    system, gone = system_actor(), 0
    for organisation_id, paths in storage.settled_names(time.time() - LEFT_AFTER):
        for start in range(0, len(paths), BATCH):
            gone += collect(system, organisation_id, paths[start : start + BATCH])
    if gone:
        log.warning("evidence_unnamed_collected", files=gone)


def expire(system: User, organisation: Organisation) -> int:
    """Clears an organisation's uploads that ran out; how many."""
    with acting(Actor(system, organisation, ())):
        old = list(PendingUpload.objects.filter(organisation=organisation, expires_at__lte=clock.now())[:BATCH])
        for upload in old:
            arriving.forget(upload)
    return len(old)


@shared_task(name="evidence.collecting.expire_uploads", ignore_result=True)
def expire_uploads() -> None:
    """Every hour: uploads nobody went on with, and pieces whose upload is gone. Safe to run twice."""
    if not storage.store().ready():
        return
    system = User.objects.get(email=SYSTEM_EMAIL)
    gone = sum(expire(system, organisation) for organisation in Organisation.objects.order_by("pk"))
    # No upload lives longer than this: a piece that old belongs to none.
    oldest = time.time() - (settings.EVIDENCE_UPLOAD_DAYS + 1) * 24 * 3600
    for name, written in storage.store().names(f"{arriving.ARRIVING}/"):
        if written < oldest:
            storage.remove(name)
    if gone:
        log.info("evidence_uploads_expired", uploads=gone)
