"""Which task makes which kind of document. Rooms above declare theirs; nobody here knows them by name."""

from typing import Any

from celery import current_app

TASKS: dict[str, str] = {}


def declare(kind: str, task: str) -> None:
    """Names the task that makes this kind; two rooms cannot claim the same kind."""
    if TASKS.setdefault(kind, task) != task:
        raise ValueError(f"kind {kind} is declared twice")


def send(kind: str, job_id: int) -> None:
    """Hands the job to a worker once the transaction is through."""
    task: Any = current_app.tasks[TASKS[kind]]
    task.delay_on_commit(job_id)
