"""What the state of long work is drawn from, and the part that asks how far it is."""

from typing import Any

from documents.models import Job
from documents.selectors import is_open, words_of
from documents.states import State


def job_context(job: Job, *, here: str, progress: str, retry: str, may_retry: bool) -> dict[str, Any]:
    """The state of a job with the addresses of its page, its part and the way to try again."""
    return {
        "job": job,
        "words": words_of(job),
        "is_open": is_open(job),
        "failed": job.state == State.FAILED,
        "here_url": here,
        "progress_url": progress,
        "retry_url": retry,
        "may_retry": may_retry,
    }
