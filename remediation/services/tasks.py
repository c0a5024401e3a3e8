"""Remediation tasks: owned across organisations, done with evidence, verified by somebody else (REM-2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, StaleVersion
from incidents.access import CaseAccess, case_for
from incidents.models import Incident, ServiceHit
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Action

from .. import rules
from ..access import must_be_open, task_for
from ..checks import check_task, check_text, clean_evidence_number, fail
from ..errors import AttributionIsNoReason, DependencyCircle, TaskMoveRefused, TaskSettled, TaskWaits, VerifierIsDoer
from ..models import RemediationTask, TaskDependency
from ..selectors import people_for, possible_owners, task_facts
from ..states import FINISHED, TRANSITIONS, CancelReason, TaskStatus
from ..telling import tell_assigned, tell_named

# States that are reached by a service of their own, because they need facts of their own.
BY_THEIR_OWN_ACT = {TaskStatus.DONE, TaskStatus.VERIFIED, TaskStatus.CANCELLED}


def one_at_a_time(incident: Incident) -> None:
    """Waits for whoever else is numbering or tying tasks of this case; a grantee cannot lock the case's own row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('remediation_dependency', %s))", [incident.pk])


def owner_of(actor: Actor, case: CaseAccess, slug: Any) -> Organisation:
    """The organisation a task is given to: one that can see the case, among those the actor may know of."""
    found = next((house for house in possible_owners(actor, case) if house.slug == str(slug or "")), None)
    if found is None:
        raise Invalid({"organisation": [_("Choose an organisation that can see this case.")]})
    return found


def person_of(actor: Actor, organisation: Organisation, person_id: Any) -> User | None:
    """A person of the owner; an organisation names its own people only."""
    if person_id in (None, ""):
        return None
    found = next((user for user in people_for(actor, organisation) if str(user.pk) == str(person_id)), None)
    if found is None:
        raise Invalid(
            {"person": [_("Choose a person of your own organisation, or leave it to the owner to name one.")]}
        )
    return found


def service_of(incident: Incident, service_id: Any) -> ServiceHit | None:
    """A service of this case."""
    if service_id in (None, ""):
        return None
    found = (
        incident.servicehits.filter(pk=int(service_id)).first()
        if str(service_id).isascii() and str(service_id).isdigit() and len(str(service_id)) < 16
        else None
    )
    if found is None:
        raise Invalid({"service": [_("Choose a service of this case.")]})
    return found


def tasks_named(incident: Incident, numbers: Any) -> list[RemediationTask]:
    """Tasks of this case by their numbers, `["R-1", "R-2"]`."""
    wanted = {str(number).strip().upper() for number in numbers or []}
    digits = {number.removeprefix("R-") for number in wanted}
    known = {int(number) for number in digits if number.isascii() and number.isdigit() and len(number) <= 6}
    found = list(RemediationTask.objects.filter(incident=incident, number__in=known))
    if len(found) != len(wanted):
        raise Invalid({"depends_on": [_("Name tasks of this case, such as R-2.")]})
    return found


def tie(task: RemediationTask, others: Iterable[RemediationTask]) -> None:
    """Makes exactly these the tasks that `task` waits for; raises DependencyCircle."""
    wanted = {other.pk: other for other in others}
    task.dependencies.exclude(on__in=list(wanted)).delete()
    have = set(task.dependencies.values_list("on_id", flat=True))
    edges: dict[int, set[int]] = {}
    for before, after in TaskDependency.objects.filter(incident_id=task.incident_id).values_list("task_id", "on_id"):
        edges.setdefault(before, set()).add(after)
    reached, todo = set[int](), list(wanted)
    while todo:
        current = todo.pop()
        if current not in reached:
            reached.add(current)
            todo += edges.get(current, ())
    if task.pk in reached:
        raise DependencyCircle
    TaskDependency.objects.bulk_create(
        [
            TaskDependency(incident_id=task.incident_id, task=task, on=other)
            for pk, other in wanted.items()
            if pk not in have
        ]
    )


