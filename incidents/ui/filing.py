"""Filing an incident in steps, in any order, saved on the server at each of them (ATT-1). No script is needed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid, NotFound
from core.http import see_other
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..drafts import TYPED, facts_in, typed_in, unfinished_steps
from ..facts import check
from ..models import Draft
from .steps import BY_SLUG, STEPS, Answers, Step, as_typed, own_fields, rows_changed
from .words import draft_rows, draft_title


def step_of(slug: str) -> Step:
    """The step with this name; 404 for any other."""
    if slug not in BY_SLUG:
        raise NotFound(slug)
    return BY_SLUG[slug]


def save_answers(
    actor: Actor, draft: Draft, step: Step, data: QueryDict, *, submitted: bool
) -> tuple[Draft, Answers, bool]:
    """Keeps a step: as facts when it stands, else exactly as typed. The last value says which."""
    answers = Answers(step, data=data)
    stands = answers.is_valid()
    if stands:
        kept: dict[str, Any] = {**answers.facts(), TYPED + step.slug: None}
    else:
        kept = {TYPED + step.slug: {"data": dict(own_fields(step, data).lists()), "submitted": submitted}}
    return services.save_draft(actor=actor, reference=draft.reference, answers=kept), answers, stands


def stored_answers(draft: Draft, step: Step) -> Answers:
    """The step as it was left: facts that stand, or what was typed, with its errors if it had been sent."""
    typed = typed_in(draft.answers, step.slug)
    if typed is None:
        return Answers(step, facts=facts_in(draft.answers))
    answers = Answers(step, data=as_typed(typed["data"]))
    if typed.get("submitted"):
        answers.is_valid()
        return answers
    return answers.quiet()


def step_state(draft: Draft, step: Step) -> dict[str, Any]:
    """How far a step is, in words."""
    typed = typed_in(draft.answers, step.slug)
    if typed is not None:
        if typed.get("submitted"):
            return {"status": _("Needs a change"), "kind": "bad", "done": False}
        return {"status": _("In progress"), "kind": "info", "done": False}
    facts = {name: draft.answers[name] for name in step.names if name in draft.answers}
    if not facts:
        return {"status": _("Not yet started"), "kind": "", "done": False}
    try:
        check(facts)
    except Invalid:
        return {"status": _("Needs a change"), "kind": "bad", "done": False}
    return {"status": _("Completed"), "kind": "done", "done": True}


@require_http_methods(["GET", "HEAD", "POST"])
def draft_new(request: HttpRequest) -> HttpResponse:
    """The reader's own drafts, and the button that starts one."""
    actor = actor_of(request)
    actor.require(Action.FILE)
    if request.method == "POST":
        return see_other("draft", services.open_draft(actor=actor).reference)
    drafts = [{"draft": draft, "title": draft_title(draft)} for draft in selectors.drafts_of(actor)]
    return render(request, "incidents/filing/start.html", {"drafts": drafts})


@require_safe
def draft_tasks(request: HttpRequest, draft: str) -> HttpResponse:
    """The list of steps, each with how far it is."""
    found = services.get_draft(actor=actor_of(request), reference=draft)
    if found.incident_id is not None:
        return see_other("draft-sent", draft)
    states = [step_state(found, step) for step in STEPS]
    items: list[dict[str, Any]] = [
        {"label": step.title, "url": reverse("draft-step", args=[draft, step.slug]), **state}
        for step, state in zip(STEPS, states, strict=True)
    ]
    ready = not problems_of(found)
    items.append(
        {
            "label": _("Check your answers and send"),
            "url": reverse("draft-check", args=[draft]),
            "status": _("Ready to send") if ready else _("Not ready yet"),
            "kind": "info" if ready else "",
        }
    )
    context = {
        "draft": found,
        "title": draft_title(found),
        "items": items,
        "done": sum(state["done"] for state in states),
        "total": len(STEPS),
    }
    return render(request, "incidents/filing/tasks.html", context)


def next_address(request: HttpRequest, draft: str, step: Step) -> str:
    """Where one goes from a step that stands: back to the check page if one came from there, else to the next step."""
    after = STEPS.index(step) + 1
    if request.POST.get("next") == "check" or after == len(STEPS):
        return reverse("draft-check", args=[draft])
    return reverse("draft-step", args=[draft, STEPS[after].slug])


