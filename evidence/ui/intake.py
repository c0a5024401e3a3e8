"""Giving evidence in and describing it better."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.errors import Invalid, StaleVersion
from core.http import see_other, show_invalid
from core.marks import strictest
from incidents.access import CaseAccess, case_for
from incidents.ui.sections import case_context
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services, standard
from ..access import item_for, must_be_open, must_stand, own_item_for
from ..errors import ItemSealed
from ..models import EvidenceItem
from ..snapshots import facts_of
from ..uploads import Upload
from ..words import current
from . import files
from .forms import FileForm, KindForm, TranslationForm, initial_of, item_form_for
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

    def made(*bound: Any, **more: Any) -> Any:
        form = form_class(*bound, incident=case.incident, content=content, **more)
        files.offer(form, actor, case.incident)
        return form

    if request.method != "POST":
        form = made(initial={"mark": case.incident.mark, "pap": case.incident.pap, "several": files.ONE})
    else:
        form, error = made(request.POST, request.FILES), Invalid({})
        if form.is_valid():
            try:
                items = give_in(actor, reference, form)
            except Invalid as refused:
                error = refused
            else:
                messages.success(request, added(items))
                return (
                    see_other("evidence-item", reference, items[0].label)
                    if len(items) == 1
                    else see_other(SECTION, reference)
                )
        form = come_back(made, actor, reference, request, error)
    kind_name = _(dict(standard.item_kinds(content))[kind])
    context = case_context(request, case, SECTION, form=form, kind_name=kind_name)
    return render(request, "evidence/new.html", context, status=422 if request.method == "POST" else 200)


def give_in(actor: Actor, reference: str, form: Any) -> list[EvidenceItem]:
    """One item with all the files, or one for each."""
    named: dict[str, Any] = {
        "actor": actor, "reference": reference, "facts": form.facts(), "uploads": files.given_files(form),
        "pending": files.pending_ids(form),
    }  # fmt: skip
    if form.cleaned_data.get("several") == files.EACH and len(named["uploads"]) + len(named["pending"]) > 1:
        return services.add_item_each(**named)
    return [services.add_item(**named)]


def added(items: list[EvidenceItem]) -> str:
    """What was done, in a sentence."""
    if len(items) == 1:
        return _("%(label)s was added.") % {"label": items[0].label}
    return _("%(first)s to %(last)s were added.") % {"first": items[0].label, "last": items[-1].label}


def come_back(made: Callable[..., Any], actor: Actor, reference: str, request: HttpRequest, error: Invalid) -> Any:
    """The form with everything that was typed, and with its files kept: nothing is sent twice."""
    kept, lost = files.keep_files(actor, reference, request)
    data = request.POST.copy()
    data.setlist("uploads", [*data.getlist("uploads"), *kept])
    form = made(data)
    form.is_valid()
    if hasattr(form, "show"):
        form.show(error)
        error = Invalid({name: texts for name, texts in error.fields.items() if name == "file"})
        files.show_again(form, Invalid({}), lost and not error.fields)
    else:
        files.show_again(form, error, lost)
    return form


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_file_add(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """More files of an item; the ones it has stay untouched."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)

    def made(*bound: Any) -> FileForm:
        form = FileForm(*bound)
        files.offer(form, actor, case.incident)
        return form

    form = made(request.POST, request.FILES) if request.method == "POST" else made()
    if request.method == "POST":
        error = Invalid({})
        if form.is_valid():
            try:
                stored = services.add_files(
                    actor=actor, reference=reference, label=number, uploads=files.given_files(form),
                    pending=files.pending_ids(form),
                )  # fmt: skip
            except Invalid as refused:
                error = refused
            else:
                done = ngettext("The file was stored.", "%(count)d files were stored.", len(stored))
                messages.success(request, done % {"count": len(stored)})
                return see_other("evidence-item", reference, number)
        form = come_back(made, actor, reference, request, error)
    return page(request, case, item, form, "file", status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_translate(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """A translation, as an item of its own; the original stays untouched."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.ADD_EVIDENCE)
    must_be_open(case)
    must_stand(item)
    if item.sealed:
        raise ItemSealed
    form = TranslationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.add_translation(
                actor=actor, reference=reference, label=number, language=given["language"], translator=given["translator"],
                method=given["method"], upload=Upload.of(given["file"]) if given["file"] is not None else None,
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("%(label)s was added.") % {"label": made.label})
            return see_other("evidence-item", reference, made.label)
    return page(request, case, item, form, "translate", status=422 if request.method == "POST" else 200)


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
