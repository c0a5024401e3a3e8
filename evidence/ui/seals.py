"""Pages of a seal: closing it, asking its custodians, their answers, and what is done under their agreement."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.http import error_page, see_other, show_invalid
from incidents.access import CaseAccess
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import file_of, item_for, must_be_open, must_stand
from ..errors import AlreadySealed, NotAgreed, OriginalUnavailable
from ..http import attachment
from ..models import EvidenceItem, SealAnswer, SealRequest, StoredFile
from ..services.seal_requests import Kind, as_asked, custodians_of, request_for, seal_in_force
from ..services.sealing import own_item
from .acts import named
from .intake import page
from .seal_forms import AnswerForm, AskForm, PassphraseForm, ReshareForm, SealForm, kind_words

GET_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_POST)
def evidence_seal(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Sealing an item, for whoever gave it in."""
    actor = actor_of(request)
    case, item = own_item(actor, reference, number)
    must_be_open(case)
    must_stand(item)
    if item.sealed:
        raise AlreadySealed
    candidates = services.candidates(case.incident)
    form = SealForm(request.POST or None, candidates=candidates)
    status = 200
    if request.method == "POST":
        status = 422
        form.is_valid()
        try:
            services.seal_item(
                **named(actor, reference, number),
                custodians=request.POST.getlist("custodians"),
                **{name: form.cleaned_data.get(name, "") for name in ("threshold", "title", "summary", "reason")},
            )
        except Invalid as error:
            show_invalid(
                form, Invalid({name: texts for name, texts in error.fields.items() if name not in form.errors})
            )
        else:
            messages.success(request, _("The item is being sealed. From now on its content is not handed out."))
            return see_other("evidence-item", reference, number)
    return page(request, case, item, form, "seal", status=status, candidates=candidates)


