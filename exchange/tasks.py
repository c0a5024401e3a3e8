"""The worker's doors: a job's number in, everything else asked again, safe to run twice."""

from celery import shared_task

from documents.runner import run, run_work

from .custody.building import prepare_record
from .package.building import make_package
from .package.receiving import take_in


@shared_task(name="exchange.tasks.render_record", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def render_record(job_id: int) -> None:
    """Makes the custody record this job was asked for."""
    run(job_id, prepare_record)


@shared_task(name="exchange.tasks.build_package", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def build_package(job_id: int) -> None:
    """Makes the evidence package this job was asked for."""
    run_work(job_id, make_package)


@shared_task(name="exchange.tasks.take_in_package", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def take_in_package(job_id: int) -> None:
    """Checks a package somebody sent and takes it in."""
    run_work(job_id, take_in)
