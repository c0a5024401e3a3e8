"""The first page of the section, and the hypotheses."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowed
from core.http import see_other
from incidents.access import CaseAccess, case_for
from incidents.ui.sections import GUESTS
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..access import hypothesis_in
from ..words import legs_shown
from .forms import HypothesisForm, ReasonForm
from .pages import SECTION, form_page, page


def invited(request: HttpRequest, case: CaseAccess) -> bool:
    """Whether a seat is offered to the reader's organisation: they are shown the way to it."""
    return selectors.own_seats(case.incident, actor_of(request).organisation.pk).exists()


@require_safe
def attribution(request: HttpRequest, reference: str) -> HttpResponse:
    """Hypotheses, findings and how far each is carried. An invited member sees the seat offered to them."""
    actor = actor_of(request)
    case = case_for(actor, reference)
    seats = list(selectors.own_seats(case.incident, actor.organisation.pk))
    if not case.may(Action.SEE_ATTRIBUTION):
        if not seats:
            raise NotAllowed(Action.SEE_ATTRIBUTION)
        return page(request, case, "invitations", seats=seats)
    legs = legs_shown(case.incident)
    return page(
        request, case, "attribution", legs=legs, any_hypothesis=any(leg.row.hypotheses for leg in legs),
        any_finding=any(leg.findings for leg in legs),
        invitations=[seat for seat in seats if seat.conflict == "undeclared"],
        may_analyse=case.may(Action.ANALYSE), may_propose=case.may(Action.PROPOSE_FINDING),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def hypothesis_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Another explanation."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ANALYSE)
    form = HypothesisForm(request.POST or None, initial={"leg": request.GET.get("leg", "operator")})
    return form_page(
        request, case, form,
        lambda: services.add_hypothesis(actor=actor, reference=reference, facts=form.cleaned_data),
        title=_("Add a hypothesis"), button=_("Add the hypothesis"), done=_("The hypothesis was added."),
        back=reverse("attribution", args=[reference]),
        lede=_("Another State, a non-State group, a false flag and an actor not known are always kept as alternatives."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def hypothesis_reject(request: HttpRequest, reference: str, label: str) -> HttpResponse:
    """Setting a hypothesis aside."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ANALYSE)
    hypothesis = hypothesis_in(case.incident, label)
    form = ReasonForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.reject_hypothesis(
            actor=actor, reference=reference, label=label, reason=form.cleaned_data["reason"]
        ),
        title=_("Reject %(hypothesis)s") % {"hypothesis": hypothesis}, button=_("Reject the hypothesis"),
        done=_("The hypothesis was rejected. It stays in the list."), back=reverse("attribution", args=[reference]),
        lede=_("It stays in the list and in every computation."), danger=True,
    )  # fmt: skip


@require_POST
def hypothesis_reconsider(request: HttpRequest, reference: str, label: str) -> HttpResponse:
    """Taking a hypothesis back into consideration."""
    services.reconsider_hypothesis(actor=actor_of(request), reference=reference, label=label)
    messages.success(request, _("The hypothesis is under consideration again."))
    return see_other("attribution", reference)


GUESTS[SECTION] = invited
