"""Giving evidence in and describing it better."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import Invalid, StaleVersion
from core.http import see_other, show_invalid
from incidents.access import CaseAccess, case_for
from incidents.marks import strictest
from incidents.ui.sections import case_context
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services, standard
from ..access import must_be_open, must_stand, own_item_for
from ..models import EvidenceItem
from ..snapshots import facts_of
from ..uploads import Upload
from ..words import current
from .forms import FileForm, KindForm, initial_of, item_form_for
from .views import SECTION


def ask_kind(request: HttpRequest, case: CaseAccess) -> HttpResponse:
    """First question: the kind decides what else is asked."""
    form = KindForm(request.GET if "kind" in request.GET or "go" in request.GET else None, content=current())
    asked = form.is_bound and not form.is_valid()
    return render(
        request, "evidence/kind.html", case_context(request, case, SECTION, form=form), status=422 if asked else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_new(request: HttpRequest, reference: str) -> HttpResponse:
    """A new item with its file. Whatever is wrong, what was typed stays."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    content, kind = current(), request.GET.get("kind", "")
    if standard.kind_row(content, kind) is None:
        return ask_kind(request, case)
    form_class = item_form_for(content, kind)
    if request.method != "POST":
        form = form_class(incident=case.incident, content=content, initial={"mark": case.incident.mark})
    else:
        form = form_class(request.POST, request.FILES, incident=case.incident, content=content)
        if form.is_valid():
            given = form.cleaned_data.get("file")
            try:
                item = services.add_item(
                    actor=actor,
                    reference=reference,
                    facts=form.facts(),
                    upload=Upload.of(given) if given is not None else None,
                )
            except Invalid as error:
                form.show(error)
            else:
                messages.success(request, _("%(label)s was added.") % {"label": item.label})
                return see_other("evidence-item", reference, item.label)
        elif request.FILES:
            form.show(Invalid({}))
    kind_name = _(dict(standard.item_kinds(content))[kind])
    context = case_context(request, case, SECTION, form=form, kind_name=kind_name)
    return render(request, "evidence/new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_file_add(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """One more file of an item; the ones it has stay untouched."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_file(
                actor=actor, reference=reference, label=number, upload=Upload.of(form.cleaned_data["file"])
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The file was stored."))
            return see_other("evidence-item", reference, number)
    return page(request, case, item, form, "file", status=422 if request.method == "POST" else 200)


def page(
    request: HttpRequest, case: CaseAccess, item: EvidenceItem, form: Any, act: str, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of one act on an item."""
    context = case_context(request, case, SECTION, item=item, form=form, act=act, **more)
    context["tlp_mark"] = strictest(case.incident.mark, item.mark)
    return render(request, f"evidence/{act}.html", context, status=status)


def version_in(said: str) -> int:
    """The version the reader started from; 0, which never was one, when somebody made it up."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def conflict_of(form: Any, mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Both versions of what differs, by the form's own questions."""
    own, stored = initial_of({**theirs, **mine}), initial_of(theirs)
    rows = [
        {"name": name, "label": field.label, "mine": shown(own.get(name)), "theirs": shown(stored.get(name))}
        for name, field in form.fields.items()
        if (own.get(name) or "") != (stored.get(name) or "")
    ]
    return {"who": None, "when": None, "rows": rows}


def shown(value: Any) -> str:
    """An answer in words."""
    at = getattr(value, "at", None)
    return (
        (f"{at:%Y-%m-%d %H:%M} UTC" if at else "")
        if hasattr(value, "precision")
        else str(value if value is not None else "")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_edit(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """What is said of an item, ready to type. Who saves second sees both versions and loses nothing."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    must_stand(item)
    content, stored = current(), facts_of(item)
    form_class = item_form_for(content, item.kind, with_file=False)
    version, status, conflict = item.version, 200, None
    if request.method != "POST":
        form = form_class(incident=case.incident, content=content, initial=initial_of(stored))
    else:
        data = request.POST.copy()
        form = form_class(data, incident=case.incident, content=content)
        version, status = version_in(data.get("version", "")), 422
        if form.is_valid():
            mine = {**form.facts(), "details": {**stored["details"], **form.facts()["details"]}}
            mine = take_theirs(mine, stored, {name for name in form.fields if data.get(f"choose-{name}") == "theirs"})
            try:
                services.describe_item(actor=actor, reference=reference, label=number, version=version, facts=mine)
            except Invalid as error:
                form.show(error)
            except StaleVersion as stale:
                conflict, version, status = conflict_of(form, mine, stale.theirs), stale.version, 409
            else:
                messages.success(request, _("The change was saved."))
                return see_other("evidence-item", reference, number)
    return page(request, case, item, form, "edit", status=status, version=version, conflict=conflict)


def take_theirs(mine: dict[str, Any], theirs: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """My facts, except where the stored ones were chosen, by the form's own names."""
    chosen = {**mine, "details": dict(mine["details"]), "clock": dict(mine.get("clock", theirs["clock"]))}
    for name in names:
        if name.startswith("detail_"):
            code = name.removeprefix("detail_")
            chosen["details"][code] = theirs["details"].get(code, "")
        elif name.startswith("clock_"):
            part = name.removeprefix("clock_")
            chosen["clock"][part] = theirs["clock"][part]
        elif name in theirs:
            chosen[name] = theirs[name]
    return chosen
