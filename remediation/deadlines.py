"""The clocks of remediation: tasks that are due, and the next news of a service."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from incidents.deadlines import Clock, Due, Scope, declare_clock, end_of
from organisations.actors import Actor
from organisations.roles import Action

from .models import RemediationTask
from .states import TaskStatus

OPEN = [TaskStatus.PROPOSED, TaskStatus.AGREED, TaskStatus.IN_PROGRESS]


def tasks(scope: Scope) -> Iterator[Due]:
    """Tasks nobody has done yet, by whom they are owed."""
    rows = RemediationTask.objects.filter(scope.cases(), status__in=OPEN, due__lte=scope.last_day)
    rows = rows.select_related("incident__holder", "organisation", "person")
    for row in rows.order_by("due", "pk")[:200]:
        address = reverse("task", args=[row.incident.reference, row.reference])
        if row.due:
            yield Due(
                row.incident, row.reference, row.reference, end_of(row.due), address, (row.person or row.organisation,)
            )


def move_task(actor: Actor, due: Due, to: datetime) -> datetime:
    """Another day for a task; what is due on a day is due with its end."""
    task = RemediationTask.objects.get(incident=due.incident, number=int(due.key.rpartition("-")[2]))
    RemediationTask.objects.filter(pk=task.pk).update(
        due=to.date(), version=F("version") + 1, changed_by=actor.user, changed_at=clock.now()
    )
    return end_of(to.date())


declare_clock(
    Clock(
        "task.due",
        _("Task of the remediation"),
        Action.SEE_REMEDIATION,
        tasks,
        move=move_task,
        move_action=Action.RESTORE,
    )
)
