"""Watching a finding: on and off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.http import see_other
from notifications import services
from organisations.doors import actor_of

from ..access import finding_for


@require_POST
def finding_watch(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Watches the finding, or stops."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number)
    address = reverse("finding", args=[reference, number])
    if request.POST.get("watch") == "off":
        services.unwatch(actor=actor, root_id=case.incident.pk, subject=finding.label)
        messages.success(request, _("You do not watch this finding any more."))
    else:
        services.watch(actor=actor, root_id=case.incident.pk, reference=reference, subject=finding.label, url=address)
        messages.success(request, _("You watch this finding. Changes arrive in your inbox under Watching."))
    return see_other(address)
