"""Restoration of a case on one page: the services in the order of care, and the tasks."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from incidents.access import CaseAccess, case_for
from incidents.ui.sections import case_context
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors
from ..models import RemediationTask
from ..selectors import ServiceRow, WantedTasks
from ..states import TRANSITIONS, TaskStatus
from . import words
from .figures import timeline
from .forms import TaskFilter

PAGE = 50


def service_line(row: ServiceRow) -> dict[str, Any]:
    """A row of the table of services."""
    latest = row.latest
    return {
        "hit": row.hit,
        "tier": row.view.restoration_tier,
        "state": words.state_words(row.view.state),
        "kind": words.STATE_KIND.get(row.view.state, ""),
        "since": row.since,
        "people": row.view.people,
        "capacity": words.capacity_words(latest.capacity) if latest else None,
        "target": words.target_words(row.metrics, row.view.target),
        "restored_in": words.duration_words(row.metrics.to_restore, approximate=row.metrics.approximate),
        "hours_lost": words.total_words(row.metrics.hours_lost, approximate=row.metrics.approximate),
        "next_update": latest.next_update_due if latest and not words.in_service(row.view.state) else None,
        "update_late": words.late_words(latest.next_update_due)
        if latest and latest.next_update_due and row.needs_update
        else "",
        "in_service": words.in_service(row.view.state),
    }


def task_line(task: RemediationTask, case: CaseAccess, actor: Actor) -> dict[str, Any]:
    """A task with its words and the moves its reader may choose from."""
    moves = set(TRANSITIONS[task.status])
    if not case.may(Action.RESTORE):
        moves = set()
    if not case.may(Action.VERIFY_TASK) or task.done_by_id == actor.user.pk:
        moves.discard(TaskStatus.VERIFIED)
    return {
        "task": task,
        "kind": words.STATUS_KIND[task.status],
        "due_words": words.due_words(task),
        "overdue": words.is_overdue(task),
        "needs": selectors.numbers_of(task.needs.all()),
        "moves": [(str(value), label) for value, label in TaskStatus.choices if value in moves],
    }


def task_page(request: HttpRequest, case: CaseAccess, actor: Actor, here: str) -> dict[str, Any]:
    """The tasks by the filters in the address: as a table, or grouped by status."""
    owners = [(house.slug, house.name) for house in selectors.owners_in(case.incident)]
    form = TaskFilter(request.GET or None, owners=owners)
    chosen = form.chosen()
    page = Paginator(selectors.tasks_of(case.incident, actor, WantedTasks(**chosen)), PAGE).get_page(
        request.GET.get("page")
    )
    lines = [task_line(task, case, actor) for task in page]
    board = request.GET.get("view") == "board"
    kept = {**chosen, **({"view": "board"} if board else {})}

    def address(**query: Any) -> str:
        return f"{here}?{urlencode({name: 'on' if value is True else value for name, value in query.items()})}#tasks"

    return {
        "filters": form,
        "chips": [
            {
                "label": form.words_for(name, value),
                "url": address(**{other: keep for other, keep in kept.items() if other != name}),
            }
            for name, value in chosen.items()
        ],
        "clear_url": address(**({"view": "board"} if board else {})),
        "board": board,
        "table_url": address(**chosen),
        "board_url": address(**chosen, view="board"),
        "tasks": lines,
        "columns": [
            {"label": label, "tasks": found}
            for value, label in TaskStatus.choices
            if (found := [line for line in lines if line["task"].status == value])
        ],
        "previous_url": address(**kept, page=page.previous_page_number()) if page.has_previous() else "",
        "next_url": address(**kept, page=page.next_page_number()) if page.has_next() else "",
        "filtered": bool(chosen),
    }


@require_safe
def remediation(request: HttpRequest, reference: str) -> HttpResponse:
    """Where every service stands, and what is being done."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_REMEDIATION)
    seen = selectors.overview(case.incident)
    context = case_context(
        request, case, "remediation",
        services=[service_line(row) for row in seen.services],
        out=len(seen.out),
        people=words.people_total_words(seen.people) if seen.out else None,
        hours_lost=words.total_words(seen.hours_lost, approximate=any(row.metrics.approximate for row in seen.services)),
        figure=timeline(seen.services, until=selectors.as_of(case.incident)),
        may_restore=case.may(Action.RESTORE),
        **task_page(request, case, actor, reverse("remediation", args=[reference])),
    )  # fmt: skip
    return render(request, "remediation/remediation.html", context)
