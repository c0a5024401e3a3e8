"""A panel: who sits, who has given an opinion (never what it says), and, once open, all opinions side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import NotAllowed
from core.http import see_other
from incidents.access import CaseAccess
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import norms, selectors, services
from ..access import own_seat_for, panel_for
from ..errors import LaterPanel, NoDiscussionNow, NoSecondRound
from ..models import Opinion, Panel, Seat
from ..states import Conflict, Round
from ..words import shown
from .forms import DeclareForm, InviteForm, OpinionForm, RemarkForm, ResolveForm, SecondRoundForm
from .pages import form_page, page


def address(reference: str, panel: int) -> str:
    """The panel's own page."""
    return reverse("panel", args=[reference, panel])


def own_seat(seats: list[Seat], actor: Actor) -> Seat | None:
    """The seat the reader holds."""
    return next(
        (s for s in seats if s.member_id == actor.user.pk and s.conflict == Conflict.NONE and not s.recused_at), None
    )


def opinion_words(opinion: Opinion, panel: Panel) -> dict[str, Any]:
    """An open opinion in words."""
    version = panel.finding.standard_version
    return {
        "opinion": opinion,
        "discipline": dict(norms.named("disciplines", version)).get(opinion.seat.discipline, opinion.seat.discipline),
        "likelihood": norms.term_words(opinion.scale, opinion.likelihood, version),
        "confidence": dict(norms.named("confidence", version)).get(opinion.confidence, ""),
        "article": dict(norms.articles(version)).get(opinion.article or 0, ""),
        "answer": getattr(opinion, "answer", None),
    }


def panel_context(case: CaseAccess, panel: Panel, actor: Actor) -> dict[str, Any]:
    """What a panel's page is drawn from: the same for everybody until the round is open, but for one's own opinion."""
    seats = selectors.seats_of(panel)
    disciplines = dict(norms.named("disciplines", panel.finding.standard_version))
    seat = own_seat(seats, actor)
    sitting = [row for row in seats if row.recused_at is None]
    opened = [opinion_words(row, panel) for row in selectors.opened_opinions(panel)]
    running = panel.state in (Round.INVITING, Round.SEALED)
    filled = {row.seat for row in sitting if row.conflict == Conflict.NONE}
    names = dict(norms.named("seats", panel.finding.standard_version))
    return {
        "panel": panel,
        "shown": shown(panel.finding),
        "seats": [(row, disciplines.get(row.discipline, row.discipline)) for row in seats],
        "own_seat": seat,
        "own_opinion": selectors.own_opinion(panel, actor.user) if seat else None,
        "given": sum(row.sealed_at is not None for row in sitting),
        "sitting": len(sitting),
        "empty_seats": [names[code] for code in panel.required_seats if code not in filled],
        "opinions": opened,
        "earlier": [opinion_words(row, panel) for row in selectors.earlier_opinions(panel)],
        "discussion": selectors.discussion_of(panel, actor.user),
        "may_discuss": seat is not None and panel.state == Round.REVEALED and case.incident.status == "open",
        "may_begin_second": case.may(Action.CONVENE_PANEL) and panel.state == Round.REVEALED and panel.round == 1 and case.incident.status == "open",
        "over": panel.deadline < clock.now(),
        "may_invite": case.may(Action.CONVENE_PANEL) and running and panel.round == 1 and case.incident.status == "open",
        "may_reveal": panel.state == Round.SEALED and (seat is not None or case.may(Action.CONVENE_PANEL)),
        "may_opine": seat is not None and panel.state == Round.SEALED and panel.deadline >= clock.now()
        and (panel.round == 1 or any(row["opinion"].seat_id == seat.pk for row in opened)),
        "may_answer": seat is not None and panel.state != Round.SEALED,
    }  # fmt: skip


@require_safe
def panel_page(request: HttpRequest, reference: str, panel: int) -> HttpResponse:
    """A panel."""
    actor = actor_of(request)
    case, found = panel_for(actor, reference, panel)
    return page(request, case, "panel", **panel_context(case, found, actor))


@require_http_methods(["GET", "HEAD", "POST"])
def seat_invite(request: HttpRequest, reference: str, panel: int) -> HttpResponse:
    """Offering a seat."""
    actor = actor_of(request)
    case, found = panel_for(actor, reference, panel, Action.CONVENE_PANEL)
    form = InviteForm(request.POST or None, finding=found.finding, incident=case.incident)
    return form_page(
        request, case, form,
        lambda: services.invite_seat(
            actor=actor, reference=reference, panel=panel,
            **{name: form.cleaned_data[name] for name in ("organisation", "discipline", "about")},
        ),
        title=_("Offer a seat on %(panel)s") % {"panel": found.label}, button=_("Offer the seat"), done=_("The seat was offered."),
        back=address(reference, panel),
        lede=_("They see the summary of the case now. Evidence opens to the person who takes the seat, by name."),
    )  # fmt: skip


@require_POST
def seat_release(request: HttpRequest, reference: str, panel: int, seat: int) -> HttpResponse:
    """Taking an invitation back."""
    services.release_seat(actor=actor_of(request), reference=reference, seat=seat)
    messages.success(request, _("The invitation was taken back."))
    return see_other(address(reference, panel))