@require_http_methods(GET_POST)
def evidence_seal_ask(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """A request to the custodians."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
    seal = seal_in_force(item)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.OPEN
    custodians = custodians_of(seal)
    form: AskForm = (
        ReshareForm(
            request.POST or None, custodians=custodians, candidates=services.candidates(case.incident),
            initial={name: request.GET.get(name, "") for name in ("leaving", "arriving")},
        )
        if kind == Kind.RESHARE
        else AskForm(request.POST or None)
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        form.is_valid()
        try:
            asked = services.ask_custodians(
                **named(actor, reference, number), **{"purpose": "", **as_asked({**form.cleaned_data, "kind": kind})}
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The custodians were asked."))
            return see_other("evidence-seal-request", reference, number, asked.pk)
    return page(request, case, item, form, "seal_ask", status=status, seal=seal, heading=kind_words(kind), custodians=custodians)  # fmt: skip


def request_rows(actor: Actor, case: CaseAccess, item: EvidenceItem, asked: SealRequest) -> dict[str, Any]:
    """What a request's page is drawn from."""
    answers = {answer.custodian_id: answer for answer in SealAnswer.objects.filter(request=asked)}
    custodians = custodians_of(asked.seal)
    mine = asked.requested_by_id == actor.user.pk and asked.organisation_id == actor.organisation.pk
    seat = next(
        (c for c in custodians if (c.user_id, c.organisation_id) == (actor.user.pk, actor.organisation.pk)), None
    )
    return {
        "asked": asked,
        "seal": asked.seal,
        "custodians": [{"custodian": custodian, "answer": answers.get(custodian.pk)} for custodian in custodians],
        "agreed": sum(answer.approved for answer in answers.values()),
        "may_answer": seat is not None and not mine and seat.pk not in answers and asked.is_pending,
        "may_act": mine and asked.is_granted,
        "may_end": (mine or actor.organisation.pk == asked.seal.organisation_id)
        and asked.state in {"pending", "granted"},
        "files": list(StoredFile.objects.filter(item=item)),
    }


@require_safe
def evidence_seal_request(request: HttpRequest, reference: str, number: str, request_id: int) -> HttpResponse:
    """One request: what for, who answered how, and what its requester may do now."""
    actor = actor_of(request)
    case, item, asked = request_for(actor, reference, number, request_id)
    return page(request, case, item, None, "seal_request", **request_rows(actor, case, item, asked))


@never_cache
@require_http_methods(GET_POST)
def evidence_seal_answer(request: HttpRequest, reference: str, number: str, request_id: int) -> HttpResponse:
    """A custodian's yes or no."""
    actor = actor_of(request)
    case, item, asked = request_for(actor, reference, number, request_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.answer_request(
                **named(actor, reference, number), request_id=request_id, approve=given["approve"] == "yes",
                reason=given["reason"], passphrase=given["passphrase"],
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("Your answer was recorded."))
            return see_other("evidence-seal-request", reference, number, request_id)
    status = 422 if form.errors else 200
    return page(request, case, item, form, "seal_answer", status=status, asked=asked)


@require_POST
def evidence_seal_end(request: HttpRequest, reference: str, number: str, request_id: int) -> HttpResponse:
    """Nothing is opened under this request any more."""
    services.end_request(**named(actor_of(request), reference, number), request_id=request_id)
    messages.success(request, _("The request has ended."))
    return see_other("evidence-seal-request", reference, number, request_id)


def granted(
    request: HttpRequest, reference: str, number: str, request_id: int
) -> tuple[Actor, CaseAccess, EvidenceItem, SealRequest]:
    """A request the reader may act on."""
    actor = actor_of(request)
    case, item, asked = request_for(actor, reference, number, request_id, Action.DOWNLOAD_EVIDENCE)
    if asked.requested_by_id != actor.user.pk or not asked.is_granted:
        raise NotAgreed
    return actor, case, item, asked


@never_cache
@require_http_methods(GET_POST)
def evidence_seal_open(
    request: HttpRequest, reference: str, number: str, request_id: int, sha256: str
) -> HttpResponseBase:
    """A file of a sealed item, for its requester."""
    actor, case, item, asked = granted(request, reference, number, request_id)
    file = file_of(item, sha256)
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.open_sealed(
                **named(actor, reference, number),
                request_id=request_id,
                sha256=sha256,
                passphrase=form.cleaned_data["passphrase"],
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            if opened.handle is None:
                # Answered, not raised: the freeze must outlive this request.
                return error_page(request, opened.refusal or OriginalUnavailable())
            return attachment(opened.file, opened.handle)
    return page(request, case, item, form, "seal_open", status=422 if form.errors else 200, asked=asked, file=file)


@never_cache
@require_http_methods(GET_POST)
def evidence_seal_facts(request: HttpRequest, reference: str, number: str, request_id: int) -> HttpResponse:
    """What a sealed item said of itself, shown in this answer and not kept."""
    actor, case, item, asked = granted(request, reference, number, request_id)
    form = PassphraseForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = services.sealed_facts(
                **named(actor, reference, number), request_id=request_id, passphrase=form.cleaned_data["passphrase"]
            )
        except Invalid as error:
            show_invalid(form, error)
    rows = fact_rows_of(found["facts"], found["names"]) if found else []
    return page(request, case, item, form, "seal_facts", status=422 if form.errors else 200, asked=asked, rows=rows, found=found)  # fmt: skip


def fact_rows_of(facts: dict[str, Any], names: dict[str, str]) -> list[dict[str, Any]]:
    """What was sealed, in words; empty answers are left out."""
    told = {
        _("Title"): facts["title"],
        _("Description"): facts["description"],
        _("Source"): facts["source"],
        _("How it was collected"): facts["collection_method"],
        _("Collected by"): facts["collected_by"],
        _("Clock"): facts["clock"]["source"],
        **{code: text for code, text in facts["details"].items()},
        _("Files"): "\n".join(names.values()),
    }
    return [{"label": label, "value": value} for label, value in told.items() if value]


@never_cache
@require_http_methods(GET_POST)
def evidence_seal_carry_out(request: HttpRequest, reference: str, number: str, request_id: int) -> HttpResponse:
    """Ends the seal, or gives the new custodian a share, as was agreed."""
    actor, case, item, asked = granted(request, reference, number, request_id)
    if asked.kind == Kind.OPEN:
        raise NotAgreed
    form: forms.Form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {
            **named(actor, reference, number),
            "request_id": request_id,
            "passphrase": form.cleaned_data["passphrase"],
        }
        try:
            if asked.kind == Kind.UNSEAL:
                done = services.unseal_item(**given)
                if done.refusal is not None:
                    return error_page(request, done.refusal)
                messages.success(request, _("The seal has ended. The item is as it was received."))
            else:
                services.replace_custodian(**given)
                messages.success(request, _("The custodian was replaced. Every custodian has a new share."))
        except Invalid as error:
            show_invalid(form, error)
        else:
            return see_other("evidence-item", reference, number)
    return page(request, case, item, form, "seal_carry_out", status=422 if form.errors else 200, asked=asked)
