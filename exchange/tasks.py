"""The worker's doors: a job's number in, everything else asked again, safe to run twice."""

from celery import shared_task

from documents.runner import run

from .custody.building import prepare_record


@shared_task(name="exchange.tasks.render_record", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def render_record(job_id: int) -> None:
    """Makes the custody record this job was asked for."""
    run(job_id, prepare_record)
