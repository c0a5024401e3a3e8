"""Pages of duty: the house's own rota and its calls, somebody else's duty contact, and a mailbox that acknowledges."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid, NotFound
from core.http import see_other, show_invalid
from organisations.actors import acting
from organisations.doors import actor_of
from organisations.roles import Action

from .. import rota, services
from ..models import DutyStep
from .duty_forms import CallForm, ContactForm


@require_safe
def duty(request: HttpRequest) -> HttpResponse:
    """Who is on duty now, the whole rota, and what became of each call."""
    actor = actor_of(request)
    context = {
        "organisation": actor.organisation, "now": rota.on_duty(actor.organisation), "minutes": settings.DUTY_PASS_MINUTES,
        "contacts": [{"contact": each, "days": rota.days_in_words(each)} for each in rota.contacts_of(actor)],
        "calls": rota.calls_of(actor), "may_manage": actor.may(Action.MANAGE_ORGANISATION),
    }  # fmt: skip
    return render(request, "notifications/duty.html", context)


def _contact_page(request: HttpRequest, form: ContactForm, title: str, button: str) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "zones": form.zones}
    return render(request, "notifications/duty_contact.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_new(request: HttpRequest) -> HttpResponse:
    """An administrator puts somebody on the rota."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    form = ContactForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = services.add_contact(actor=actor, facts=form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("%(name)s is on the rota.") % {"name": contact})
            return see_other("duty")
    return _contact_page(request, form, _("A new duty contact"), _("Put on the rota"))


@require_http_methods(["GET", "HEAD", "POST"])
def duty_change(request: HttpRequest, contact_id: int) -> HttpResponse:
    """An administrator changes a contact."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    contact = rota.contact_of(actor, contact_id)
    initial = ContactForm.initial_of(contact)
    form = ContactForm(actor, request.POST) if request.method == "POST" else ContactForm(actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_contact(actor=actor, contact_id=contact_id, facts=form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("Saved."))
            return see_other("duty")
    return _contact_page(request, form, _("Change a duty contact"), _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def duty_end(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Asks before a contact is taken off the rota."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    contact = rota.contact_of(actor, contact_id)
    if request.method == "POST":
        services.end_contact(actor=actor, contact_id=contact_id)
        messages.success(request, _("%(name)s is off the rota.") % {"name": contact})
        return see_other("duty")
    return render(request, "notifications/duty_end.html", {"contact": contact})


@require_POST
def duty_test(request: HttpRequest) -> HttpResponse:
    """Sends a test round the rota."""
    services.try_rota(actor=actor_of(request))
    messages.success(request, _("A test was sent to the first contact on duty. Its steps stand under “Calls”."))
    return see_other("duty")


@require_http_methods(["GET", "HEAD", "POST"])
def duty_of(request: HttpRequest, slug: str) -> HttpResponse:
    """Another organisation's duty contact at this moment, and calling it."""
    actor = actor_of(request)
    house = rota.house(actor, slug)
    form = CallForm(request.POST or None, initial={"reference": request.GET.get("case", "")[:30]})
    if request.method == "POST" and form.is_valid():
        try:
            services.call_duty(actor=actor, slug=slug, reference=form.cleaned_data["reference"])
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The duty contact was called. Below you see who acknowledges."))
            return see_other("duty-of", slug)
    context: dict[str, Any] = {
        "house": house, "now": rota.on_duty(house), "asked": rota.asked_of(house), "form": form,
        "minutes": settings.DUTY_PASS_MINUTES, "own": house.pk == actor.organisation.pk,
    }  # fmt: skip
    return render(request, "notifications/duty_of.html", context, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def duty_answer(request: HttpRequest, token: str) -> HttpResponse:
    """A mailbox acknowledges: whoever has the link may. Looking at the link changes nothing; mail scanners look at links."""
    if request.method == "POST":
        services.answer_for_mailbox(token=token)
        return see_other("duty-answer", token)
    found = services.step_behind(token)
    if found is None:
        raise NotFound
    system, step_id = found
    with acting(system):
        step = DutyStep.objects.select_related("call__acknowledged_step").get(pk=step_id)
    context = {"call": step.call, "reference": step.call.given["reference"], "organisation": system.organisation}
    return render(request, "notifications/duty_answer.html", context)
