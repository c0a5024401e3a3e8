"""How an organisation's members sign in: what its administrators decide."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.forms import Form
from core.http import see_other
from organisations.doors import actor_of

from .. import services
from ..factors import has_second_factor


class SecondFactorForm(Form):
    """Whether members need a second factor."""

    mark_optional = False
    required = forms.BooleanField(label=gettext_lazy("Members need a second factor"), required=False)


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """What is decided, and what can be."""
    actor = actor_of(request)
    services.require_administrator(actor)
    context = {
        "actor": actor,
        "form": SecondFactorForm(initial={"required": actor.organisation.second_factor_required}),
        "i_have_one": has_second_factor(actor.user),
    }
    return render(request, "signin/organisation.html", context)


@require_POST
def second_factor(request: HttpRequest) -> HttpResponse:
    """An administrator decides."""
    form = SecondFactorForm(request.POST)
    form.is_valid()
    house = services.require_second_factor(actor=actor_of(request), required=form.cleaned_data["required"])
    if house.second_factor_required:
        messages.success(
            request, _("From their next request on, members without a second factor are led to set one up.")
        )
    else:
        messages.success(request, _("Members may work without a second factor."))
    return see_other("organisation-signin")
