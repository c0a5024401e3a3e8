"""Custody on the screen: what waits for whom in a case, and the acts of passing on, holding and ending."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Invalid, NotAllowed
from core.forms import Form
from core.http import error_page, see_other, show_invalid
from incidents.access import CaseAccess, case_for
from incidents.ui.sections import NOTICES, case_context
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import hands, services
from ..access import item_for, own_item_for
from ..errors import DisposalNeedsTwo, ItemDisposed, NothingReleased, OwnReceipt, ReleaseOpen
from ..models import CustodyEntry, EvidenceItem
from ..services.transfers import recipients
from ..states import Status
from .acts import act_page, named
from .forms import ReasonForm, area
from .intake import page

SECTION = "evidence-list"
Act = CustodyEntry.Act


class ReleaseForm(Form):
    """To whom, and what for."""

    organisation = forms.ChoiceField(label=gettext_lazy("To which organisation?"))
    desk = forms.CharField(
        label=gettext_lazy("To which desk?"), required=False, max_length=80,
        help_text=gettext_lazy("For example Forensic laboratory. Inside one organisation the desk tells the two sides apart."),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("What for?"), required=False, widget=area(2),
        help_text=gettext_lazy("It stands in the item’s custody, with your name and the time."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, item: EvidenceItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        houses = [(house.slug, house.name) for house in recipients(actor, item)]
        self.fields["organisation"].choices = [("", _("Choose an organisation")), *houses]  # type: ignore[attr-defined]


class ReceiptForm(Form):
    """What became of a release."""

    answer = forms.ChoiceField(label=gettext_lazy("Your answer"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=area(2),
        help_text=gettext_lazy("Needed unless you accept: the other side reads why."),
    )  # fmt: skip

    def __init__(self, *args: Any, answers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            Act.ACCEPTED: _("I accept it: from now on it is in our hands"),
            Act.REFUSED: _("I refuse it: it stays with the other side"),
            Act.RETURNED: _("It came back to us without a receipt"),
        }
        self.fields["answer"].choices = [(answer, words[Act(answer)]) for answer in answers]  # type: ignore[attr-defined]


class GroundsForm(Form):
    """Why, and on whose authority."""

    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, widget=area(3))
    authority = forms.CharField(
        label=gettext_lazy("On whose authority?"), required=False,
        help_text=gettext_lazy("The law, the order or the office that asks for it, for example Court order 17/2026."),
    )  # fmt: skip


class DecisionForm(Form):
    """The second person's word on a disposal."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"), widget=forms.RadioSelect,
        choices=[
            ("carry_out", gettext_lazy("Dispose of the content now")),
            ("refuse", gettext_lazy("Do not dispose of it")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, widget=area(3), help_text=gettext_lazy("Needed if you refuse.")
    )


def waiting(request: HttpRequest, case: CaseAccess) -> list[dict[str, str]]:
    """Said on the first page of the case and over its evidence: what was released to this reader's side and not answered."""
    if not case.may(Action.DOWNLOAD_EVIDENCE):
        return []
    count = hands.to_answer(actor_of(request), case.incident).count()
    if not count:
        return []
    text = ngettext(
        "%(count)d released item waits for your side to accept it.",
        "%(count)d released items wait for your side to accept them.",
        count,
    ) % {"count": count}
    return [
        {"text": text, "url": reverse("evidence-custody", args=[case.incident.reference]), "words": _("See what waits")}
    ]


NOTICES.append(waiting)


@require_safe
def evidence_custody(request: HttpRequest, reference: str) -> HttpResponse:
    """What was passed on in this case and waits for whom, what is held, what is about to end."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_EVIDENCE)
    rows = list(hands.transfers(case.incident)[: hands.RECENT])
    mine = {row.pk for row in hands.to_answer(actor, case.incident)} if case.may(Action.DOWNLOAD_EVIDENCE) else set()
    holder = actor.organisation.pk == case.incident.holder_id
    context = case_context(
        request, case, SECTION,
        mine=[row for row in rows if row.pk in mine],
        open=[row for row in rows if row.receipt_id is None and row.pk not in mine],
        answered=[row for row in rows if row.receipt_id is not None],
        holds=[
            {"hold": hold, "may_lift": hold.lifted_at is None and case.may(Action.ADD_EVIDENCE) and hold.organisation_id == actor.organisation.pk}
            for hold in hands.holds_in(case.incident)
        ],
        disposals=hands.open_disposals(case.incident),
        may_hold=holder and case.may(Action.ADD_EVIDENCE),
    )  # fmt: skip
    return render(request, "evidence/custody.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_release(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Passing an item on."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
    if item.status == Status.DISPOSED:
        raise ItemDisposed
    if hands.in_hands_of(item).organisation.pk != actor.organisation.pk:
        raise NotAllowed("only the side that has the item releases it")
    if hands.open_transfer(item) is not None:
        raise ReleaseOpen
    form = ReleaseForm(request.POST or None, actor=actor, item=item)
    return act_page(
        request, case, item, form, "release",
        lambda given: services.release_item(**named(actor, reference, number), **given),
        _("The release was recorded. It stays open until the other side answers."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_receipt(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Accepting or refusing what was released, or recording that it came back."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
    transfer = hands.open_transfer(item)
    if transfer is None:
        raise NothingReleased
    answers = (
        [str(act) for act in services.transfers.ANSWERS] if transfer.to_organisation_id == actor.organisation.pk else []
    )
    if transfer.from_organisation_id == actor.organisation.pk:
        answers.append(Act.RETURNED)
    if not answers:
        raise NotAllowed("a release is answered by the two sides")
    if transfer.released_by_id == actor.user.pk:
        raise OwnReceipt
    form = ReceiptForm(request.POST or None, answers=answers)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                receipt = services.answer_release(**named(actor, reference, number), **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            else:
                if receipt.refusal is not None:
                    return error_page(request, receipt.refusal)
                messages.success(request, _("Your answer stands in the item’s custody."))
                return see_other("evidence-item", reference, number)
    return page(request, case, item, form, "receipt", status=status, transfer=transfer)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_dispose(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Proposing to do away with an item's content, or deciding what somebody else proposed."""
    actor = actor_of(request)
    _case, item = item_for(actor, reference, number, Action.ADD_EVIDENCE)
    if actor.organisation.pk not in {item.incident.holder_id, item.organisation_id}:
        raise NotAllowed("only the holder of the case and the contributor end an item")
    services.disposal.may_end(item)
    proposal = hands.disposal_of(item)
    if proposal is None or proposal.outcome:
        return act_page(
            request, _case, item, GroundsForm(request.POST or None), "dispose",
            lambda given: services.propose_disposal(**named(actor, reference, number), **given),
            _("The proposal was recorded. A second person has to carry it out."),
        )  # fmt: skip
    form = DecisionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            carry_out = form.cleaned_data["decision"] == "carry_out"
            try:
                services.decide_disposal(
                    **named(actor, reference, number), carry_out=carry_out, reason=form.cleaned_data["reason"]
                )
            except Invalid as error:
                show_invalid(form, error)
            except DisposalNeedsTwo as error:
                return error_page(request, error)
            else:
                messages.success(
                    request, _("The content was disposed of.") if carry_out else _("The disposal was refused.")
                )
                return see_other("evidence-item", reference, number)
    return page(request, _case, item, form, "dispose", status=status, proposal=proposal)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_hold(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Forbidding the disposal of an item."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    return act_page(
        request, case, item, GroundsForm(request.POST or None), "hold",
        lambda given: services.place_hold(**named(actor, reference, number), **given), _("The legal hold is in place."),
    )  # fmt: skip


def case_act(
    request: HttpRequest, case: CaseAccess, form: forms.Form, name: str, act: Any, done: str, **more: Any
) -> HttpResponse:
    """A form about the whole case's evidence: done, or back with its sentences beside the fields."""
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
                return see_other("evidence-custody", case.incident.reference)
    context = case_context(request, case, SECTION, form=form, **more)
    return render(request, f"evidence/{name}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_hold_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Forbidding the disposal of every item of the case."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    if case.incident.holder_id != actor.organisation.pk:
        raise NotAllowed("only the holder of a case holds all of it")
    return case_act(
        request, case, GroundsForm(request.POST or None), "hold_case",
        lambda given: services.place_hold(**named(actor, reference, ""), **given), _("The legal hold is in place."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_hold_lift(request: HttpRequest, reference: str, hold_id: int) -> HttpResponse:
    """Ending a legal hold."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    hold = services.disposal.hold_for(actor, reference, hold_id)
    return case_act(
        request, case, ReasonForm(request.POST or None), "hold_lift",
        lambda given: services.lift_hold(actor=actor, reference=reference, hold_id=hold_id, **given),
        _("The legal hold was lifted."), hold=hold,
    )  # fmt: skip
