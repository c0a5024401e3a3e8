"""The worker's door to work on evidence: a job's number in, everything else asked again, safe to run twice."""

from collections.abc import Callable

import structlog
from celery import shared_task

from core.errors import DomainError, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents.access import case_for
from organisations.actors import Actor, acting
from organisations.roles import Action

from .models import IntakeJob
from .services import capturing, danger, jobs, taking_apart

log = structlog.get_logger(__name__)
Work = Callable[[Actor, IntakeJob], None]
WORK: dict[str, Work] = {
    IntakeJob.Kind.SCAN: danger.do_scan,
    IntakeJob.Kind.MAIL: taking_apart.do_take_apart,
    IntakeJob.Kind.CAPTURE: capturing.do_capture,
}


@shared_task(name="evidence.work.do", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def do(job_id: int) -> None:
    """Does the job as the person who asked; nothing when they are gone, or another worker has it.

    Whether they may add evidence to the case is asked again: a role or a grade that was taken away meanwhile is gone here too.
    """
    actor = jobs.asker_of(job_id)
    if actor is None:
        log.warning("evidence_work_without_asker", job=job_id)
        return
    with acting_as(actor.principal):
        job = jobs.claim(job_id)
        if job is None:
            return
        try:
            with acting(actor):
                case_for(actor, job.incident.reference, Action.ADD_EVIDENCE)
            WORK[job.kind](actor, job)
        except (NotFound, NotAllowed):
            jobs.fail(actor=actor, job=job, code="no_access")
        except jobs.WorkFailed as problem:
            jobs.fail(actor=actor, job=job, code=problem.code)
        except DomainError as problem:
            jobs.fail(actor=actor, job=job, code=problem.code[:40])
        except Exception:
            jobs.fail(actor=actor, job=job, code="unexpected")
            raise


@shared_task(name="evidence.work.requeue_lost", ignore_result=True, expires=50)
def requeue_lost() -> None:
    """Every minute; safe to run twice."""
    jobs.requeue_lost()
