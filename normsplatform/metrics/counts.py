"""Requests and tasks, counted where they happen: by the name of the route or task, which the code gives, and by how they ended.

Every process writes to a file of its own in `settings.METRICS_FOLDER`, in a folder of its machine (prometheus-client's
multiprocess mode), so that web workers and task workers are seen at one address.
"""

import time
from collections.abc import Callable
from typing import Any

from celery import Task
from celery.signals import task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram

GetResponse = Callable[[HttpRequest], HttpResponse]

# The metrics write to files; what is shown is read from the files of all processes (present.py), never from this registry.
_unread = CollectorRegistry()
REQUESTS = Counter(
    "norms_requests", "Requests answered, by route, method and class of the status.", ["route", "method", "status"],
    registry=_unread,
)  # fmt: skip
REQUEST_SECONDS = Histogram(
    "norms_request_seconds", "Seconds until a request was answered; a file's own sending is not in it.", ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10), registry=_unread,
)  # fmt: skip
TASKS = Counter("norms_tasks", "Tasks that came to an end, by name and outcome.", ["task", "outcome"], registry=_unread)
TASK_SECONDS = Histogram(
    "norms_task_seconds", "Seconds a task took.", ["task"], buckets=(0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 1800), registry=_unread
)  # fmt: skip

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE, OTHER = "(none)", "(other)"
STARTED = "_norms_started"


def route_of(request: HttpRequest) -> str:
    """The name the code gives the address; never the address, in which the reference of a case may stand."""
    match = request.resolver_match
    return (match.view_name if match.url_name else OTHER) if match else NO_ROUTE


class CountingMiddleware:
    """Stands before all others: what they take is in the seconds, and what they refuse is counted."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        route = route_of(request)
        method = request.method if request.method in METHODS else OTHER
        REQUESTS.labels(route, method, f"{response.status_code // 100}xx").inc()
        REQUEST_SECONDS.labels(route).observe(time.perf_counter() - started)
        return response


def began(task: Task[Any, Any], **_more: Any) -> None:
    """A task begins."""
    setattr(task.request, STARTED, time.perf_counter())


def ended(task: Task[Any, Any], state: str | None = None, **_more: Any) -> None:
    """A task has come to an end, however: success, failure, retry."""
    TASKS.labels(task.name, (state or "unknown").lower()).inc()
    started = getattr(task.request, STARTED, None)
    if started is not None:
        TASK_SECONDS.labels(task.name).observe(time.perf_counter() - started)


def watch_tasks() -> None:
    """From now on this process counts its tasks."""
    task_prerun.connect(began, dispatch_uid="norms.metrics.began")
    task_postrun.connect(ended, dispatch_uid="norms.metrics.ended")
