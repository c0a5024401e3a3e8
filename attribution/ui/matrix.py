"""The board of competing hypotheses: rating, the group's view, comparing, what one loss changes, and trying out."""

import csv
import io
from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core import clock, naming
from core.errors import Invalid, NotFound
from core.http import see_other
from core.marks import Way
from core.naming import written_for_all
from incidents.access import CaseAccess, case_for
from incidents.marks import must_be_cleared, not_cleared
from incidents.models import Incident
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.models import User
from organisations.roles import Action

from .. import boards, norms, services
from ..models import Hypothesis
from ..rules import Removal
from ..services.matrix import rates_sealed
from .forms import ConfirmForm
from .pages import page

CSV_TYPE = "text/csv; charset=utf-8"
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cells_in(posted: Any) -> dict[str, dict[str, str]]:
    """The cells of a sent matrix: fields named `E-1.H2`."""
    cells: dict[str, dict[str, str]] = {}
    for name, value in posted.items():
        item, dot, hypothesis = name.partition(".")
        if dot and item.startswith("E-"):
            cells.setdefault(item, {})[hypothesis] = value
    return cells


def leg_asked(incident: Incident, asked: str) -> str:
    """The leg to show: the one asked for, else the first that has hypotheses."""
    codes = list(norms.standard_of(norms.version_in_force()).legs)
    if asked in codes:
        return asked
    used = set(Hypothesis.objects.filter(incident=incident).values_list("leg", flat=True))
    return next((code for code in codes if code in used), "operator")


def options(ratings: norms.Choices) -> dict[str, SafeString]:
    """What a cell offers, with each code chosen: put together once, not once a cell."""
    codes = ["", *(code for code, _words in ratings)]
    return {
        chosen: format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((code, " selected" if code == chosen else "", code) for code in codes),
        )
        for chosen in codes
    }  # fmt: skip


def problem_lines(error: Invalid) -> list[str]:
    """A rule's sentences with the cell each is about."""
    return [f"{field}: {text}" for field, texts in error.details.items() for text in texts]


class Asked:
    """What the address asks to see."""

    def __init__(self, query: QueryDict, incident: Incident, reader: User) -> None:
        self.leg = leg_asked(incident, query.get("leg", ""))
        self.view = query.get("view", "own") if query.get("view") in boards.VIEWS else "own"
        self.sort = query.get("sort", "separates") if query.get("sort") in boards.SORTS else "separates"
        self.weak = query.get("weak") != "no"
        self.others = boards.assessors_of(incident, self.leg, reader) if self.view == "compare" else []
        chosen = next((row for row in self.others if str(naming.key_of(row.pk)) == query.get("with")), None)
        self.other = chosen or next(iter(self.others), None)

    @cached_property
    def query(self) -> str:
        """The same view again."""
        found = QueryDict(mutable=True)
        found.update({"leg": self.leg, "view": self.view, "sort": self.sort, "weak": "yes" if self.weak else "no"})
        if self.other is not None:
            found["with"] = str(naming.key_of(self.other.pk))
        return found.urlencode()

    def read(self, incident: Incident, reader: User) -> boards.BoardShown:
        """The board as it was asked for."""
        return boards.read_board(
            incident, self.leg, reader, view=self.view, other=self.other.pk if self.other else None, sort=self.sort,
            weak=self.weak,
        )  # fmt: skip


def saved(actor: Actor, reference: str, posted: Any) -> tuple[int, list[str]]:
    """How many ratings changed, or what was wrong with them."""
    try:
        return services.rate_evidence(actor=actor, reference=reference, ratings=cells_in(posted)), []
    except Invalid as error:
        return 0, problem_lines(error)


def told(request: HttpRequest, changed: int) -> None:
    """Says what was saved."""
    words = ngettext("%(count)d rating was saved.", "%(count)d ratings were saved.", changed)
    messages.success(request, words % {"count": changed} if changed else _("Nothing was changed."))


