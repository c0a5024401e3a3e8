"""What is done to jobs: asked for once, claimed by one worker at a time, finished once."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F

from core import clock
from ledger.services import record
from organisations.actors import Actor, actor_for
from organisations.models import User

from . import kinds, storage
from .failures import NotFailed, NotMade
from .models import Document, Job
from .rendering import Rendered
from .states import State

MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Issue:
    """What a finished document is called and where it belongs."""

    kind: str
    reference: str
    title: str
    language: str
    mark: str
    series: str
    holder_id: int
    # Done in the transaction that issues the document: what else becomes true by it.
    then: Callable[[Actor, Document], None] | None = None


@transaction.atomic
def enqueue(*, actor: Actor, key: str, kind: str, incident_id: int) -> Job:
    """The job with this key: made and sent to a worker the first time, the same one ever after."""
    job, made = Job.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "incident_id": incident_id,
            "requested_by": actor.user,
            "organisation": actor.organisation,
        },
    )
    if made:
        kinds.send(kind, job.pk)
    return job


@transaction.atomic
def retry(*, actor: Actor, job: Job) -> Job:
    """A failed job goes back to the queue, asked for by whoever asks now."""
    again = Job.objects.filter(pk=job.pk, state=State.FAILED).update(
        state=State.QUEUED, progress=0, stage="", error_code="", error_detail="", attempts=0, requested_by=actor.user,
        organisation=actor.organisation, requested_at=clock.now(), queued_at=clock.now(), started_at=None, heartbeat_at=None, finished_at=None,
    )  # fmt: skip
    if not again:
        raise NotFailed
    record(actor=actor, verb="document.retried", subject=job, root_id=job.incident_id)
    kinds.send(job.kind, job.pk)
    return Job.objects.get(pk=job.pk)


def asker_of(job_id: int) -> Actor | None:
    """Whoever asked, as they are now; None when the job is gone, or the person or their membership is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, organisation_id FROM documents_asker(%s)", [job_id])
        found = cursor.fetchone()
    if found is None:
        return None
    user_id, organisation_id = found
    user = User.objects.filter(pk=user_id, is_active=True).first()
    actor = actor_for(user, organisation_id) if user else None
    # `actor_for` falls back on another membership; a job is done for the organisation that asked, or not at all.
    return actor if actor and actor.organisation.pk == organisation_id else None


def abandon(job_id: int) -> None:
    """Marks a job failed whose asker is no longer a member. The database checks that this is so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT documents_abandon(%s)", [job_id])


@transaction.atomic
def claim(job_id: int) -> Job | None:
    """The job, now ours to do; None when another worker has it or it is finished. The one edge out of `queued`."""
    now = clock.now()
    taken = Job.objects.filter(pk=job_id, state=State.QUEUED).update(
        state=State.RUNNING, started_at=now, heartbeat_at=now, progress=5, stage="gathering", attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id) if taken else None


@transaction.atomic
def beat(job: Job, progress: int, stage: str) -> None:
    """Says that the work is alive and how far it is."""
    Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts).update(
        progress=progress, stage=stage, heartbeat_at=clock.now()
    )


@transaction.atomic
def finish(*, actor: Actor, job: Job, issue: Issue, rendered: Rendered) -> Document | None:
    """Stores the document and ends the job, both or neither; None when this attempt was given up for lost meanwhile."""
    still = (
        Job.objects.select_for_update(of=("self",))
        .filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
        .first()
    )
    if still is None:
        return None
    path, digest = storage.store(issue.holder_id, rendered.pdf)
    before = Document.objects.filter(series=issue.series).order_by("-issue").first()
    document = Document.objects.create(
        incident_id=job.incident_id, key=job.key, kind=issue.kind, reference=issue.reference, title=issue.title,
        language=issue.language, mark=issue.mark, series=issue.series, issue=before.issue + 1 if before else 1,
        holder_id=issue.holder_id, sha256=digest, facts_sha256=rendered.facts_sha256, size=len(rendered.pdf),
        pages=rendered.pages, path=path, supersedes=before,
    )  # fmt: skip
    still.state, still.progress, still.stage, still.result, still.finished_at = (
        State.DONE,
        100,
        "",
        document,
        clock.now(),
    )
    still.save(update_fields=["state", "progress", "stage", "result", "finished_at"])
    record(
        actor=actor, verb="document.issued", subject=document, root_id=job.incident_id,
        payload={"reference": issue.reference, "mark": issue.mark, "sha256": digest, "content_sha256": rendered.facts_sha256},
    )  # fmt: skip
    if issue.then is not None:
        issue.then(actor, document)
    return document


@transaction.atomic
def complete(*, actor: Actor, job: Job, effect: Callable[[], None]) -> bool:
    """Ends a job that issues no document: its effect and its end, both or neither. False when this attempt was given up for lost."""
    ended = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts).update(
        state=State.DONE, progress=100, stage="", finished_at=clock.now()
    )
    if not ended:
        return False
    effect()
    return True


@transaction.atomic
def fail(*, actor: Actor, job: Job, reason: NotMade) -> None:
    """Ends the job with a reason a person can read."""
    ended = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts).update(
        state=State.FAILED, error_code=reason.code, error_detail=reason.detail, finished_at=clock.now()
    )
    if ended:
        record(actor=actor, verb="document.failed", subject=job, root_id=job.incident_id, payload={"code": reason.code})


@transaction.atomic
def open_document(*, actor: Actor, document: Document) -> bytes:
    """The bytes as issued, hashed again, with who took them in the ledger. The caller has asked for permission."""
    data = storage.read(document)
    record(
        actor=actor, verb="document.downloaded", subject=document, root_id=document.incident_id,
        payload={"reference": document.reference, "sha256": document.sha256},
    )  # fmt: skip
    return data


@transaction.atomic
def requeue_lost() -> int:
    """Sends again what lost its worker (no heartbeat) or its message; gives up after some attempts. How many were sent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, kind FROM documents_requeue_lost(%s)", [MOST_ATTEMPTS])
        lost = cursor.fetchall()
    for job_id, kind in lost:
        kinds.send(kind, job_id)
    return len(lost)
