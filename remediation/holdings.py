"""What a member holds of restoration: tasks that are theirs and not finished move to another member."""

from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ledger.services import record
from organisations.actors import Actor
from organisations.holdings import Held, Source, declare
from organisations.models import User
from organisations.roles import BY_ROLE, Action
from organisations.selectors import lasting_people

from .models import RemediationTask
from .states import TaskStatus

OPEN = [TaskStatus.PROPOSED, TaskStatus.AGREED, TaskStatus.IN_PROGRESS, TaskStatus.DONE]
DOERS = [role for role, actions in BY_ROLE.items() if Action.RESTORE in actions]


def theirs(actor: Actor, person: User) -> QuerySet[RemediationTask]:
    """Open tasks of the house that name this person."""
    found = RemediationTask.objects.filter(organisation=actor.organisation, person=person, status__in=OPEN)
    return found.select_related("incident").order_by("pk")


def out_of_sight(actor: Actor, person: User, seen: set[int]) -> int:
    """How many more there are, in cases the administrator may not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT remediation_tasks_of(%s, %s)", [person.pk, actor.organisation.pk])
        return len({row[0] for row in cursor.fetchall()} - seen)


def find(actor: Actor, person: User) -> list[Held]:
    """The tasks, with their pages; those of cases the administrator may not see are counted."""
    tasks = list(theirs(actor, person))
    found = [
        Held(
            f"{task.incident.reference} {task.reference}",
            reverse("task", args=[task.incident.reference, task.reference]),
        )
        for task in tasks
    ]
    if n := out_of_sight(actor, person, {task.pk for task in tasks}):
        label = ngettext("%(n)d task in a case you may not see", "%(n)d tasks in cases you may not see", n) % {"n": n}
        found.append(Held(label, first=_("Have a colleague who sees these cases name somebody else on the tasks.")))
    return found


def takers(actor: Actor, person: User) -> list[User]:
    """Members who can do tasks: people, and no program."""
    found = lasting_people(actor.organisation).filter(roles__overlap=DOERS).exclude(user=person)
    return [membership.user for membership in found]


@transaction.atomic
def move(actor: Actor, person: User, to: User) -> int:
    """Names another member on every one of them."""
    tasks = list(theirs(actor, person).select_for_update(of=("self",)))
    for task in tasks:
        task.person, task.changed_by = to, actor.user
        task.version += 1
        task.save(update_fields=["person", "changed_by", "version"])
        record(
            actor=actor, verb="task.changed", subject=task, root_id=task.incident_id,
            payload={"task": task.reference, "fields": ["person"], "owner": task.organisation_id, "due": str(task.due) if task.due else None},
        )  # fmt: skip
    return len(tasks)


declare(Source("tasks", _("Tasks of restoration"), find, takers, move))
