"""Pages of a task: read, add, change, move, complete, verify, cancel."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid, StaleVersion
from core.http import see_other, show_invalid
from incidents.access import CaseAccess, case_for
from incidents.ui.sections import case_context
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import task_for
from ..models import RemediationTask
from ..states import TRANSITIONS, TaskStatus
from .acts import Words, act_page
from .forms import CancelForm, CompleteForm, TaskForm, VerifyForm
from .views import task_line

BOTH = ["GET", "HEAD", "POST"]

# Moves that need more than a move lead to the page that asks for it.
ASK_FIRST = {TaskStatus.DONE: "task-complete", TaskStatus.VERIFIED: "task-verify", TaskStatus.CANCELLED: "task-cancel"}


def form_for(
    request: HttpRequest, case: CaseAccess, actor: Actor, data: QueryDict | None, task: RemediationTask | None = None
) -> TaskForm:
    """The form of a task, with the choices this reader has."""
    owners = selectors.possible_owners(actor, case)
    persons = selectors.people_for(actor, actor.organisation)
    if task is not None and task.organisation not in owners:
        owners.append(task.organisation)
    if task is not None and task.person is not None and task.person not in persons:
        persons.append(task.person)
    others = (
        RemediationTask.objects.filter(incident=case.incident)
        .exclude(number=task.number if task else 0)
        .order_by("number")
    )
    initial: dict[str, Any] = selectors.task_facts(task) if task else {"organisation": actor.organisation.slug}
    return TaskForm(
        data,
        owners=owners,
        persons=persons,
        services=list(case.incident.servicehits.order_by("name")),
        others=list(others),
        initial=initial,
    )


def task_address(reference: str, number: str) -> str:
    """The page of a task."""
    return reverse("task", args=[reference, number])


@require_safe
def task(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """One task, with what was done and found."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_REMEDIATION)
    held = task_for(case.incident, number)
    line = task_line(held, case, actor)
    facts = [
        {"label": _("Owner"), "value": held.organisation},
        {"label": _("Person"), "value": held.person, "empty": _("Nobody by name")},
        {"label": _("Due"), "value": held.due, "empty": _("No date set")},
        {"label": _("Service"), "value": held.service, "empty": _("None in particular")},
        {"label": _("Waits for"), "value": ", ".join(line["needs"]) or None, "empty": _("Nothing")},
        {"label": _("Added by"), "value": held.added_by},
    ]
    if held.completion:
        facts += [{"label": _("What was done"), "value": held.completion}]
    if held.evidence_number:
        facts += [{"label": _("Evidence item"), "value": held.evidence_number}]
    if held.done_by:
        facts += [{"label": _("Done by"), "value": held.done_by}]
    if held.verification:
        facts += [{"label": _("What the verifier found"), "value": held.verification}]
    if held.verified_by:
        facts += [{"label": _("Verified by"), "value": held.verified_by}]
    if held.cancel_reason:
        facts += [
            {"label": _("Why it was cancelled"), "value": held.get_cancel_reason_display()},
            {"label": _("More about the reason"), "value": held.cancel_note, "empty": _("Nothing")},
        ]
    context = case_context(
        request, case, "remediation", task=held, line=line, facts=facts,
        may_change=case.may(Action.RESTORE) and bool(TRANSITIONS[held.status]),
        own_work=held.status == TaskStatus.DONE and held.done_by_id == actor.user.pk and case.may(Action.VERIFY_TASK),
        may_verify=held.status == TaskStatus.DONE and case.may(Action.VERIFY_TASK) and held.done_by_id != actor.user.pk,
    )  # fmt: skip
    return render(request, "remediation/task.html", context)


@require_http_methods(BOTH)
def task_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Proposing a task."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.RESTORE)
    told = Words(
        _("Add a task"), _("It begins as a proposal. No finding about who did it is needed for any step."), _("Add the task"), _("The task was added."), _("Remediation"),
    )  # fmt: skip
    return act_page(
        request, case, form_for(request, case, actor, request.POST or None),
        lambda facts: services.add_task(actor=actor, reference=reference, task=facts), told, reverse("remediation", args=[reference]),
    )  # fmt: skip


def chosen(data: QueryDict, theirs: dict[str, Any]) -> QueryDict:
    """The answers after a conflict: mine, except where the reader took theirs."""
    answers = data.copy()
    for name, value in theirs.items():
        if data.get(f"choose-{name}") == "theirs":
            answers.setlist(
                name,
                [str(each) for each in value] if isinstance(value, list) else ["" if value is None else str(value)],
            )
    return answers


