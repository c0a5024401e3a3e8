"""A finding and what is done to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotFound
from core.http import see_other
from incidents.access import CaseAccess, case_for
from notifications.selectors import is_watching
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action, Role

from .. import errors, norms, selectors, services
from ..access import finding_for
from ..marks import pap_of
from ..models import Contest, Extension, Finding, StandingChange
from ..pictures import effect_words, robustness_figure
from ..replay import replay
from ..rules import proof_of
from ..states import Round
from ..words import cause_words, flip_words, names_of, shown
from .forms import AmendForm, ContestForm, ConveneForm, ExtendForm, ProposeForm, ReasonForm, ResolveForm, SupersedeForm
from .pages import form_page, page
from .replies import positions_of


def named(actor: Actor, reference: str, number: str) -> dict[str, Any]:
    """What every service is told first."""
    return {"actor": actor, "reference": reference, "label": number}


def address(reference: str, number: str) -> str:
    """The finding's own page."""
    return reverse("finding", args=[reference, number])


@require_http_methods(["GET", "HEAD", "POST"])
def finding_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Proposing a finding; a rule that says no keeps what was typed and says what is missing."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.PROPOSE_FINDING)
    hypotheses = selectors.hypotheses_of(case.incident)
    form = ProposeForm(request.POST or None, hypotheses=hypotheses, initial={"scale": "phia"})
    return form_page(
        request, case, form,
        lambda: services.propose_finding(actor=actor, reference=reference, facts=form.facts()),
        title=_("Propose a finding"), button=_("Propose the finding"),
        done=_("The finding was proposed. It is provisional until an independent panel has judged it."),
        back=reverse("attribution", args=[reference]),
        lede=_("Its tier is computed from the record; nobody chooses it. No help to people waits for it."),
        explains=(errors.NotYetProvisional, errors.HypothesisClosed),
    )  # fmt: skip


def proof_shown(case: CaseAccess, finding: Finding) -> dict[str, str] | None:
    """The proof its leg is held to and whether its tier answers it; None under a standard that knew none."""
    standard = norms.standard_of(finding.standard_version)
    opened = selectors.propositions_of(case.incident).get(finding.leg)
    proof = proof_of(selectors.proof_for(opened, finding.leg, standard), finding.tier, standard)
    if proof.answer == "not_set":
        return None
    return {
        "words": dict(norms.proofs(finding.standard_version))[proof.code],
        "needs": proof.needs,
        "answer": proof.answer,
    }


def finding_context(case: CaseAccess, finding: Finding, actor: Actor) -> dict[str, Any]:
    """What a finding's page is drawn from."""
    names = names_of(selectors.hypotheses_of(case.incident, finding.leg))
    leg = norms.standard_of(finding.standard_version).legs[finding.leg]
    panels = selectors.panels_of(finding)
    counting = next((panel for panel in panels if panel.revealed_at), None)
    opinions = selectors.opened_opinions(counting) if counting else []
    kinds = dict(norms.named("contest_kinds", finding.standard_version))
    contests = Contest.objects.filter(finding=finding).select_related("opened_by", "resolved_by").order_by("pk")
    history = StandingChange.objects.filter(finding=finding).order_by("-pk")[:50]
    over = finding.standing in ("withdrawn", "superseded") or case.incident.status != "open"
    mine = any(row.author_id == actor.user.pk and row.position != "dissent" for row in opinions)
    return {
        "shown": shown(finding, names),
        "figure": robustness_figure(finding.label, finding.explanation, finding.standard_version),
        "effects": [effect_words(row, finding.standard_version) for row in finding.explanation.get("effects", [])],
        "finding": finding,
        "names": names,
        "panels": panels,
        "replies": positions_of(finding),
        "may_open": case.may(Action.DOWNLOAD_EVIDENCE),
        "dissents": [row for row in opinions if row.position != "concur"],
        "newer_standard": newest if (newest := norms.version_in_force()) != finding.standard_version else "",
        "waits": [cause_words(cause) for cause in finding.stale_because],
        "contests": [(row, kinds.get(row.kind, row.kind)) for row in contests],
        "history": [(row, cause_words(row.cause), flip_words(row) if row.flipped else []) for row in history],
        "extensions": Extension.objects.filter(finding=finding).select_related("extended_by"),
        "pap_mark": pap_of(finding),
        "article": dict(norms.articles(finding.standard_version)).get(finding.article or 0, ""),
        "proof": proof_shown(case, finding),
        "reasonings": selectors.reasonings_of(finding),
        "holds_state": leg.holds_state,
        "may_reason": leg.holds_state and case.may(Action.ANALYSE) and Role.LEGAL_ASSESSOR in actor.roles and not over,
        "may_say_outcome": case.may(Action.PROPOSE_FINDING) and case.incident.status == "open"
        and finding.proposed_by_id != actor.user.pk and not hasattr(finding, "resolution"),
        "may_change": case.may(Action.PROPOSE_FINDING) and not over,
        "may_contest": case.may(Action.ANALYSE) and not over,
        "may_resolve": case.may(Action.ANALYSE) and not over and finding.proposed_by_id != actor.user.pk,
        "may_convene": case.may(Action.CONVENE_PANEL)
        and not over
        and not any(panel.state in (Round.INVITING, Round.SEALED) for panel in panels),
        "may_sign": case.may(Action.TAKE_SEAT) and mine and not (counting and counting.sealed_again) and not over and finding.approved_at is None and finding.computed_tier > "T1",
    }  # fmt: skip