@require_http_methods(["GET", "HEAD", "POST"])
def seat_declare(request: HttpRequest, reference: str, seat: int) -> HttpResponse:
    """The invitation and the declaration, before any evidence opens."""
    actor = actor_of(request)
    case, found = own_seat_for(actor, reference, seat)
    form = DeclareForm(request.POST or None, taken=found.conflict == Conflict.NONE)
    disciplines = dict(norms.named("disciplines"))
    chosen = form.data.get("conflict") == "yes"
    may_answer = found.recused_at is None and (
        found.conflict == Conflict.UNDECLARED or found.member_id == actor.user.pk
    )
    return form_page(
        request, case, form,
        lambda: services.declare_conflict(
            actor=actor, reference=reference, seat=seat, conflict=chosen, text=form.cleaned_data["text"],
            nationalities=[form.cleaned_data[name] for name in ("nationalities", "second_nationality")],
        ),
        title=_("A seat on a panel"), button=_("Declare"),
        done=_("You stepped out. The evidence is closed to you.") if chosen else _("The seat is yours. The evidence is open to you now."),
        back=reverse("incident" if chosen else "attribution", args=[reference]), template="seat", seat=found,
        discipline=disciplines.get(found.discipline, found.discipline), may_answer=may_answer,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, reference: str, panel: int) -> HttpResponse:
    """The reader's own opinion: given, read again and changed until the round is opened."""
    actor = actor_of(request)
    case, found = panel_for(actor, reference, panel, Action.TAKE_SEAT)
    seat = own_seat(selectors.seats_of(found), actor)
    if seat is None:
        raise NotAllowed(Action.TAKE_SEAT)
    lawyer = seat.discipline in norms.standard_of(found.finding.standard_version).seats["law"]
    own = selectors.own_opinion(found, actor.user)
    form = OpinionForm(request.POST or None, finding=found.finding, lawyer=lawyer, own=own)
    return form_page(
        request, case, form,
        lambda: services.seal_opinion(actor=actor, reference=reference, panel=panel, facts=form.cleaned_data),
        title=_("Your opinion on %(finding)s") % {"finding": found.finding.label}, button=_("Seal the opinion"),
        done=_("Your opinion is sealed. You can change it until the round is opened."), back=address(reference, panel),
        lede=_("Nobody reads it until all opinions are opened at once, and you read nobody else’s."),
        template="opinion", panel=found, shown=shown(found.finding), seat=seat,
    )  # fmt: skip


@require_POST
def panel_reveal(request: HttpRequest, reference: str, panel: int) -> HttpResponse:
    """Opening all opinions at once."""
    services.reveal_panel(actor=actor_of(request), reference=reference, panel=panel)
    messages.success(request, _("All opinions are open. The finding was computed anew."))
    return see_other(address(reference, panel))


@require_http_methods(["GET", "HEAD", "POST"])
def second_round(request: HttpRequest, reference: str, panel: int) -> HttpResponse:
    """Beginning the second round, sealed again."""
    actor = actor_of(request)
    case, found = panel_for(actor, reference, panel, Action.CONVENE_PANEL)
    form = SecondRoundForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.begin_second_round(actor=actor, reference=reference, panel=panel, **form.facts()),
        title=_("Second round of %(panel)s") % {"panel": found.label}, button=_("Begin the second round"),
        done=_("The second round has begun. Opinions are sealed again."), back=address(reference, panel),
        lede=_("The same members give their opinions once more, knowing the first ones. Until they are opened, the first ones count."),
        explains=(NoSecondRound, LaterPanel),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def discuss(request: HttpRequest, reference: str, panel: int) -> HttpResponse:
    """Speaking in the discussion between the rounds."""
    actor = actor_of(request)
    case, found = panel_for(actor, reference, panel, Action.TAKE_SEAT)
    if own_seat(selectors.seats_of(found), actor) is None:
        raise NotAllowed(Action.TAKE_SEAT)
    form = RemarkForm(request.POST or None)
    lede = _("It is shown under your name.") if found.by_name else _("It is shown under a handle, not under your name.")
    return form_page(
        request, case, form,
        lambda: services.add_remark(actor=actor, reference=reference, panel=panel, **form.cleaned_data),
        title=_("Discussion of %(panel)s") % {"panel": found.label}, button=_("Say it"), done=_("It stands in the discussion."),
        back=address(reference, panel), lede=lede, explains=(NoDiscussionNow,),
    )  # fmt: skip


@require_POST
def panel_close(request: HttpRequest, reference: str, panel: int) -> HttpResponse:
    """Ending a panel."""
    services.close_panel(actor=actor_of(request), reference=reference, panel=panel)
    messages.success(request, _("The panel was ended."))
    return see_other(address(reference, panel))


@require_http_methods(["GET", "HEAD", "POST"])
def objection_answer(request: HttpRequest, reference: str, panel: int, seat: int) -> HttpResponse:
    """Answering a blocking objection."""
    actor = actor_of(request)
    case, found = panel_for(actor, reference, panel, Action.TAKE_SEAT)
    form = ResolveForm(request.POST or None)
    return form_page(
        request, case, form,
        lambda: services.answer_objection(actor=actor, reference=reference, panel=panel, seat=seat, **form.cleaned_data),
        title=_("Answer the objection of seat S-%(seat)d") % {"seat": seat}, button=_("Answer the objection"),
        done=_("The answer is printed beside the objection."), back=address(reference, panel),
        lede=next((row.objection for row in selectors.opened_opinions(found) if row.seat.number == seat), ""),
    )  # fmt: skip
