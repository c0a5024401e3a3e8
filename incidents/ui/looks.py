"""Who looked at a case, what was changed in it, and the same for the whole organisation; as pages, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.errors import Invalid
from core.forms import FilterForm
from core.http import show_invalid
from ledger.changes import Change
from ledger.models import Look
from ledger.verbs import VERBS
from organisations.actors import Actor, acting
from organisations.doors import actor_of
from organisations.models import Organisation, User
from organisations.roles import role_words

from .. import looks
from ..look_rows import look_rows, place_in, plain_rows
from ..looks import Asked
from .sections import SECTIONS, case_context

COLUMNS = (
    "at", "person", "organisation", "act", "door", "case", "what", "subject", "preview", "as_organisation", "as_person", "as_roles",
)  # fmt: skip
ANY = [("", gettext_lazy("Any"))]


class LooksFilter(FilterForm):
    """Which looks."""

    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    act = forms.ChoiceField(label=gettext_lazy("What was done"), required=False, choices=[*ANY, *Look.Act.choices])
    door = forms.ChoiceField(label=gettext_lazy("Through"), required=False, choices=[*ANY, *Look.Door.choices])
    organisation = forms.IntegerField(required=False, widget=forms.HiddenInput)
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)


class HouseFilter(LooksFilter):
    """Which looks of the organisation."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Looks"), required=False,
        choices=[("held", gettext_lazy("at our cases")), ("ours", gettext_lazy("by our people"))],
    )  # fmt: skip
    field_order = ["scope", "since", "until", "act", "door"]


def asked_in(request: HttpRequest, form: forms.Form) -> Asked:
    """The filters of the address; what cannot be stands beside its field and leaves everything out."""
    try:
        return looks.checked(request.GET)
    except Invalid as error:
        form.is_valid()
        show_invalid(form, error)
        return Asked()


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# The rooms of a case, by how the names of their addresses begin.
ROOMS = {
    "incident": "incident", "evidence": "evidence-list", "package": "evidence-list", "custody": "evidence-list",
    "received": "evidence-list", "attribution": "attribution", "finding": "attribution", "panel": "attribution",
    "opinion": "attribution", "hypothesis": "attribution", "contest": "attribution", "seat": "attribution", "board": "attribution",
    "measure": "escalation", "escalation": "escalation", "remediation": "remediation", "task": "remediation",
    "service": "remediation", "restoration": "remediation", "review": "review-list", "recommendation": "review-list",
    "grant": "incident-grants", "incident-changes": "incident-looks",
}  # fmt: skip


def room_words(what: str) -> str:
    """Which part of the case an address belongs to."""
    name = what.removeprefix("api-")
    section = ROOMS.get(name) or ROOMS.get(name.partition("-")[0], "")
    section = what if what in {name for name, _label, _action in SECTIONS} else section
    return next((str(label) for name, label, _action in SECTIONS if name == section), "")


def shown_rows(found: list[Look], house: int | None = None) -> list[dict[str, Any]]:
    """Looks in words, with the part of the case."""
    return [
        {**row, "room": room_words(row["what"]), "as_words": role_words(row["as_roles"])}
        for row in look_rows(found, house)
    ]


def safe_cell(text: str) -> str:
    """A spreadsheet runs what begins like a formula: such a text gets an apostrophe in front."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_csv(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """Lines of a table."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    yield line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([safe_cell(row[name]) for name in COLUMNS])
        yield line.getvalue()


