"""Reading evidence: the list of a case and the page of an item."""

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.marks import strictest
from incidents.access import case_for
from incidents.ui.sections import case_context, notices_for
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors
from ..access import item_for
from .pages import item_page, row
from .work_rows import work_of

SECTION = "evidence-list"


@require_safe
def evidence_list(request: HttpRequest, reference: str) -> HttpResponse:
    """What the case's findings may rest on, newest first, 25 a page."""
    case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
    before = request.GET.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    items, following = selectors.item_rows(case.incident, start)
    here = reverse("evidence-list", args=[reference])
    context = case_context(
        request, case, SECTION,
        rows=[row(item) for item in items],
        may_add=case.may(Action.ADD_EVIDENCE) and case.incident.status == "open",
        first=start is None,
        notices=notices_for(request, case),
        previous_url=here if start is not None else "",
        next_url=f"{here}?before={following}" if following else "",
        shown=ngettext("%(count)d item on this page", "%(count)d items on this page", len(items)) % {"count": len(items)}
        if following or start is not None
        else "",
    )  # fmt: skip
    return render(request, "evidence/list.html", context)


@require_safe
def evidence_item(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """One item: what is said of it, its files and whether they match, its grade, lineage and custody. Nothing of its content."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number)
    prefetch_related_objects([item], selectors.files_with_stamps())  # asked for by several parts of the page, read once
    context = case_context(
        request, case, SECTION, **item_page(actor, case, item), **work_of(item, list(item.files.all()))
    )
    context["tlp_mark"] = strictest(case.incident.mark, item.mark)
    return render(request, "evidence/item.html", context)
