"""What pages and API read of a job."""

from typing import Any

from .failures import sentence
from .models import Document, Job
from .states import OPEN, Stage, State


def words_of(job: Job) -> str:
    """Where the job stands, in one sentence."""
    if job.state == State.FAILED:
        return sentence(job.error_code, job.error_detail)
    if job.state == State.DONE:
        return str(State.DONE.label)
    return str(Stage(job.stage).label) if job.stage in Stage.values else str(State(job.state).label)


def is_open(job: Job) -> bool:
    """Whether something will still happen by itself."""
    return job.state in OPEN


def job_as_json(job: Job) -> dict[str, Any]:
    """A job as the API tells it."""
    return {
        "state": job.state,
        "progress": job.progress,
        "words": words_of(job),
        "error": {"code": job.error_code, "detail": job.error_detail} if job.error_code else None,
        "requested_at": job.requested_at,
        "finished_at": job.finished_at,
    }


def document_as_json(document: Document | None) -> dict[str, Any] | None:
    """A document as the API tells it, without where it lies."""
    if document is None:
        return None
    fields = ("reference", "title", "language", "mark", "issue", "sha256", "facts_sha256", "size", "pages", "issued_at")
    return {name: getattr(document, name) for name in fields}


def latest_of_series(document: Document) -> Document | None:
    """The issue that superseded all others, when that is not this one."""
    latest = Document.objects.filter(series=document.series).order_by("-issue").first()
    return latest if latest and latest.pk != document.pk else None