@require_http_methods(["GET", "HEAD", "POST"])
def matrix(request: HttpRequest, reference: str) -> HttpResponse:
    """The board of a leg. One cell sent by the page itself is answered with what it changes; a whole form with the page."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_ATTRIBUTION)
    asked = Asked(request.GET, case.incident, actor.user)
    status, errors = 200, list[str]()
    if request.method == "POST":
        changed, errors = saved(actor, reference, request.POST)
        if not errors and request.headers.get("HX-Request"):
            return changed_cell(request, case, asked, actor)
        if not errors:
            told(request, changed)
            return see_other(f"{reverse('attribution-matrix', args=[reference])}?{asked.query}")
        status = 422
    return page(request, case, "matrix", status=status, errors=errors, **board_context(case, asked, actor))


def changed_cell(request: HttpRequest, case: CaseAccess, asked: Asked, actor: Actor) -> HttpResponse:
    """After one cell was saved: whether its row separates now, and the new sums. The selects themselves stay as they are."""
    shown = asked.read(case.incident, actor.user)
    touched = next(iter(cells_in(request.POST)), "")
    row = next((row for row in shown.rows if row.item.label == touched), None)
    return render(request, "attribution/_cell_saved.html", {"row": row, "shown": shown})


def board_context(case: CaseAccess, asked: Asked, actor: Actor) -> dict[str, Any]:
    """What the page is drawn from."""
    version = norms.version_in_force()
    ratings = norms.named("ratings", version)
    names = dict(norms.named("legs", version))
    used = set(Hypothesis.objects.filter(incident=case.incident).values_list("leg", flat=True))
    shown, offered = asked.read(case.incident, actor.user), options(ratings)
    removals = boards.sensitivity_of(case.incident, asked.leg) if asked.view == "sensitivity" else ()
    return {
        "shown": shown, "asked": asked, "ratings": ratings, "form": ConfirmForm(),
        "rows": [(row, [(cell, offered[cell.own]) for cell in row.cells]) for row in shown.rows],
        "legs": [(code, name) for code, name in names.items() if code in used or code == asked.leg],
        "leg_name": names[asked.leg], "leg_asks": norms.questions(version)[asked.leg],
        "may_rate": case.may(Action.ANALYSE) and case.incident.status == "open",
        "may_add": case.may(Action.ADD_EVIDENCE),
        "sealed": rates_sealed(case.incident, actor),
        "removals": removal_lines(removals, shown.hypotheses), "fragile": any(row.changes_lead for row in removals),
    }  # fmt: skip


def removal_lines(removals: tuple[Removal, ...], hypotheses: tuple[Hypothesis, ...]) -> list[dict[str, Any]]:
    """Each single loss in words: what is taken away, who would lead, and whether that is another than now."""
    names = {row.label: f"{row.label} {row.name}" for row in hypotheses}
    classes = dict(norms.named("evidence_classes"))
    kinds = {"item": _("Item"), "origin": _("Origin"), "class": _("Class of evidence")}
    return [
        {
            "kind": kinds[row.kind],
            "key": classes.get(row.key, row.key) if row.kind == "class" else row.key,
            "items": row.items,
            "leaders": [names[key] for key in row.board.leaders],
            "changes": row.changes_lead,
            "scores": [row.board.scores[each.label] for each in hypotheses],
        }
        for row in removals
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def matrix_item(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """One item at a time with a set of choices for each hypothesis: for a phone, and for whoever prefers it."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_ATTRIBUTION)
    asked = Asked(request.GET, case.incident, actor.user)
    shown = boards.read_board(case.incident, asked.leg, actor.user, sort="number")
    place = next((at for at, row in enumerate(shown.rows) if row.item.label == number), None)
    if place is None:
        raise NotFound(number)
    before = shown.rows[place - 1].item if place else None
    after = shown.rows[place + 1].item if place + 1 < len(shown.rows) else None
    status, errors = 200, list[str]()
    if request.method == "POST":
        changed, errors = saved(actor, reference, request.POST)
        if not errors:
            told(request, changed)
            if after is not None:
                address = reverse("attribution-matrix-item", args=[reference, after.label])
            else:
                address = reverse("attribution-matrix", args=[reference])
            return see_other(f"{address}?leg={asked.leg}")
        status = 422
    return page(
        request, case, "matrix_item", status=status, errors=errors, row=shown.rows[place], before=before, after=after,
        asked=asked, ratings=[*norms.named("ratings"), ("", _("Blank"))], place=place + 1, of=len(shown.rows),
        form=ConfirmForm(), sealed=rates_sealed(case.incident, actor), leg_name=dict(norms.named("legs"))[asked.leg],
        may_rate=case.may(Action.ANALYSE) and case.incident.status == "open",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest, reference: str) -> HttpResponse:
    """A copy of the group's board to try things out on. Sending it computes; nothing is saved."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_ATTRIBUTION)
    leg = leg_asked(case.incident, request.GET.get("leg", ""))
    shown = boards.read_board(case.incident, leg, actor.user, view="group", sort="number")
    changed, without = cells_in(request.POST), request.POST.getlist("without")
    tried = None
    if request.method == "POST":
        differing = boards.differences(changed, shown)
        tried = boards.what_if(case.incident, leg, changed=differing, without=without)
    offered = options(norms.named("ratings"))
    return page(
        request, case, "what_if", shown=shown, leg=leg, tried=tried, without=without,
        leg_name=dict(norms.named("legs"))[leg], form=ConfirmForm(),
        rows=[
            (row, [(cell, offered.get(changed.get(row.item.label, {}).get(cell.name, cell.group or ""), offered[""]))
                   for cell in row.cells])
            for row in shown.rows
        ],
    )  # fmt: skip


@require_safe
def matrix_csv(request: HttpRequest, reference: str) -> HttpResponse:
    """The view as a table of one's own, with whose view it is, of when, and by which filter."""
    with written_for_all():  # it is made to be handed on
        return matrix_table(request, reference)


