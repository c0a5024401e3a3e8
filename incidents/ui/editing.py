"""Changing a case's facts. Who saves second sees both versions, field by field, and loses nothing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import Invalid, StaleVersion
from core.http import see_other, show_invalid
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.models import User
from organisations.roles import Action

from .. import selectors, services
from ..access import CaseAccess, case_for
from ..errors import AlreadyClosed
from ..facts import check
from ..snapshots import facts_of
from ..states import Status
from .filing import step_of
from .sections import case_context
from .steps import CHANGES, Answers, Step, rows_changed
from .words import label_of, plain_words


def version_in(data: QueryDict) -> int:
    """The version the reader started from; 0, which never was one, when somebody made it up."""
    said = data.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def chosen(step: Step, mine: dict[str, Any], theirs: dict[str, Any], data: QueryDict) -> dict[str, Any]:
    """The facts after a choice between two versions: mine, except where theirs was taken."""
    return {name: theirs[name] if data.get(f"choose-{name}") == "theirs" else mine[name] for name in step.names}


def without_numbers(value: Any) -> Any:
    """A fact without the numbers of its rows."""
    if isinstance(value, list):
        return [{name: inner for name, inner in row.items() if name != "id"} for row in value]
    return value


def conflict_of(case: CaseAccess, step: Step, mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Both versions, field by field, with who saved the other one and when."""
    other = selectors.last_change(case.incident)
    who = User.objects.filter(pk=other.actor_id).first() if other else None
    # Both as they would be stored, so that only what differs is shown.
    own, stored = check(mine), check({name: theirs[name] for name in step.names})
    rows = [
        {
            "name": name,
            "label": label_of(name),
            "mine": plain_words(name, own[name]),
            "theirs": plain_words(name, stored[name]),
        }
        for name in step.names
        if without_numbers(own[name]) != without_numbers(stored[name])
    ]
    return {"who": who, "when": other.recorded_at if other else case.incident.changed_at, "rows": rows}


def save_or_compare(
    actor: Actor, case: CaseAccess, step: Step, mine: dict[str, Any], version: int, mark_reason: str
) -> dict[str, Any] | None:
    """Saves, or tells what to choose between when somebody saved first; None when all is well."""
    try:
        services.edit_incident(
            actor=actor, reference=case.incident.reference, version=version, facts=mine, mark_reason=mark_reason
        )
    except StaleVersion as stale:
        conflict = {**conflict_of(case, step, mine, stale.theirs), "version": stale.version}
        # Where both say the same there is nothing to choose, and nothing to save.
        return conflict if conflict["rows"] else None
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def incident_change(request: HttpRequest, reference: str, step: str) -> HttpResponse:
    """One group of facts, ready to type."""
    actor = actor_of(request)
    asked = next(each for each in CHANGES if each.slug == step_of(step).slug)
    case = case_for(actor, reference, Action.EDIT)
    if case.incident.status == Status.CLOSED:
        raise AlreadyClosed
    stored = facts_of(case.incident)
    version, status = case.incident.version, 200
    conflict: dict[str, Any] | None = None
    if request.method != "POST":
        answers = Answers(asked, facts=stored)
    elif (changed := rows_changed(asked, request.POST)) is not None:
        answers, version = Answers(asked, data=changed).quiet(), version_in(request.POST)
    else:
        answers, version, status = Answers(asked, data=request.POST), version_in(request.POST), 422
        if answers.is_valid():
            mine = chosen(asked, answers.facts(), stored, request.POST)
            try:
                why = str(answers.form.cleaned_data.get("mark_reason") or "")
                conflict = save_or_compare(actor, case, asked, mine, version, why)
            except Invalid as error:
                show_invalid(answers.form, error)
            else:
                if conflict is None:
                    messages.success(request, _("The change was saved."))
                    return see_other("incident", reference)
                version, status = conflict["version"], 409
    context = case_context(
        request, case, "incident", step=asked, answers=answers, form=answers.form, version=version, conflict=conflict,
        page_has_errors=answers.has_errors,
    )  # fmt: skip
    return render(request, "incidents/change.html", context, status=status)
