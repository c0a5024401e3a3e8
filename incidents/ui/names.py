"""Pages of organisation-blind work: turning a case, looking behind a handle, and seeing who looked behind one's own."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Invalid, NotAllowed
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.roles import Action

from .. import hiding
from ..access import case_for
from .sections import case_context


class BlindForm(Form):
    """Hiding asks nothing; showing again asks for reasons."""

    reasons = forms.CharField(
        label=_("Why may names be shown again?"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody on the case will read it."),
    )  # fmt: skip


class LookForm(Form):
    """A look behind a handle."""

    reference = forms.CharField(label=_("Case"), widget=forms.TextInput(attrs={"dir": "ltr"}))
    handle = forms.CharField(label=_("Handle"), help_text=_("For example Organisation C or reviewer-c."))
    reason = forms.CharField(
        label=_("Why do you look this up?"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever it is reads it, with your name."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def incident_names(request: HttpRequest, reference: str) -> HttpResponse:
    """Whether names are hidden in the case, since when, and turning it."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.HIDE_NAMES)
    hidden = case.incident.blind
    form, status = BlindForm(request.POST if request.method == "POST" else None), 200
    if not hidden:
        del form.fields["reasons"]
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                hiding.set_blind(
                    actor=actor, reference=reference, hidden=not hidden, reasons=form.cleaned_data.get("reasons", "")
                )
            except Invalid as error:
                show_invalid(form, error)
            else:
                messages.success(
                    request, gettext("Names are shown again.") if hidden else gettext("Names are hidden from now on.")
                )
                return see_other("incident-names", reference)
    context = case_context(
        request, case, "incident-grants", form=form, hidden=hidden, changes=hiding.blindings_of(case.incident)
    )
    return render(request, "incidents/names.html", context, status=status)


@require_safe
def name_looks(request: HttpRequest) -> HttpResponse:
    """Who looked behind one's own handles; keepers see their own looks."""
    actor = actor_of(request)
    return render(
        request, "incidents/name_looks.html", {"looks": hiding.looks_at(actor), "keeper": hiding.may_look(actor)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def name_look(request: HttpRequest) -> HttpResponse:
    """Looking behind a handle: asked with a reason, answered once."""
    actor = actor_of(request)
    if not hiding.may_look(actor):
        raise NotAllowed(Action.LOOK_UP_NAMES)
    form, status = LookForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                found = hiding.look_up(actor=actor, **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            else:
                return render(request, "incidents/name_found.html", {"found": found})
    return render(request, "incidents/name_look.html", {"form": form}, status=status)
