"""The sweep: everything held is compared with its hash again, whether anybody reads it or not (R1.12)."""

import time
from collections import Counter
from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models import F, Q

from core import clock
from ledger.services import record
from organisations.actors import SYSTEM_EMAIL, Actor, acting, actor_for
from organisations.models import Organisation, User

from . import services, storage
from .holding import held
from .models import Integrity, Redaction, Seal, SealRequest, StoredFile
from .states import RedactionState, SealState

AGAIN_AFTER = timedelta(hours=20)
ABANDONED_AFTER = 24 * 3600
BATCH = 200
SEAL_AGAIN_AFTER = timedelta(minutes=5)
TRIED_LATELY = timedelta(days=8)
log = structlog.get_logger(__name__)


def due(organisation: Organisation, seen: set[int]) -> list[StoredFile]:
    """Files of this holder's cases that were not compared lately, longest ago first."""
    late = Q(checked_at__isnull=True) | Q(checked_at__lt=clock.now() - AGAIN_AFTER)
    files = StoredFile.objects.filter(late, incident__holder=organisation).exclude(integrity=Integrity.REMOVED)
    files = files.exclude(pk__in=seen)
    return list(files.select_related("item").order_by(F("checked_at").asc(nulls_first=True), "pk")[:BATCH])


def sweep_holder(system: User, organisation: Organisation) -> Counter[str]:
    """Compares the files of one holder's cases. The platform acts for that holder: it sees what the holder sees, no more.

    Hashing happens outside any transaction: a large file must not hold one open for minutes.
    """
    actor = Actor(system, organisation, ())
    outcomes: Counter[str] = Counter()
    seen: set[int] = set()
    while True:
        with acting(actor):
            files = due(organisation, seen)
        if not files:
            break
        for file in files:
            seen.add(file.pk)
            with acting(actor):
                there = held(file)
            found = storage.hash_of(there.path)
            with acting(actor):
                outcomes[services.record_check(actor=actor, file=file, there=there, seen=found)] += 1
    if outcomes:
        with acting(actor):
            record(
                actor=actor, verb="evidence.swept", subject=organisation,
                payload={outcome: outcomes[outcome] for outcome in Integrity.values if outcomes[outcome]},
            )  # fmt: skip
    return outcomes


@shared_task(
    name="evidence.tasks.remove_content",
    ignore_result=True,
    acks_late=True,
    autoretry_for=(OSError,),
    retry_backoff=True,
    max_retries=8,
)
def remove_content(item_id: int, holder_id: int) -> None:
    """Takes away the bytes of an item that was disposed of; safe to run twice."""
    system, holder = User.objects.get(email=SYSTEM_EMAIL), Organisation.objects.get(pk=holder_id)
    with acting(Actor(system, holder, ())):
        gone = services.remove_files(item_id)
    log.info("evidence_content_removed", files=gone)


def depositor(user_id: int, organisation: Organisation) -> Actor:
    """Who asked, while they still belong to the organisation; else the platform for that organisation."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    actor = actor_for(user, organisation.pk) if user else None
    if actor and actor.organisation.pk == organisation.pk:
        return actor
    return Actor(User.objects.get(email=SYSTEM_EMAIL), organisation, ())


@shared_task(name="evidence.tasks.seal_content", ignore_result=True)
def seal_content(seal_id: int, user_id: int, organisation_id: int) -> None:
    """Locks an item away that somebody asked to have sealed. No key travels with the message: the worker makes it."""
    services.carry_out(depositor(user_id, Organisation.objects.get(pk=organisation_id)), seal_id)


@shared_task(name="evidence.tasks.make_redaction", ignore_result=True)
def make_redaction(redaction_id: int, user_id: int, organisation_id: int) -> None:
    """Makes or checks a redacted version that somebody proposed."""
    services.carry_out_redaction(depositor(user_id, Organisation.objects.get(pk=organisation_id)), redaction_id)


@shared_task(name="evidence.tasks.tidy_seals", ignore_result=True, expires=240)
def tidy_seals() -> None:
    """Ends what a killed process left: seals not closed, plaintext not taken away, requests that ran out, redactions not made. Safe to run twice."""
    if not storage.store().ready():
        return
    system = User.objects.get(email=SYSTEM_EMAIL)
    for organisation in Organisation.objects.order_by("pk"):
        actor = Actor(system, organisation, ())
        with acting(actor):
            services.expire_requests(actor)
            begun = Seal.objects.filter(organisation=organisation, state=SealState.SEALING)
            begun = begun.filter(asked_at__lt=clock.now() - SEAL_AGAIN_AFTER)
            waiting = list(begun.values_list("pk", "sealed_by_id"))
            # Plaintext can lie about after a seal was closed, or after an attempt to end it that did not come to its end.
            tried = Q(requests__kind=SealRequest.Kind.UNSEAL, requests__decided_at__gt=clock.now() - TRIED_LATELY)
            left = Seal.objects.filter(
                tried | Q(files__plaintext_removed_at__isnull=True, files__isnull=False),
                organisation=organisation, state=SealState.SEALED,
            )  # fmt: skip
            leftover = list(left.values_list("pk", flat=True).distinct())
            proposed = Redaction.objects.filter(organisation=organisation, state=RedactionState.MAKING)
            unmade = list(
                proposed.filter(proposed_at__lt=clock.now() - SEAL_AGAIN_AFTER).values_list("pk", "proposed_by_id")
            )
        for seal_id, user_id in waiting:
            services.carry_out(depositor(user_id, organisation), seal_id)
        for seal_id in leftover:
            services.clear_plaintext(actor, seal_id)
        for redaction_id, user_id in unmade:
            services.carry_out_redaction(depositor(user_id, organisation), redaction_id)


@shared_task(name="evidence.tasks.sweep_integrity", ignore_result=True)
def sweep_integrity() -> None:
    """Holder after holder; safe to run twice, and two at once only do some work twice."""
    if not storage.store().ready():
        log.error("evidence_store_missing")  # an unmounted disk, a bucket out of reach, is not a thousand damaged items
        return
    system = User.objects.get(email=SYSTEM_EMAIL)
    total: Counter[str] = Counter()
    for organisation in Organisation.objects.order_by("pk"):
        total += sweep_holder(system, organisation)
    abandoned = storage.forget_abandoned(time.time() - ABANDONED_AFTER)
    log.info("evidence_swept", abandoned=abandoned, **total)