@require_http_methods(["GET", "HEAD", "POST"])
def draft_step(request: HttpRequest, draft: str, step: str) -> HttpResponse:
    """One step: answers are kept on the server even when they cannot stand, and then shown with what is wrong."""
    actor = actor_of(request)
    asked = step_of(step)
    found = services.get_draft(actor=actor, reference=draft)
    if found.incident_id is not None:
        return see_other("draft-sent", draft)
    status = 200
    if request.method != "POST":
        answers = stored_answers(found, asked)
    elif (changed := rows_changed(asked, request.POST)) is not None:
        kept = {TYPED + asked.slug: {"data": dict(own_fields(asked, changed).lists()), "submitted": False}}
        services.save_draft(actor=actor, reference=draft, answers=kept)
        back = "?from=check" if request.POST.get("next") == "check" else ""
        return see_other(f"{reverse('draft-step', args=[draft, step])}{back}#rows-end")
    else:
        found, answers, stands = save_answers(actor, found, asked, request.POST, submitted=True)
        if stands:
            return see_other(next_address(request, draft, asked))
        status = 422
    context = {
        "draft": found,
        "step": asked,
        "answers": answers,
        "form": answers.form,
        "page_has_errors": answers.has_errors,
        "from_check": "check" in (request.GET.get("from"), request.POST.get("next")),
        "number": STEPS.index(asked) + 1,
        "total": len(STEPS),
    }
    return render(request, "incidents/filing/step.html", context, status=status)


@require_POST
def draft_autosave(request: HttpRequest, draft: str, step: str) -> HttpResponse:
    """Keeps a half-typed step without judging it; answers with the time it was kept."""
    actor = actor_of(request)
    asked = step_of(step)
    found = services.get_draft(actor=actor, reference=draft)
    saved, _answers, _stands = save_answers(actor, found, asked, request.POST, submitted=False)
    return JsonResponse({"saved_at": saved.saved_at.isoformat()})


def problems_of(draft: Draft) -> list[dict[str, Any]]:
    """What must be mended before sending: a sentence and the step where it is done."""
    problems: list[dict[str, Any]] = []
    unfinished = unfinished_steps(draft.answers)
    for step in STEPS:
        address = f"{reverse('draft-step', args=[draft.reference, step.slug])}?from=check"
        if step.slug in unfinished:
            problems.append(
                {"text": _("“%(step)s” has answers that need a change.") % {"step": step.title}, "url": address}
            )
    try:
        check(facts_in(draft.answers), whole=True)
    except Invalid as error:
        for name, sentences in error.fields.items():
            home = next((step for step in STEPS if name.partition(".")[0] in step.names), STEPS[0])
            if home.slug not in unfinished:
                label = home.form.base_fields[name].label if name in home.form.base_fields else home.title
                address = f"{reverse('draft-step', args=[draft.reference, home.slug])}?from=check"
                problems += [{"text": f"{label}: {text}", "url": address} for text in plain(sentences)]
    return problems


def plain(sentences: list[str | Promise]) -> list[str]:
    """Sentences in the reader's language."""
    return [str(text) for text in sentences]


@require_http_methods(["GET", "HEAD", "POST"])
def draft_check(request: HttpRequest, draft: str) -> HttpResponse:
    """All answers on one page, each with its way back; sending files the incident once, however often it is pressed."""
    actor = actor_of(request)
    found = services.get_draft(actor=actor, reference=draft)
    if found.incident_id is not None:
        return see_other("draft-sent", draft)
    problems = problems_of(found)
    if request.method == "POST" and not problems:
        services.file_incident(actor=actor, facts=facts_in(found.answers), draft_reference=draft)
        return see_other("draft-sent", draft)
    shown = request.method == "POST"
    similar = [] if problems else selectors.similar_incidents(actor, check(facts_in(found.answers), whole=True))
    context = {
        "draft": found,
        "groups": draft_rows(found, STEPS),
        "problems": problems,
        "page_has_errors": shown and bool(problems),
        "show_problems": shown,
        "similar": similar,
    }
    return render(request, "incidents/filing/check.html", context, status=422 if shown else 200)


@require_safe
def draft_sent(request: HttpRequest, draft: str) -> HttpResponse:
    """The incident's reference, and what happens next."""
    found = services.get_draft(actor=actor_of(request), reference=draft)
    if found.incident is None:
        return see_other("draft", draft)
    return render(request, "incidents/filing/sent.html", {"draft": found, "incident": found.incident})


@require_http_methods(["GET", "HEAD", "POST"])
def draft_discard(request: HttpRequest, draft: str) -> HttpResponse:
    """Asks before a draft is thrown away."""
    actor = actor_of(request)
    found = services.get_draft(actor=actor, reference=draft)
    if request.method == "POST":
        services.discard_draft(actor=actor, reference=draft)
        messages.success(request, _("The draft was discarded."))
        return see_other("draft-new")
    return render(request, "incidents/filing/discard.html", {"draft": found, "title": draft_title(found)})
