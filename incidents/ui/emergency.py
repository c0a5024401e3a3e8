"""Opening a case in an emergency, without a grant (SHR-1)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.errors import Invalid, NotFound
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.roles import Action

from .. import emergency


class EmergencyForm(Form):
    """Which case, and why it cannot wait."""

    reference = forms.CharField(
        label=_("Reference of the case"), max_length=24, help_text=_("For example INC-2026-000042."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why can it not wait for a grant?"), max_length=280, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The holder is told at once. The reason stays on the case for ever."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def emergency_open(request: HttpRequest) -> HttpResponse:
    """For a duty officer of the secretariat."""
    actor = actor_of(request)
    actor.require(Action.OPEN_IN_EMERGENCY)
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"].strip().upper()
        try:
            opening = emergency.open_in_emergency(actor=actor, reference=reference, reason=form.cleaned_data["reason"])
        except Invalid as error:
            show_invalid(form, error)
        except NotFound:
            form.add_error("reference", _("There is no case with this reference."))
        else:
            messages.success(request, gettext("The case is open to you. Its holder has been told."))
            return see_other("incident", opening.incident.reference)
    context = {"form": form, "hours": emergency.HOURS}
    return render(request, "incidents/emergency.html", context, status=422 if form.errors else 200)
