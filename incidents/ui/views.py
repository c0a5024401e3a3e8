"""The list of cases, the search, and the first page of a case: parse, call, render."""

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.http import see_other
from notifications.selectors import is_watching
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import errors, selectors, services
from ..access import case_for, grades_on
from ..labels import labels_of
from ..models import Incident
from ..snapshots import facts_of
from ..statements import statement_kinds
from ..states import Status
from .forms import IncidentFilter, blank_filter
from .sections import case_context, notices_for
from .words import change_address, fact_rows


def label_words(actor: Actor, number: str) -> str:
    """The label one's list is narrowed by; its number alone when it is none of one's own."""
    name = next((str(label) for label in labels_of(actor) if str(label.pk) == number), number)
    return _("Label: %(name)s") % {"name": name}


def list_context(request: HttpRequest, actor: Actor, here: str) -> dict[str, Any]:
    """A page of cases by the filters in the address, and the ways to other pages."""
    form = IncidentFilter(request.GET) if request.GET else None
    filters = form.chosen() if form else {}
    wanted = selectors.Wanted(
        filters.get("q", ""), filters.get("sector", ""), filters.get("country", ""), filters.get("status", ""),
        filters.get("label", ""),
    )  # fmt: skip
    cursor = request.GET.get("cursor", "")
    page = selectors.incident_page(actor, wanted, cursor, with_victims=False)
    context = {
        "form": form,
        "filters": form or blank_filter(),
        "asked": filters,
        "page": page,
        "wanted": wanted,
        "may_file": actor.may(Action.FILE),
        "chips": [
            {
                "label": label_words(actor, value) if name == "label" else form.words_for(name, value),
                "url": f"{here}?{urlencode({other: kept for other, kept in filters.items() if other != name})}",
            }
            for name, value in filters.items()
            if form
        ],
        "clear_url": here,
        "first_url": f"{here}?{urlencode(filters)}" if cursor else "",
        "next_url": f"{here}?{urlencode({**filters, 'cursor': page.next})}" if page.next else "",
    }
    if not filters and page.incidents:
        count = selectors.count_visible()
        words = ngettext("%(n)d incident", "%(n)d incidents", count) % {"n": count}
        context["shown"] = _("1,000+ incidents") if count > selectors.CAP else words
    return context


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """Cases in the reader's world, newest first, 25 a page, by filters in the address."""
    return render(request, "incidents/list.html", list_context(request, actor_of(request), reverse("incident-list")))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Words find cases; an exact reference leads straight there, if the reader may know of it."""
    actor = actor_of(request)
    words = request.GET.get("q", "").strip()
    if re.fullmatch(r"INC-[0-9]{4}-[0-9]{6,9}", words, flags=re.IGNORECASE):
        found = Incident.objects.filter(reference=words.upper()).only("reference").first()
        if found is not None and grades_on(actor, found.pk):
            return see_other("incident", found.reference)
    context = list_context(request, actor, reverse("search"))
    return render(request, "incidents/search.html", {**context, "words": words[:200]})


@require_safe
def incident_summary(request: HttpRequest, reference: str) -> HttpResponse:
    """The first page of a case: what is known, what was said, what belongs to it."""
    actor = actor_of(request)
    case = case_for(actor, reference)
    incident = case.incident
    may_edit = case.may(Action.EDIT)
    statements = incident.statements.order_by("-said_at", "-pk")
    timeline = incident.timelineentrys.order_by("-at", "-pk")
    links = [
        {"other": link.other if link.incident_id == incident.pk else link.incident, "kind": link.get_kind_display()}
        for link in selectors.linked_to(incident)
    ]
    context = case_context(
        request, case, "incident", facts=fact_rows(case, facts_of(incident)), statements=statements, timeline=timeline, links=links,
        may_edit=may_edit, may_close=case.may(Action.CLOSE), watching=is_watching(actor, incident.pk), watch_url=reverse("incident-watch", args=[reference]), kinds=[(code, _(name)) for code, name in statement_kinds()], what_url=change_address(case, "what"), who_url=change_address(case, "who"),
        notices=notices_for(request, case),
    )  # fmt: skip
    return render(request, "incidents/incident.html", context)


def _move(request: HttpRequest, reference: str, *, closing: bool) -> HttpResponse:
    """Asks before a case is closed or opened again."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.CLOSE)
    if closing == (case.incident.status == Status.CLOSED):
        raise errors.AlreadyClosed if closing else errors.NotClosed
    if request.method == "POST":
        if closing:
            services.close_incident(actor=actor, reference=reference)
            messages.success(request, _("The case is closed. It stays readable, and can be opened again."))
        else:
            services.reopen_incident(actor=actor, reference=reference)
            messages.success(request, _("The case is open again."))
        return see_other("incident", reference)
    return render(request, "incidents/move.html", case_context(request, case, "incident", closing=closing))


@require_http_methods(["GET", "HEAD", "POST"])
def incident_close(request: HttpRequest, reference: str) -> HttpResponse:
    """Closing a case."""
    return _move(request, reference, closing=True)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Opening a closed case again."""
    return _move(request, reference, closing=False)
