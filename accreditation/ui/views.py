"""Pages of accreditation: where everybody stands, one's own attestation, and those one reviews."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import Invalid, NotFound
from core.http import see_other, show_invalid
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import errors, selectors, services
from ..models import Attestation
from ..states import Answer, State
from .forms import AnswersForm, DecideForm, EndForm, SendForm


@require_safe
def accreditation(request: HttpRequest) -> HttpResponse:
    """Who is accredited until when; one's own attestations; what one was asked to review."""
    actor = actor_of(request)
    ours = selectors.attestations_of(actor)
    context = {
        "actor": actor,
        "place": selectors.place_of(actor.organisation),
        "places": selectors.directory(),
        "ours": ours,
        "to_review": selectors.to_review(actor),
        "may_attest": actor.may(Action.ATTEST)
        and not any(row.state in (State.DRAFT, State.SENT) for row in ours)
        and not actor.organisation.is_secretariat,
    }
    return render(request, "accreditation/accreditation.html", context)


@require_POST
def attestation_new(request: HttpRequest) -> HttpResponse:
    """Begins an attestation."""
    begun = services.begin_attestation(actor=actor_of(request))
    return see_other("attestation-answers", begun.pk)


def in_force(found: Attestation) -> bool:
    """Whether it is what the organisation stands on now, as far as dates say."""
    return found.state == State.ACCREDITED and found.valid_until is not None and found.valid_until > clock.now()


@require_safe
def attestation(request: HttpRequest, attestation_id: int) -> HttpResponse:
    """An attestation with every answer, and what its reader may do next."""
    actor = actor_of(request)
    found = selectors.attestation_for(actor, attestation_id, Action.VIEW)
    own = found.organisation_id == actor.organisation.pk
    may = actor.may(Action.ATTEST if own else Action.REVIEW_ATTESTATION)
    lines = [
        {
            **line, "name": _(line["name"]), "asks": _(line["asks"]),
            "answer_words": Answer(line["answer"]).label if line["answer"] else "",
        }
        for line in selectors.lines_of(found)
    ]  # fmt: skip
    context = {
        "attestation": found,
        "lines": lines,
        "in_force": in_force(found),
        "may_answer": own and may and found.state == State.DRAFT,
        "may_take_back": own and may and found.state == State.SENT,
        "may_decide": not own and may and found.state == State.SENT,
        "may_end": may and in_force(found),
    }
    return render(request, "accreditation/attestation.html", context)


def own_draft(actor: Actor, attestation_id: int) -> Attestation:
    """One's own attestation, to write at; 404 for a reviewer, whose it is not."""
    found = selectors.attestation_for(actor, attestation_id, Action.ATTEST)
    if found.organisation_id != actor.organisation.pk:
        raise NotFound(attestation_id)
    if found.state != State.DRAFT:
        raise errors.AlreadySent
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def attestation_answers(request: HttpRequest, attestation_id: int) -> HttpResponse:
    """Every requirement, to be answered in as many visits as it takes."""
    actor = actor_of(request)
    found = own_draft(actor, attestation_id)
    form = AnswersForm(request.POST or None, attestation=found)
    if request.method == "POST":
        found = services.answer_attestation(actor=actor, attestation_id=attestation_id, answers=form.answers())
        if "send" not in request.POST and form.is_valid():
            messages.success(request, _("Your answers are kept. Go on when you like."))
            return see_other("attestation", attestation_id)
        try:
            services.check_answers(found)
        except Invalid as error:
            form.is_valid()
            show_invalid(form, error)
        if not form.errors:
            return see_other("attestation-send", attestation_id)
    context = {"attestation": found, "form": form}
    return render(request, "accreditation/answers.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def attestation_send(request: HttpRequest, attestation_id: int) -> HttpResponse:
    """The organisation attests, and names who reviews."""
    actor = actor_of(request)
    found = own_draft(actor, attestation_id)
    form = SendForm(request.POST or None, reviewers=selectors.reviewers_for(actor.organisation))
    if request.method == "POST" and form.is_valid():
        try:
            services.send_attestation(
                actor=actor, attestation_id=attestation_id, reviewer=form.cleaned_data["reviewer"]
            )
        except Invalid:
            messages.error(request, _("Some requirements are not answered yet."))
            return see_other("attestation-answers", attestation_id)
        messages.success(request, _("The attestation is with the reviewer."))
        return see_other("attestation", attestation_id)
    context = {"attestation": found, "form": form}
    return render(request, "accreditation/send.html", context, status=422 if form.errors else 200)


@require_POST
def attestation_take_back(request: HttpRequest, attestation_id: int) -> HttpResponse:
    """Back to a draft."""
    services.take_back_attestation(actor=actor_of(request), attestation_id=attestation_id)
    messages.success(request, _("The attestation is a draft again."))
    return see_other("attestation", attestation_id)


def decided(request: HttpRequest, form: Any, act: Any, said: str, attestation_id: int) -> HttpResponse | None:
    """Does the act of a valid form; None when its answers have to be mended."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        act(form.cleaned_data)
    except Invalid as error:
        show_invalid(form, error)
        return None
    messages.success(request, said)
    return see_other("attestation", attestation_id)


@require_http_methods(["GET", "HEAD", "POST"])
def attestation_decide(request: HttpRequest, attestation_id: int) -> HttpResponse:
    """The reviewing body decides."""
    actor = actor_of(request)
    found = selectors.attestation_for(actor, attestation_id, Action.REVIEW_ATTESTATION)
    if found.organisation_id == actor.organisation.pk:
        raise errors.OwnReview
    form = DecideForm(request.POST or None)
    done = decided(
        request, form, lambda given: services.decide_attestation(
            actor=actor, attestation_id=attestation_id, accredit=given["decision"] == "accredit", note=given["note"]
        ), _("Your decision was recorded."), attestation_id,
    )  # fmt: skip
    context = {"attestation": found, "form": form}
    return done or render(request, "accreditation/decide.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def attestation_end(request: HttpRequest, attestation_id: int) -> HttpResponse:
    """Ends an accreditation before its time."""
    actor = actor_of(request)
    found = selectors.attestation_for(actor, attestation_id, Action.VIEW)
    actor.require(Action.ATTEST if found.organisation_id == actor.organisation.pk else Action.REVIEW_ATTESTATION)
    form = EndForm(request.POST or None)
    done = decided(
        request, form,
        lambda given: services.end_accreditation(actor=actor, attestation_id=attestation_id, why=given["why"]),
        _("The accreditation was ended."), attestation_id,
    )  # fmt: skip
    context = {"attestation": found, "form": form}
    return done or render(request, "accreditation/end.html", context, status=422 if form.errors else 200)