def matrix_table(request: HttpRequest, reference: str) -> HttpResponse:
    """The same, with names as everybody sees them."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_ATTRIBUTION)
    asked = Asked(request.GET, case.incident, actor.user)
    shown = asked.read(case.incident, actor.user)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    incident = case.incident
    must_be_cleared(actor, incident, [(incident.reference, incident.mark, incident.holder_id)], Way.TAKEN)
    marked = [(row.item.label, row.item.mark, row.item.organisation_id) for row in shown.rows]
    closed = {label for label, _mark in not_cleared(actor, incident, marked, Way.TAKEN)}
    for line in csv_lines(incident, asked, shown, str(actor.user), closed):
        writer.writerow([safe(value) for value in line])
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{reference}-{asked.leg}-{asked.view}.csv"'
    return answer


def csv_lines(
    incident: Incident, asked: Asked, shown: boards.BoardShown, reader: str, closed: Collection[str]
) -> list[list[str]]:
    """Head, one line an item, and the sums. What is `closed` to the reader keeps its title to itself (R2.12)."""
    views = {
        "own": _("My ratings"),
        "group": _("Group agreement"),
        "compare": _("Compare"),
        "sensitivity": _("Sensitivity"),
    }
    leg = dict(norms.named("legs"))[asked.leg]
    about = [
        [_("Case"), incident.reference], [_("Leg"), leg],
        [_("View"), str(views[asked.view]), str(asked.other or "")],
        [_("Weak grades"), _("shown") if asked.weak else _("left out")],
        [_("Read by"), reader, clock.now().strftime("%Y-%m-%dT%H:%MZ")],
        [],
    ]  # fmt: skip
    heads = [
        _("Evidence"),
        _("Title"),
        _("Class"),
        _("Grade"),
        *(f"{row.label} {row.name}" for row in shown.hypotheses),
        _("Separates?"),
    ]
    lines = [
        [row.item.label, _("Withheld") if row.item.label in closed else row.item.title, row.item.evidence_class, f"{row.item.reliability}{row.item.credibility}",
         *(cell_text(cell, asked.view) for cell in row.cells), "" if row.separates is None else str(row.separates)]
        for row in shown.rows
    ]  # fmt: skip
    sums = [
        _("Inconsistency (weighted)"),
        "",
        "",
        "",
        *(str(shown.board.scores[row.label]) for row in shown.hypotheses),
        "",
    ]
    return [*about, heads, *lines, sums]


def cell_text(cell: boards.Cell, view: str) -> str:
    """A cell as its view shows it."""
    if view == "own":
        return cell.own
    if view == "compare":
        return f"{cell.own or '–'} / {cell.other or '–'}"
    return " ".join(cell.all)


def safe(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