def as_json(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """One array."""
    yield "["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"


def streamed(actor: Actor, read: Any, kind: str, name: str) -> StreamingHttpResponse:
    """The whole list, written while it is read."""

    def rows() -> Iterator[dict[str, str]]:
        for batch in looks.all_looks(actor, read):
            with acting(actor):
                said = plain_rows(batch, actor.organisation.pk)
            yield from said

    body = as_csv(rows()) if kind == "csv" else as_json(rows())
    media = "text/csv; charset=utf-8" if kind == "csv" else "application/json"
    return StreamingHttpResponse(
        body, content_type=media, headers={
            "Content-Disposition": f'attachment; filename="{name}.{kind}"', "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )  # fmt: skip


def page_links(request: HttpRequest, here: str, found: list[Look]) -> dict[str, str]:
    """Ways to the other pages, with the filters in use."""
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    links = {"first_url": f"{here}?{urlencode(kept)}" if request.GET.get("before") else ""}
    if len(found) > looks.PAGE:
        last = found[looks.PAGE - 1]
        links["next_url"] = f"{here}?{urlencode({**kept, 'before': f'{last.at.isoformat()},{last.pk}'})}"
    return links


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
def incident_looks(request: HttpRequest, reference: str) -> HttpResponse:
    """Who looked at this case, newest first."""
    case = looks.overseen(actor_of(request), reference)
    form = LooksFilter(request.GET or None)
    asked = asked_in(request, form)
    found = looks.looks_at(case.incident, asked, looks.PAGE + 1, place_in(request.GET.get("before", "")))
    here = reverse("incident-looks", args=[reference])
    context = case_context(
        request, case, "incident-looks", form=form, rows=shown_rows(found[: looks.PAGE]), filtered=bool(asked.said()),
        csv_url=f"{reverse('incident-looks-csv', args=[reference])}?{urlencode(asked.said())}",
        json_url=f"{reverse('incident-looks-json', args=[reference])}?{urlencode(asked.said())}",
        **page_links(request, here, found),
    )  # fmt: skip
    return render(request, "incidents/looks.html", context, status=422 if form.errors else 200)


def _incident_file(request: HttpRequest, reference: str, kind: str) -> HttpResponseBase:
    actor = actor_of(request)
    case = looks.overseen(actor, reference)
    asked = looks.checked(request.GET)
    looks.note_taken(actor, what="looks", asked=asked, case=case)
    incident = case.incident
    return streamed(
        actor, lambda limit, before: looks.looks_at(incident, asked, limit, before), kind, f"{reference}-looks"
    )


@require_safe
def incident_looks_csv(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The list as a table for a spreadsheet."""
    return _incident_file(request, reference, "csv")


@require_safe
def incident_looks_json(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The list for a program."""
    return _incident_file(request, reference, "json")


def value_words(value: Any) -> str:
    """A value as it was kept, short enough for a line."""
    if value is None or value == "":
        return ""
    text = str(value) if isinstance(value, str | Promise) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else f"{text[:400]}…"


def field_rows(model: type[models.Model] | None, fields: dict[str, list[Any]]) -> list[dict[str, str]]:
    """Old and new of each column, by its name and in its words for people."""
    known = {field.column: field for field in model._meta.concrete_fields} if model is not None else {}
    rows = []
    for column, (old, new) in sorted(fields.items()):
        field = known.get(column)
        words = dict(field.flatchoices) if field is not None else {}
        rows.append(
            {
                "name": capfirst(str(field.verbose_name)) if field is not None else column,
                "old": value_words(words.get(old, old) if isinstance(old, str | int) else old),
                "new": value_words(words.get(new, new) if isinstance(new, str | int) else new),
            }
        )
    return rows


def change_rows(changes: list[Change]) -> list[dict[str, Any]]:
    """Changes in words."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    users = User.objects.in_bulk({change.actor_id for change in changes if change.actor_id})
    houses = Organisation.objects.in_bulk({change.organisation_id for change in changes if change.organisation_id})
    verbs = looks.entries_of(changes)
    rows = []
    for change in changes:
        model = tables.get(change.table)
        rows.append(
            {
                "at": change.at,
                "person": users.get(change.actor_id or 0),
                "organisation": houses.get(change.organisation_id or 0),
                "what": capfirst(str(model._meta.verbose_name)) if model else change.table,
                "row": change.row_id,
                "verb": capfirst(str(VERBS.get(verbs.get(change.entry_id or 0, ""), ""))),
                "fields": None if change.fields is None else field_rows(model, change.fields),
            }
        )
    return rows


@require_safe
def incident_changes(request: HttpRequest, reference: str) -> HttpResponse:
    """What was changed in this case, from what to what, newest first."""
    case = looks.overseen(actor_of(request), reference)
    said = request.GET.get("before", "")
    before = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
    found = looks.changes_in(case.incident, looks.PAGE + 1, before)
    page = found[: looks.PAGE]
    here = reverse("incident-changes", args=[reference])
    context = case_context(
        request, case, "incident-looks", rows=change_rows(page), first_url=here if before else "",
        next_url=f"{here}?before={page[-1].id}" if len(found) > looks.PAGE else "",
    )  # fmt: skip
    return render(request, "incidents/changes.html", context)


def _house(request: HttpRequest) -> tuple[Actor, str, Asked, HouseFilter]:
    actor = actor_of(request)
    form = HouseFilter(request.GET or None)
    scope = request.GET.get("scope", "")
    return actor, scope if scope in looks.SCOPES else "held", asked_in(request, form), form


@require_safe
def organisation_audit(request: HttpRequest) -> HttpResponse:
    """Who looked at what the organisation holds, and what its people looked at elsewhere."""
    actor, scope, asked, form = _house(request)
    found = looks.looks_of_house(actor, scope, asked, looks.PAGE + 1, place_in(request.GET.get("before", "")))
    here = reverse("organisation-audit")
    kept = urlencode({"scope": scope, **asked.said()})
    context = {
        "form": form,
        "rows": shown_rows(found[: looks.PAGE], actor.organisation.pk),
        "days": looks.DAYS,
        "filtered": bool(request.GET),
        "csv_url": f"{reverse('organisation-audit-csv')}?{kept}",
        "json_url": f"{reverse('organisation-audit-json')}?{kept}",
        **page_links(request, here, found),
    }
    return render(request, "incidents/audit.html", context, status=422 if form.errors else 200)


def _house_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    actor = actor_of(request)
    scope = request.GET.get("scope", "")
    scope, asked = scope if scope in looks.SCOPES else "held", looks.checked(request.GET)
    looks.looks_of_house(actor, scope, asked, 1)  # refuses here, and not in the middle of a file
    looks.note_taken(actor, what=f"looks {scope}", asked=asked)
    return streamed(
        actor, lambda limit, before: looks.looks_of_house(actor, scope, asked, limit, before), kind, "looks"
    )


@require_safe
def organisation_audit_csv(request: HttpRequest) -> HttpResponseBase:
    """The list as a table for a spreadsheet."""
    return _house_file(request, "csv")


@require_safe
def organisation_audit_json(request: HttpRequest) -> HttpResponseBase:
    """The list for a program."""
    return _house_file(request, "json")
