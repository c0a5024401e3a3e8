"""Work on evidence that a worker does: asked for once, claimed by one worker at a time, finished once, failed with a reason."""

from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import F

from core import clock
from core.errors import NotFound
from ledger.services import record
from organisations.actors import Actor, actor_for
from organisations.models import User
from organisations.roles import Action

from ..access import own_item_for
from ..errors import WorkNotFailed
from ..models import EvidenceItem, IntakeJob, StoredFile

State = IntakeJob.State
MOST_ATTEMPTS = 3


class WorkFailed(Exception):
    """The work cannot be done; `code` says why and has a sentence in `words.WORK_FAILED`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def send(job_id: int) -> None:
    """Hands a job to a worker once the transaction is through."""
    task: Any = current_app.tasks["evidence.work.do"]
    task.delay_on_commit(job_id)


def ask(*, actor: Actor, item: EvidenceItem, kind: str, file: StoredFile | None = None) -> IntakeJob:
    """The open job of this kind on this file, made if there is none. Inside the transaction of what asks for it."""
    job, made = IntakeJob.objects.get_or_create(
        incident_id=item.incident_id, item=item, file=file, kind=kind, state__in=[State.QUEUED, State.RUNNING],
        defaults={"requested_by": actor.user, "organisation": actor.organisation, "state": State.QUEUED},
    )  # fmt: skip
    if made:
        send(job.pk)
    return job


@transaction.atomic
def repeat(*, actor: Actor, reference: str, label: str, job_id: int) -> IntakeJob:
    """A failed job goes back to the queue, asked for by whoever asks now."""
    _case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    job = IntakeJob.objects.filter(item=item, pk=job_id).first()
    if job is None:
        raise NotFound(str(job_id))
    if job.state != State.FAILED:
        raise WorkNotFailed
    again = ask(actor=actor, item=item, kind=job.kind, file=job.file)
    record(
        actor=actor, verb="evidence.work_repeated", subject=again, root_id=item.incident_id,
        payload={"item": item.label, "kind": job.kind},
    )  # fmt: skip
    return again


def asker_of(job_id: int) -> Actor | None:
    """Whoever asked, as they are now; None when the job is gone, or the person or their membership is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, organisation_id FROM evidence_job_asker(%s)", [job_id])
        found = cursor.fetchone()
    if found is None:
        return None
    user = User.objects.filter(pk=found[0], is_active=True).first()
    actor = actor_for(user, found[1]) if user else None
    return actor if actor and actor.organisation.pk == found[1] else None


@transaction.atomic
def claim(job_id: int) -> IntakeJob | None:
    """The job, now ours to do; None when another worker has it or it is finished."""
    taken = IntakeJob.objects.filter(pk=job_id, state=State.QUEUED).update(
        state=State.RUNNING, started_at=clock.now(), attempts=F("attempts") + 1
    )
    return IntakeJob.objects.select_related("item", "file", "incident").get(pk=job_id) if taken else None


def still_ours(job: IntakeJob) -> bool:
    """Whether this attempt may still end the job; the row is locked until the transaction does."""
    mine = IntakeJob.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
    return mine.select_for_update(of=("self",)).exists()


def finish(*, job: IntakeJob, outcome: dict[str, Any]) -> None:
    """Ends the job; in the transaction of what it did."""
    IntakeJob.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts).update(
        state=State.DONE, outcome=outcome, finished_at=clock.now()
    )


@transaction.atomic
def fail(*, actor: Actor, job: IntakeJob, code: str) -> None:
    """Ends the job with a reason a person can read."""
    ended = IntakeJob.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts).update(
        state=State.FAILED, error_code=code, finished_at=clock.now()
    )
    if ended:
        record(
            actor=actor, verb="evidence.work_failed", subject=job, root_id=job.incident_id,
            payload={"kind": job.kind, "code": code},
        )  # fmt: skip


@transaction.atomic
def requeue_lost() -> int:
    """Sends again what lost its worker or its message; gives up after some attempts. How many were sent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM evidence_requeue_lost(%s)", [MOST_ATTEMPTS])
        lost = [row[0] for row in cursor.fetchall()]
    for job_id in lost:
        send(job_id)
    return len(lost)
