"""The confirm pages of a measure: one act each, without script, with the way back (R12)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from incidents.access import case_for
from incidents.ui.sections import case_context
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import measure_for
from ..errors import GuardrailsRefused
from ..models import Measure
from . import shown
from .forms import ConfirmForm, ReasonForm


@dataclass(frozen=True, slots=True)
class Page:
    """What a confirm page says, what it needs and what it does; `done` is said on the next page."""

    act: Callable[..., Measure]
    action: Action
    form: type[Form]
    title: Any
    lede: Any
    submit: Any
    done: Any
    danger: bool = False


APPROVE = Page(
    services.approve_measure, Action.DECIDE_MEASURE, ConfirmForm, _("Approve the measure"),
    _("You put your name to it. The guardrails are asked again at this moment."), _("Approve the measure"),
    _("The measure is approved."),
)  # fmt: skip
START = Page(
    services.start_measure, Action.DECIDE_MEASURE, ConfirmForm, _("Put the measure in force"),
    _("From now on it counts as taken. Anyone who may propose measures can end it at any time."), _("Put it in force"),
    _("The measure is in force."),
)  # fmt: skip
DECLINE = Page(
    services.decline_measure, Action.DECIDE_MEASURE, ReasonForm, _("Decline the measure"),
    _("The reason is kept with it."), _("Decline the measure"), _("The measure is declined."), danger=True,
)  # fmt: skip
WITHDRAW = Page(
    services.withdraw_measure, Action.PROPOSE_MEASURE, ReasonForm, _("Withdraw the measure"),
    _("The reason is kept with it."), _("Withdraw the measure"), _("The measure is withdrawn."), danger=True,
)  # fmt: skip
END = Page(
    services.end_measure, Action.PROPOSE_MEASURE, ReasonForm, _("End the measure"),
    _("A step down needs one person and no waiting."), _("End the measure"), _("The measure has ended."), danger=True,
)  # fmt: skip


def act_page(request: HttpRequest, reference: str, number: str, page: Page) -> HttpResponse:
    """Shows the page, or does the act. A measure the guardrails now refuse comes back with every check (409)."""
    actor = actor_of(request)
    case = case_for(actor, reference, page.action)
    measure = measure_for(case.incident, number)
    form = page.form(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"measure": measure, "words": page, "form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                page.act(actor=actor, reference=reference, number=number, **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            except GuardrailsRefused as error:
                # The same answer as anywhere, with the report that explains it; the service has undone its work.
                context |= {"report": shown.refusal(error.details["report"]), "refused": error, "page_has_errors": True}
                status = 409
            else:
                messages.success(request, str(page.done))
                return see_other("measure", reference, measure.label)
    return render(request, "escalation/act.html", case_context(request, case, "escalation", **context), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_approve(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Agreeing to a measure somebody else proposed."""
    return act_page(request, reference, number, APPROVE)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_start(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Putting an approved measure in force."""
    return act_page(request, reference, number, START)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_decline(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Deciding against a proposal."""
    return act_page(request, reference, number, DECLINE)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_withdraw(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Taking back a measure that is not in force."""
    return act_page(request, reference, number, WITHDRAW)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_end(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Ending a measure in force."""
    return act_page(request, reference, number, END)
