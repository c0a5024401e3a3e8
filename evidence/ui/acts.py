"""What is done to an item: grading, linking, marking, checking, opening, taking back."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Invalid
from core.http import error_page, see_other, show_invalid
from incidents.access import CaseAccess
from incidents.selectors import mark_changes
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import file_of, item_for, own_item_for
from ..errors import GradedByUploader, ItemDisposed, ItemFrozen, ItemNotFrozen
from ..http import attachment
from ..models import EvidenceItem, Integrity
from ..states import Status
from ..words import current
from .forms import GradeForm, LinkForm, MarkForm, PurposeForm, ReasonForm
from .intake import page

Act = Callable[[Mapping[str, Any]], object]


def act_page(
    request: HttpRequest,
    case: CaseAccess,
    item: EvidenceItem,
    form: forms.Form,
    name: str,
    act: Act,
    done: str,
    **more: Any,
) -> HttpResponse:
    """A form with one act: done, or back with its sentences beside the fields."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                act(form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            else:
                messages.success(request, done)
                return see_other("evidence-item", case.incident.reference, item.label)
    return page(request, case, item, form, name, status=status, **more)


def named(actor: Actor, reference: str, number: str) -> dict[str, Any]:
    """What every service is told first."""
    return {"actor": actor, "reference": reference, "label": number}


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_grade(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Source and information, judged apart."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.GRADE_EVIDENCE)
    alone = services.grades.gave_it_in(actor, item)
    if alone and services.grades.somebody_else_grades(actor):
        raise GradedByUploader
    form = GradeForm(request.POST or None, content=current())
    return act_page(
        request, case, item, form, "grade",
        lambda given: services.grade_item(**named(actor, reference, number), **given), _("The grade was recorded."), alone=alone,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_link(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """How the item hangs together with another of the case."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.ADD_EVIDENCE)
    form = LinkForm(request.POST or None, item=item)
    return act_page(
        request, case, item, form, "link",
        lambda given: services.link_lineage(**named(actor, reference, number), **given), _("The link was recorded."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_mark(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Other marks, with those there were."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    form = MarkForm(request.POST or None, initial={"mark": item.mark, "pap": item.pap})
    return act_page(
        request, case, item, form, "mark",
        lambda given: services.change_mark(**named(actor, reference, number), **{**given, "pap": given["pap"] or None}),
        _("The mark was changed."), changes=mark_changes(case.incident, item.label),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_withdraw(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Taking an item back, with a reason."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    return act_page(
        request, case, item, ReasonForm(request.POST or None), "withdraw",
        lambda given: services.withdraw_item(**named(actor, reference, number), **given), _("The item was withdrawn."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_restore(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Taking a frozen item back into use."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    if item.status != Status.FROZEN:
        raise ItemNotFrozen
    return act_page(
        request, case, item, ReasonForm(request.POST or None), "restore",
        lambda given: services.restore_item(**named(actor, reference, number), **given), _("The item is in use again."),
    )  # fmt: skip


@require_POST
def evidence_verify(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Compares every file with its hash, now."""
    files = services.verify_item(**named(actor_of(request), reference, number))
    outcomes = {file.integrity for file in files}
    if Integrity.MISMATCH in outcomes:
        messages.error(
            request, _("A file does not match its hash. The item is frozen, and every finding that uses it is marked.")
        )
    elif Integrity.UNAVAILABLE in outcomes:
        messages.warning(request, _("An original cannot be read from the store at the moment."))
    else:
        messages.success(request, _("Every file matches its hash."))
    return see_other("evidence-item", reference, number)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_open(request: HttpRequest, reference: str, number: str, sha256: str) -> HttpResponseBase:
    """A file, once the reader said what for. It is compared with its hash before a byte leaves."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.OPEN_FILE)
    file = file_of(item, sha256)
    if item.status == Status.FROZEN:
        raise ItemFrozen
    if item.status == Status.DISPOSED:
        raise ItemDisposed
    form = PurposeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        form.is_valid()
        try:
            opened = services.open_file(
                **named(actor, reference, number), sha256=sha256, purpose=form.cleaned_data.get("purpose", "")
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            if opened.handle is None:
                # Answered, not raised: the freeze must outlive this request.
                return error_page(request, opened.refusal or ItemFrozen())
            return attachment(opened.file, opened.handle, request.headers.get("Range", ""))
    return page(request, case, item, form, "open", status=status, file=file)
