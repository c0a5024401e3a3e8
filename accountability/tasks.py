"""The worker's doors: a job's number in, everything else asked again, safe to run twice."""

from celery import shared_task

from documents.runner import run

from .building import prepare_review
from .verification.building import prepare_report


@shared_task(name="accountability.tasks.render_review", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def render_review(job_id: int) -> None:
    """Makes the review this job was asked for, as the person who asked."""
    run(job_id, prepare_review)


@shared_task(
    name="accountability.tasks.render_verification", ignore_result=True, acks_late=True, reject_on_worker_lost=True
)
def render_verification(job_id: int) -> None:
    """Makes the verification report this job was asked for, as the person who asked."""
    run(job_id, prepare_report)