@transaction.atomic
def add_task(*, actor: Actor, reference: str, task: Mapping[str, Any]) -> RemediationTask:
    """Proposes a task: title, description, owner (`organisation`, by slug), `person`, `due`, `service`, `depends_on`."""
    case = case_for(actor, reference, Action.RESTORE)
    incident = case.incident
    must_be_open(incident)
    facts = check_task(task, whole=True)
    owner = owner_of(actor, case, task.get("organisation"))
    person, service = person_of(actor, owner, task.get("person")), service_of(incident, task.get("service"))
    one_at_a_time(incident)
    last = (
        RemediationTask.objects.filter(incident=incident).order_by("-number").values_list("number", flat=True).first()
    )
    added = RemediationTask.objects.create(
        incident=incident, number=(last or 0) + 1, organisation=owner, person=person, service=service,
        added_by=actor.user, changed_by=actor.user, **facts,
    )  # fmt: skip
    tie(added, tasks_named(incident, task.get("depends_on")))
    record(
        actor=actor, verb="task.added", subject=added, root_id=incident.pk,
        payload={"task": added.reference, "owner": owner.pk, "due": str(added.due) if added.due else None, "service": added.service_id},
    )  # fmt: skip
    tell_assigned(actor, added)
    tell_named(actor, added, "description")
    return added


@transaction.atomic
def change_task(*, actor: Actor, reference: str, number: str, version: int, task: Mapping[str, Any]) -> RemediationTask:
    """Changes what a task says, if nobody else saved since `version`; raises StaleVersion with what is stored now."""
    case = case_for(actor, reference, Action.RESTORE)
    incident = case.incident
    must_be_open(incident)
    held = task_for(incident, number, lock=True)
    if not TRANSITIONS[held.status]:
        raise TaskSettled
    if held.version != version:
        raise StaleVersion(theirs=task_facts(held), version=held.version)
    facts = check_task(task, whole=False)
    if "organisation" in task and task["organisation"] != held.organisation.slug:
        facts["organisation"] = owner_of(actor, case, task["organisation"])
        facts["person"] = None  # the new owner names its own
    owner = facts.get("organisation", held.organisation)
    if (
        "person" in task
        and not (task["person"] in (None, "") and "person" in facts)
        and str(task["person"] or "") != str(held.person_id or "")
    ):
        facts["person"] = person_of(actor, owner, task["person"])
    if "service" in task:
        facts["service"] = service_of(incident, task["service"])
    for name, value in facts.items():
        setattr(held, name, value)
    held.version += 1
    held.changed_by = actor.user
    held.save()
    if "depends_on" in task:
        one_at_a_time(incident)
        tie(held, tasks_named(incident, task["depends_on"]))
    record(
        actor=actor, verb="task.changed", subject=held, root_id=incident.pk,
        payload={"task": held.reference, "fields": sorted(task), "owner": held.organisation_id, "due": str(held.due) if held.due else None},
    )  # fmt: skip
    if {"organisation", "person"} & facts.keys():
        tell_assigned(actor, held)
    tell_named(actor, held, "description")
    return held


def require_move(task: RemediationTask, to: str) -> None:
    """Raises TaskMoveRefused unless the table of states knows the move."""
    if to not in TRANSITIONS[task.status]:
        words = dict(TaskStatus.choices)
        message = _("A task that is “%(from)s” cannot become “%(to)s”.") % {
            "from": words[TaskStatus(task.status)],
            "to": words.get(TaskStatus(to), to),
        }
        raise TaskMoveRefused(message, status=task.status, to=to)


def advance(task: RemediationTask, to: str, actor: Actor, **facts: Any) -> None:
    """Writes a status together with the facts it needs."""
    for name, value in facts.items():
        setattr(task, name, value)
    task.status = to
    task.version += 1
    task.changed_by = actor.user
    task.save()


@transaction.atomic
def move_task(*, actor: Actor, reference: str, number: str, to: str) -> RemediationTask:
    """Moves a task to agreed or in progress; done, verified and cancelled have services of their own."""
    incident = case_for(actor, reference, Action.RESTORE).incident
    must_be_open(incident)
    task = task_for(incident, number, lock=True)
    if to not in TaskStatus.values:
        raise Invalid({"to": [_("Choose a status from the list.")]})
    if to in BY_THEIR_OWN_ACT:
        raise TaskMoveRefused(
            _("Completing, verifying and cancelling need more than a move: say what was done, found or why."), to=to
        )
    require_move(task, to)
    before = task.status
    advance(task, to, actor, done_by=None, done_at=None)
    record(
        actor=actor,
        verb="task.moved",
        subject=task,
        root_id=incident.pk,
        payload={"task": task.reference, "from": before, "to": to},
    )
    return task