@require_safe
def finding_page(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """A finding with every requirement, met or missing, and everything said against it."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number)
    services.note_shown(actor, finding)
    watch: dict[str, Any] = {
        "watching": is_watching(actor, case.incident.pk, finding.label),
        "watch_url": reverse("finding-watch", args=[reference, number]),
    }
    return page(request, case, "finding", **finding_context(case, finding, actor), **watch)


@require_safe
def finding_replay(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """The finding day by day: what the rules would have said from what was known by then, and how it was recorded here."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number)
    standings = {"rejected": _("rejected by evidence"), "weakened": _("weakened"), "open": _("open")}
    history = StandingChange.objects.filter(finding=finding).defer("explanation").order_by("pk")[:200]
    names = names_of(selectors.hypotheses_of(case.incident, finding.leg))
    days = [
        (
            day,
            standings[day.standing],
            norms.say(day.sentence.code, day.sentence.params, finding.standard_version, names),
        )
        for day in replay(finding)
    ]
    return page(
        request, case, "replay", finding=finding, days=days, history=[(row, cause_words(row.cause)) for row in history]
    )


@require_http_methods(["GET", "HEAD", "POST"])
def finding_amend(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Adding to a finding, or revising its judgement."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = AmendForm(request.POST or None, finding=finding)
    return form_page(
        request, case, form,
        lambda: services.amend_finding(**named(actor, reference, number), facts=form.facts(), why=form.cleaned_data["why"]),
        title=_("Add to %(finding)s") % {"finding": number}, button=_("Save"), done=_("The finding was saved and computed anew."),
        back=address(reference, number),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def finding_extend(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Putting a review off."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = ExtendForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.extend_review(**named(actor, reference, number), **form.cleaned_data),
        title=_("Put off the review of %(finding)s") % {"finding": number}, button=_("Put off the review"),
        done=_("The review was put off. The reasons are on the record."), back=address(reference, number),
        lede=_("At most 30 days from today, and only with reasons."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def finding_contest(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Contesting a finding."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.ANALYSE)
    form = ContestForm(request.POST or None, finding=finding)
    return form_page(
        request, case, form,
        lambda: services.contest_finding(**named(actor, reference, number), **form.cleaned_data),
        title=_("Contest %(finding)s") % {"finding": number}, button=_("Put it on record"),
        done=_("The contest is on record. The finding stays visible with it."), back=address(reference, number),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def contest_resolve(request: HttpRequest, reference: str, number: str, contest: int) -> HttpResponse:
    """Resolving a contest with reasons."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.ANALYSE)
    row = Contest.objects.filter(finding=finding, pk=contest).first()
    if row is None:
        raise NotFound(contest)
    form = ResolveForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.resolve_contest(**named(actor, reference, number), contest_id=contest, **form.cleaned_data),
        title=_("Resolve a contest of %(finding)s") % {"finding": number}, button=_("Resolve the contest"),
        done=_("The contest was resolved. It stays on record."), back=address(reference, number), lede=row.text,
    )  # fmt: skip


@require_POST
def finding_corroborate(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Putting one's name to a corroborated finding."""
    services.corroborate_finding(**named(actor_of(request), reference, number))
    messages.success(request, _("You put your name to this finding. It is corroborated."))
    return see_other(address(reference, number))


@require_http_methods(["GET", "HEAD", "POST"])
def finding_withdraw(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Withdrawing a finding."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = ReasonForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.withdraw_finding(**named(actor, reference, number), **form.cleaned_data),
        title=_("Withdraw %(finding)s") % {"finding": number}, button=_("Withdraw the finding"),
        done=_("The finding was withdrawn. It stays on record."), back=address(reference, number), danger=True,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def finding_supersede(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Saying which finding stands in the place of this one."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number, Action.PROPOSE_FINDING)
    form = SupersedeForm(request.POST or None, finding=finding)
    return form_page(
        request, case, form,
        lambda: services.supersede_finding(**named(actor, reference, number), **form.cleaned_data),
        title=_("Replace %(finding)s") % {"finding": number}, button=_("Replace the finding"),
        done=_("The other finding stands in its place."), back=address(reference, number), danger=True,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def panel_new(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """Convening a panel."""
    actor = actor_of(request)
    case, _finding = finding_for(actor, reference, number, Action.CONVENE_PANEL)
    form = ConveneForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.convene_panel(actor=actor, reference=reference, finding=number, **form.facts()),
        title=_("Convene a panel for %(finding)s") % {"finding": number}, button=_("Convene the panel"),
        done=_("The panel was convened. Offer its seats now."), back=address(reference, number),
        lede=_("Digital forensics, law and human rights must all be seated, from organisations on neither side."),
    )  # fmt: skip
