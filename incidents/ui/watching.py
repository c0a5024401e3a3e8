"""Watching a case: on and off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.http import see_other
from notifications import services
from organisations.doors import actor_of

from ..access import case_for


@require_POST
def incident_watch(request: HttpRequest, reference: str) -> HttpResponse:
    """Watches the case, or stops."""
    actor = actor_of(request)
    incident = case_for(actor, reference).incident
    address = reverse("incident", args=[reference])
    if request.POST.get("watch") == "off":
        services.unwatch(actor=actor, root_id=incident.pk)
        messages.success(request, _("You do not watch this case any more."))
    else:
        services.watch(actor=actor, root_id=incident.pk, reference=reference, url=address)
        messages.success(request, _("You watch this case. Changes arrive in your inbox under Watching."))
    return see_other(address)