@transaction.atomic
def complete_task(
    *, actor: Actor, reference: str, number: str, completion: Any, evidence_number: Any = ""
) -> RemediationTask:
    """Marks a task as done, with what shows it; not before the tasks it waits for (REM-2)."""
    incident = case_for(actor, reference, Action.RESTORE).incident
    must_be_open(incident)
    errors: dict[str, list[Any]] = {}
    named = clean_evidence_number(evidence_number, "evidence_number", errors)
    fail(errors)
    text = check_text(completion, "completion", _("Say what was done and what shows it."))
    task = task_for(incident, number, lock=True)
    require_move(task, TaskStatus.DONE)
    waiting = task.needs.exclude(status__in=[*FINISHED, TaskStatus.CANCELLED]).order_by("number")
    numbers = [other.reference for other in waiting]
    if numbers:
        raise TaskWaits(
            _("These tasks have to be done first: %(tasks)s.") % {"tasks": ", ".join(numbers)}, tasks=numbers
        )
    advance(
        task, TaskStatus.DONE, actor, completion=text, evidence_number=named, done_by=actor.user, done_at=clock.now()
    )
    record(
        actor=actor,
        verb="task.done",
        subject=task,
        root_id=incident.pk,
        payload={"task": task.reference, "evidence": named or None},
    )
    tell_named(actor, task, "completion")
    return task


@transaction.atomic
def verify_task(*, actor: Actor, reference: str, number: str, accepted: bool, verification: Any) -> RemediationTask:
    """Somebody other than the doer says whether it was done: verified, or sent back with what is missing (REM-2)."""
    incident = case_for(actor, reference, Action.VERIFY_TASK).incident
    must_be_open(incident)
    text = check_text(verification, "verification", _("Say how you verified it, or what is missing."))
    task = task_for(incident, number, lock=True)
    require_move(task, TaskStatus.VERIFIED if accepted else TaskStatus.IN_PROGRESS)
    if task.status != TaskStatus.DONE:
        raise TaskMoveRefused(_("Only a task that is done can be verified or sent back."), status=task.status)
    if not rules.may_verify(done_by=task.done_by_id, verified_by=actor.user.pk):
        raise VerifierIsDoer
    if accepted:
        advance(task, TaskStatus.VERIFIED, actor, verification=text, verified_by=actor.user, verified_at=clock.now())
    else:
        advance(task, TaskStatus.IN_PROGRESS, actor, verification=text, done_by=None, done_at=None)
    verb = "task.verified" if accepted else "task.sent_back"
    record(actor=actor, verb=verb, subject=task, root_id=incident.pk, payload={"task": task.reference})
    tell_named(actor, task, "verification")
    return task


@transaction.atomic
def cancel_task(*, actor: Actor, reference: str, number: str, reason: Any, note: Any = "") -> RemediationTask:
    """Cancels a task that is not done yet, for a reason; missing attribution is none (R2.15)."""
    incident = case_for(actor, reference, Action.RESTORE).incident
    must_be_open(incident)
    if not rules.may_refuse_for(str(reason)):
        raise AttributionIsNoReason
    if reason not in CancelReason.values:
        raise Invalid({"reason": [_("Choose a reason from the list.")]})
    text = check_text(note, "note", _("Tell the reason.")) if note or reason == CancelReason.OTHER else ""
    task = task_for(incident, number, lock=True)
    require_move(task, TaskStatus.CANCELLED)
    advance(task, TaskStatus.CANCELLED, actor, cancel_reason=reason, cancel_note=text)
    record(
        actor=actor,
        verb="task.cancelled",
        subject=task,
        root_id=incident.pk,
        payload={"task": task.reference, "reason": str(reason)},
    )
    tell_named(actor, task, "cancel_note")
    return task
