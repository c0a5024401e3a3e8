"""Pages of saved searches."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.http import see_other
from organisations.doors import actor_of

from .. import searching
from ..selectors import Wanted
from .forms import IncidentFilter


@require_safe
def searches(request: HttpRequest) -> HttpResponse:
    """What one watches by its filters."""
    here = reverse("incident-list")
    rows = [
        {"search": each, "url": f"{here}?{urlencode(searching.query_of(each))}"}
        for each in searching.searches_of(actor_of(request))
    ]
    return render(request, "incidents/searches.html", {"rows": rows})


@require_http_methods(["POST"])
def search_save(request: HttpRequest) -> HttpResponse:
    """Watches the list one is looking at; a name that will not do leads back to it, with what was asked."""
    actor = actor_of(request)
    form = IncidentFilter(request.POST)
    chosen = form.chosen()
    wanted = Wanted(chosen.get("q", ""), chosen.get("sector", ""), chosen.get("country", ""), chosen.get("status", ""))
    try:
        made = searching.save_search(actor=actor, name=request.POST.get("name", ""), wanted=wanted)
    except Invalid as error:
        messages.error(request, " ".join(str(text) for texts in error.fields.values() for text in texts))
        return see_other(f"{reverse('incident-list')}?{urlencode(chosen)}")
    messages.success(
        request, _("You watch “%(name)s”. New matches arrive in your inbox under Watching.") % {"name": made}
    )
    return see_other("searches")


@require_POST
def search_drop(request: HttpRequest, search_id: int) -> HttpResponse:
    """Stops watching a search."""
    searching.drop_search(actor=actor_of(request), search_id=search_id)
    messages.success(request, _("You do not watch this search any more."))
    return see_other("searches")
