"""The sweep: everything held is compared with its hash again, whether anybody reads it or not (R1.12)."""

import time
from collections import Counter
from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models import F, Q

from core import clock
from ledger.services import record
from ledger.timestamps import TimestampUnavailable, authority
from organisations.actors import SYSTEM_EMAIL, Actor, acting, actor_for, system_for
from organisations.models import Organisation, User

from . import services, storage, telling
from .holding import held
from .models import Integrity, Redaction, Seal, SealRequest, StoredFile, SweepReport
from .states import RedactionState, SealState

AGAIN_AFTER = timedelta(hours=20)
STAMP_AFTER = timedelta(minutes=10)
ABANDONED_AFTER = 24 * 3600
BATCH = 200
SEAL_AGAIN_AFTER = timedelta(minutes=5)
TRIED_LATELY = timedelta(days=8)
COMPARED = frozenset({Integrity.MATCHES, Integrity.MISMATCH, Integrity.UNAVAILABLE})
MOST_FAULTS = 500  # of a report; the numbers count all of them
log = structlog.get_logger(__name__)


def due(organisation: Organisation, seen: set[int]) -> list[StoredFile]:
    """Files of this holder's cases that were not compared lately, longest ago first."""
    late = Q(checked_at__isnull=True) | Q(checked_at__lt=clock.now() - AGAIN_AFTER)
    files = StoredFile.objects.filter(late, incident__holder=organisation).exclude(integrity=Integrity.REMOVED)
    files = files.exclude(pk__in=seen)
    return list(files.select_related("item", "incident").order_by(F("checked_at").asc(nulls_first=True), "pk")[:BATCH])


def sweep_holder(system: User, organisation: Organisation) -> SweepReport | None:
    """Compares the files of one holder's cases and reports. The platform acts for that holder: it sees what the holder sees, no more.

    Hashing happens outside any transaction: a large file must not hold one open for minutes. None when nothing was due.
    """
    actor = Actor(system, organisation, ())
    begun, size = clock.now(), 0
    outcomes: Counter[str] = Counter()
    faults: list[dict[str, str]] = []
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
                outcome = services.record_check(actor=actor, file=file, there=there, seen=found)
            if outcome not in COMPARED:  # sealed or unsealed meanwhile: another time
                continue
            outcomes[outcome] += 1
            size += file.size if found is not None else 0
            if outcome != Integrity.MATCHES:
                faults.append(
                    {
                        "case": file.incident.reference,
                        "item": file.item.label,
                        "sha256": file.sha256,
                        "outcome": outcome,
                    }
                )
    if not outcomes:
        return None
    with acting(actor):
        report = SweepReport.objects.create(
            organisation=organisation, started_at=begun, finished_at=max(clock.now(), begun), files=sum(outcomes.values()),
            size=size, matches=outcomes[Integrity.MATCHES], mismatches=outcomes[Integrity.MISMATCH],
            unavailable=outcomes[Integrity.UNAVAILABLE], faults=faults[:MOST_FAULTS],
        )  # fmt: skip
        record(
            actor=actor, verb="evidence.swept", subject=organisation,
            payload={
                "report": str(report.pk), "files": report.files, "bytes": str(report.size),
                **{outcome: outcomes[outcome] for outcome in Integrity.values if outcomes[outcome]},
            },
        )  # fmt: skip
        if faults:
            telling.sweep_found(report)
    return report


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
        gone = services.remove_files(item_id, holder_id)
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
    """Locks an item away that somebody asked to have sealed. No key travels with the message: the worker makes it.

    Who asked stands in the row: a message that names somebody else is nobody's. What was asked to be locked is locked also
    when they have left since; then the platform does it for their organisation.
    """
    house = system_for(organisation_id)
    with acting(house):
        asked = Seal.objects.filter(pk=seal_id, organisation=house.organisation, sealed_by_id=user_id).exists()
    if asked:
        services.carry_out(depositor(user_id, house.organisation), seal_id)


@shared_task(name="evidence.tasks.make_redaction", ignore_result=True)
def make_redaction(redaction_id: int, user_id: int, organisation_id: int) -> None:
    """Makes or checks a redacted version that somebody proposed, who may still do so; the row says who that is."""
    house = system_for(organisation_id)
    with acting(house):
        asked = Redaction.objects.filter(
            pk=redaction_id, organisation=house.organisation, proposed_by_id=user_id
        ).exists()
    if asked:
        services.carry_out_redaction(depositor(user_id, house.organisation), redaction_id)


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
    files = size = 0
    for organisation in Organisation.objects.order_by("pk"):
        report = sweep_holder(system, organisation)
        if report is not None:
            files, size = files + report.files, size + report.size
    abandoned = storage.forget_abandoned(time.time() - ABANDONED_AFTER)
    log.info("evidence_swept", abandoned=abandoned, files=files, bytes=size)


@shared_task(
    name="evidence.tasks.stamp",
    ignore_result=True,
    acks_late=True,
    autoretry_for=(TimestampUnavailable,),
    retry_backoff=10,
    max_retries=6,
)
def stamp(file_id: int, holder_id: int) -> None:
    """A time stamp for a file that came in; an authority that is away is asked again, first here and then by the clock."""
    system, holder = User.objects.get(email=SYSTEM_EMAIL), Organisation.objects.get(pk=holder_id)
    services.stamp_file(actor=Actor(system, holder, ()), file_id=file_id)


@shared_task(name="evidence.tasks.stamp_missing", ignore_result=True)
def stamp_missing() -> None:
    """What has no time stamp yet gets one: taken in while the authority was away for long, or before one was configured."""
    if not authority():
        return
    system = User.objects.get(email=SYSTEM_EMAIL)
    for organisation in Organisation.objects.order_by("pk"):
        actor = Actor(system, organisation, ())
        with acting(actor):
            late = clock.now() - STAMP_AFTER
            files = StoredFile.objects.filter(stamp__isnull=True, incident__holder=organisation, stored_at__lt=late)
            waiting = list(
                files.exclude(integrity=Integrity.REMOVED).order_by("pk").values_list("pk", flat=True)[:BATCH]
            )
        for file_id in waiting:
            try:
                services.stamp_file(actor=actor, file_id=file_id)
            except TimestampUnavailable as problem:
                log.warning("timestamp_authority_away", problem=str(problem), waiting=len(waiting))
                return