def told_as(form: TaskForm, name: str, value: Any) -> str:
    """A value of a field in the words of its choices."""
    choices = dict(getattr(form.fields[name], "choices", ()))
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(choices.get(str(each), each)) for each in values if each not in (None, ""))


@require_http_methods(BOTH)
def task_change(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Changing a task. Who saves second sees both versions and loses nothing (409)."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.RESTORE)
    held = task_for(case.incident, number)
    theirs = selectors.task_facts(held)
    form = form_for(request, case, actor, chosen(request.POST, theirs) if request.method == "POST" else None, held)
    said = request.POST.get("version", "")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
    conflict: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            services.change_task(actor=actor, reference=reference, number=number, version=version, task=form.facts())
        except Invalid as error:
            show_invalid(form, error)
        except StaleVersion as stale:
            held.refresh_from_db(fields=["version", "changed_by", "changed_at"])
            rows = []
            for name in form.fields:
                mine, other = told_as(form, name, form.cleaned_data[name]), told_as(form, name, stale.theirs[name])
                if mine != other:
                    rows.append({"name": name, "label": form.fields[name].label, "mine": mine, "theirs": other})
            conflict = {"who": held.changed_by, "when": held.changed_at, "rows": rows}
        else:
            messages.success(request, _("The task was saved."))
            return see_other(task_address(reference, number))
    context = case_context(
        request, case, "remediation", form=form, task=held, conflict=conflict,
        version=held.version if conflict or request.method != "POST" else said, back=task_address(reference, number),
    )  # fmt: skip
    return render(
        request, "remediation/task_change.html", context, status=409 if conflict else 422 if form.errors else 200
    )


@require_POST
def task_move(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """ "Move to": at once, or by the page that asks what the move needs."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_REMEDIATION)
    to = request.POST.get("to", "")
    if to in ASK_FIRST:
        task_for(case.incident, number)
        return see_other(ASK_FIRST[TaskStatus(to)], reference, number)
    moved = services.move_task(actor=actor, reference=reference, number=number, to=to)
    messages.success(
        request, _("%(task)s is now: %(status)s.") % {"task": moved.reference, "status": moved.get_status_display()}
    )
    back = "task" if request.POST.get("from") == "task" else "remediation"
    return see_other(back, reference, number) if back == "task" else see_other(back, reference)


@require_http_methods(BOTH)
def task_complete(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Completing a task, with what shows it."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.RESTORE)
    held = task_for(case.incident, number)
    told = Words(
        _("Complete %(task)s: %(title)s") % {"task": held.reference, "title": held.title}, _("Somebody else will verify it."), _("Mark as done"), _("The task is done. Somebody else can verify it now."), held.reference,
    )  # fmt: skip
    form = CompleteForm(
        request.POST or None, initial={"completion": held.completion, "evidence_number": held.evidence_number}
    )
    return act_page(
        request,
        case,
        form,
        lambda facts: services.complete_task(actor=actor, reference=reference, number=number, **facts),
        told,
        task_address(reference, number),
    )


@require_http_methods(BOTH)
def task_verify(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Verifying somebody else's work, or sending it back."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.VERIFY_TASK)
    held = task_for(case.incident, number)
    told = Words(
        _("Verify %(task)s: %(title)s") % {"task": held.reference, "title": held.title}, _("What was done: %(completion)s") % {"completion": held.completion or _("Not known")},
        _("Record what you found"), _("What you found was recorded."), held.reference,
    )  # fmt: skip
    return act_page(
        request, case, VerifyForm(request.POST or None),
        lambda facts: services.verify_task(actor=actor, reference=reference, number=number, accepted=facts["outcome"] == "verified", verification=facts["verification"]),
        told, task_address(reference, number),
    )  # fmt: skip


@require_http_methods(BOTH)
def task_cancel(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Cancelling a task, for a reason that is not a want of attribution."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.RESTORE)
    held = task_for(case.incident, number)
    told = Words(
        _("Cancel %(task)s: %(title)s") % {"task": held.reference, "title": held.title}, _("It stays in the record with its reason and is not opened again."),
        _("Cancel the task"), _("The task was cancelled."), held.reference, danger=True,
    )  # fmt: skip
    return act_page(
        request,
        case,
        CancelForm(request.POST or None),
        lambda facts: services.cancel_task(actor=actor, reference=reference, number=number, **facts),
        told,
        task_address(reference, number),
    )
