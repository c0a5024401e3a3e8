"""Pages of packages others sent: parse, call, render."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from documents.progress import progress_answer
from evidence.access import must_be_open
from evidence.uploads import Upload
from incidents.access import CaseAccess, case_for
from incidents.ui.sections import case_context
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..models import ReceivedPackage
from .jobs import job_context
from .packages import SECTION, WHY

STATE = "exchange/_received_state.html"


class ReceiveForm(Form):
    """The file somebody sent."""

    file = forms.FileField(
        label=gettext_lazy("Package"), allow_empty_file=True,
        help_text=gettext_lazy("The zip as you received it, up to 2 GB. Nothing of it is believed before it was checked."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def package_receive(request: HttpRequest, reference: str) -> HttpResponse:
    """Gives a package in."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    form = ReceiveForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.receive_package(
                actor=actor, reference=reference, upload=Upload.of(form.cleaned_data["file"])
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            return see_other("received-package", reference, row.number)
    status = 422 if request.method == "POST" else 200
    context = case_context(request, case, SECTION, form=form, keys=len(services.keys_of(actor)))
    return render(request, "exchange/package_receive.html", context, status=status)


def state_context(case: CaseAccess, row: ReceivedPackage) -> dict[str, Any]:
    """What the state of a received package is drawn from."""
    named = [case.incident.reference, row.number]
    urls = {
        "here": reverse("received-package", args=named),
        "progress": reverse("received-package-progress", args=named),
        "retry": reverse("received-package-retry", args=named),
    }
    without = [
        {"label": entry["label"], "why": WHY.get(entry["why"], entry["why"])}
        for entry in row.outcome.get("without_content", [])
    ]
    return {
        "incident": case.incident,
        "received": row,
        "outcome": row.outcome,
        "without": without,
        **job_context(row.job, **urls, may_retry=case.may(Action.ADD_EVIDENCE)),
    }


@require_safe
def received_package(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One package somebody sent: how far it is, why it was refused, or what came of it."""
    case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
    row = selectors.received_of(case, number)
    context = case_context(request, case, SECTION, **state_context(case, row))
    return render(request, "exchange/received.html", context | {"tlp_mark": row.mark or case.incident.mark})


@require_safe
def received_package_progress(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The part that is asked for every two seconds."""
    case = case_for(actor_of(request), reference, Action.SEE_EVIDENCE)
    row = selectors.received_of(case, number)
    return progress_answer(request, row.job, STATE, state_context(case, row), besides=case.may(Action.ADD_EVIDENCE))


@require_POST
def received_package_retry(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Tries again."""
    services.retry_received(actor=actor_of(request), reference=reference, number=number)
    messages.success(request, _("The package is being checked again."))
    return see_other("received-package", reference, number)
