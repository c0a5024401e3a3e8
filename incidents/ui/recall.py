"""Shares of evidence with organisations whose accreditation lapsed: what to recall (AT-09)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import NotFound
from core.http import see_other
from organisations.doors import actor_of

from .. import recall
from ..sight import grade_of


@require_safe
def share_recall(request: HttpRequest) -> HttpResponse:
    """Every share of evidence one's organisation has given to one that is not accredited now."""
    listed = recall.lapsed_shares(actor_of(request))
    rows = [{"lapsed": each, "grade": grade_of(each.grant).label} for each in listed]
    return render(request, "incidents/recall.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def share_recall_all(request: HttpRequest, house: str) -> HttpResponse:
    """Asks before all of them with one organisation are ended."""
    actor = actor_of(request)
    listed = [
        each
        for each in recall.lapsed_shares(actor, recall.AT_ONCE)
        if each.organisation.slug == house and not each.hidden
    ]
    if not listed:
        raise NotFound(house)
    organisation = listed[0].organisation
    if request.method == "POST":
        ended = recall.recall_shares(actor=actor, organisation=organisation)
        messages.success(request, ngettext("%(n)d share was ended.", "%(n)d shares were ended.", ended) % {"n": ended})
        return see_other("share-recall")
    context = {"organisation": organisation, "count": len(listed), "title": _("End every share of evidence?")}
    return render(request, "incidents/recall_all.html", context)
