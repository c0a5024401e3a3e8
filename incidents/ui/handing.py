"""Who is in charge, and handing a case over (SHR-2)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accreditation.errors import NotAccredited
from core.errors import DomainError, Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.models import Organisation, User
from organisations.querysets import directory
from organisations.roles import Action, Grade

from .. import errors, handing
from ..access import case_for
from ..models import Incident
from .fact_forms import set_choices
from .sections import case_context
from .sharing import grade_choices


class ChargeForm(Form):
    """Who is in charge."""

    person = forms.ChoiceField(label=_("Who is in charge?"), required=False)
    mark_optional = False

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["person"], [("", _("Nobody")), *((str(each.pk), str(each)) for each in people)])


class OfferForm(Form):
    """To whom a case is offered, why, and what one keeps."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choose an organisation"),
        help_text=_("One that sees the case already, and is accredited."),
    )  # fmt: skip
    keeps = forms.ChoiceField(label=_("What does your organisation keep?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why is it handed over?"), max_length=300, help_text=_("Both sides will read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"keeps": str(Grade.OVERSEE.value)})
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = directory().exclude(pk=incident.holder_id)  # type: ignore[attr-defined]
        set_choices(self.fields["keeps"], grade_choices(handing.KEEPS))


class AnswerForm(Form):
    """What the organisation says to an offer."""

    answer = forms.CharField(
        label=_("Why not?"), required=False, max_length=300, help_text=_("Only when you decline."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def in_charge(request: HttpRequest, reference: str) -> HttpResponse:
    """Hands the case to a person of the house."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    people = handing.leaders_of(actor.organisation) if actor.organisation.pk == case.incident.holder_id else []
    initial = {"person": str(case.incident.in_charge_id or "")}
    form = ChargeForm(request.POST if request.method == "POST" else None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["person"]
        handing.put_in_charge(actor=actor, reference=reference, person_id=int(chosen) if chosen else None)
        messages.success(request, gettext("It was recorded who is in charge."))
        return see_other("incident-grants", reference)
    context = case_context(request, case, "incident-grants", form=form)
    return render(request, "incidents/in_charge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Offers the case to another organisation."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    form, status = OfferForm(request.POST or None, incident=case.incident), 422
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            handing.offer_case(
                actor=actor, reference=reference, organisation=given["organisation"], reason=given["reason"],
                keeps=int(given["keeps"]),
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        except (NotAccredited, errors.MustSeeFirst) as error:
            form.add_error("organisation", error.message)
            status = error.status
        else:
            messages.success(
                request, gettext("The case is offered to %(organisation)s.") % {"organisation": given["organisation"]}
            )
            return see_other("incident-grants", reference)
    context = case_context(request, case, "incident-grants", form=form)
    return render(request, "incidents/hand_over_new.html", context, status=status if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_answer(request: HttpRequest, reference: str, offer_id: int) -> HttpResponse:
    """An offer of this case: taken, declined or withdrawn."""
    actor = actor_of(request)
    offer = handing.offer_for(actor, reference, offer_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = request.POST.get("act", "")
        if act == "take":
            handing.take_over_case(actor=actor, reference=reference, offer_id=offer_id)
            messages.success(request, gettext("Your organisation holds this case now."))
        elif act == "decline":
            handing.decline_case(
                actor=actor, reference=reference, offer_id=offer_id, answer=form.cleaned_data["answer"]
            )
            messages.success(request, gettext("The offer was declined."))
        elif act == "withdraw":
            handing.withdraw_offer(actor=actor, reference=reference, offer_id=offer_id)
            messages.success(request, gettext("The offer was withdrawn."))
        else:
            raise DomainError(gettext("Choose what to do with the offer."))
        return see_other("incident", reference)
    case = case_for(actor, reference)
    context = {
        "offer": offer, "form": form, "keeps": Grade(offer.keeps).label,
        "theirs": actor.organisation.pk == offer.to_organisation_id, "is_open": offer.state == "offered",
    }  # fmt: skip
    page = case_context(request, case, "incident-grants", **context)
    return render(request, "incidents/hand_over.html", page, status=422 if form.errors else 200)
