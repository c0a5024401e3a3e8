"""Pages of the case: parse, call, render."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors
from ..access import case_for
from .forms import IncidentFilter
from .sections import case_context
from .words import fact_rows


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """Cases in the reader's world, newest first, 25 a page, by filters in the address."""
    actor = actor_of(request)
    form = IncidentFilter(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    wanted = selectors.Wanted(asked.get("q", ""), asked.get("sector", ""), "", asked.get("status", ""))
    page = selectors.incident_page(actor, wanted, request.GET.get("cursor", ""))
    filters = {name: value for name, value in asked.items() if value}
    here = reverse("incident-list")
    context = {
        "form": form,
        "page": page,
        "wanted": wanted,
        "may_file": actor.may(Action.FILE),
        "chips": [
            {"label": f"{form.fields[name].label}: {value}", "url": f"{here}?{urlencode({k: v for k, v in filters.items() if k != name})}"}
            for name, value in filters.items()
        ],
        "clear_url": here,
        "next_url": f"{here}?{urlencode({**filters, 'cursor': page.next})}" if page.next else "",
    }
    if not filters:
        count = selectors.count_visible()
        context["shown"] = _("1,000+ incidents") if count > selectors.CAP else ""
    return render(request, "incidents/list.html", context)


@require_safe
def incident_summary(request: HttpRequest, reference: str) -> HttpResponse:
    """The first page of a case: its facts in words."""
    case = case_for(actor_of(request), reference)
    return render(request, "incidents/incident.html", case_context(request, case, "incident", facts=fact_rows(case)))
