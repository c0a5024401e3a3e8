"""Panels: convened by the holder, seated from outside, opened all at once (ATT-7)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accreditation.errors import NotAccredited
from accreditation.selectors import is_accredited
from core import clock
from core.countries import country_choices
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents.access import case_for
from incidents.facts import Errors, clean_choice, clean_text
from incidents.models import Incident
from incidents.numbering import next_number
from incidents.services import grant_access
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action, Grade

from .. import errors as rules_broken
from .. import norms
from ..access import must_be_open, open_case, open_finding_for, own_seat_for, panel_in
from ..models import Finding, Opinion, Panel, Seat
from ..states import PANEL_TRANSITIONS, Conflict, Round
from ..telling import sitting, tell_opened, tell_round_opened, tell_seat_offered
from .facts import clean_deadline
from .findings import still_stands
from .platform import system_for
from .tiers import recompute_finding

SMALLEST = 3


def recorded(actor: Actor, subject: Panel | Seat, verb: str, **payload: Any) -> None:
    """The ledger entry of an act on a panel."""
    record(actor=actor, verb=verb, subject=subject, root_id=subject.incident_id, payload=payload)


def side_of(incident: Incident, organisation: Organisation) -> str | None:
    """Why an organisation has no seat: `claimant`, `kind`, `accused`, `harmed`, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_side_of(%s, %s)", [incident.pk, organisation.pk])
        found = cursor.fetchone()[0]
    return None if found is None else str(found)


def clean_future(value: Any, errors: Errors) -> datetime | None:
    """Until when opinions are given: a moment that is still to come."""
    moment = clean_deadline(value, "deadline", errors)
    if moment is not None and moment <= clock.now():
        errors.setdefault("deadline", []).append(_("The date must be in the future."))
    return moment


@transaction.atomic
def convene_panel(
    *, actor: Actor, reference: str, finding: str, deadline: Any, quorum: int = SMALLEST, by_name: bool = True
) -> Panel:
    """Convenes a panel for a finding; digital forensics, law and human rights must all be seated (ATT-7).

    `by_name`: whether members speak by name in the discussion between the rounds, or by a handle.
    """
    case, found = open_finding_for(actor, reference, finding, Action.CONVENE_PANEL)
    still_stands(found)
    errors: Errors = {}
    moment = clean_future(deadline, errors)
    if not SMALLEST <= quorum <= 30:
        errors.setdefault("quorum", []).append(_("A panel has at least three opinions."))
    if errors or moment is None:
        raise Invalid(errors)
    if Panel.objects.filter(finding=found, state__in=[Round.INVITING, Round.SEALED]).exists():
        raise rules_broken.RoundOpen
    number = next_number(Panel.objects.filter(incident=case.incident))
    standard = norms.standard_of(found.standard_version)
    panel = Panel.objects.create(
        incident=case.incident, finding=found, number=number, scale=found.scale, required_seats=sorted(standard.seats),
        quorum=quorum, deadline=moment, convened_by=actor.user, by_name=by_name,
    )  # fmt: skip
    recorded(actor, panel, "panel.convened", finding=found.label, panel=panel.label, deadline=moment.isoformat())
    return panel


@transaction.atomic
def invite_seat(
    *, actor: Actor, reference: str, panel: int, organisation: Organisation, discipline: str, about: str = ""
) -> Seat:
    """Offers a seat to an organisation from outside. It sees the summary and what is to be judged; evidence opens to the
    person who takes the seat, once they have declared no conflict of interest."""
    case = open_case(actor, reference, Action.CONVENE_PANEL)
    found = panel_in(case.incident, panel)
    if found.state not in (Round.INVITING, Round.SEALED):
        raise rules_broken.RoundOver
    if found.round > 1:
        raise rules_broken.SecondRoundSeats
    errors: Errors = {}
    version = found.finding.standard_version
    discipline = clean_choice(discipline, "discipline", errors, norms.named("disciplines", version))
    text = clean_text(about, "about", errors) or f"{found.finding.hypothesis.name}: {found.finding.statement}"
    if errors:
        raise Invalid(errors)
    if (side := side_of(case.incident, organisation)) is not None:
        raise rules_broken.NoSeatFor(side)
    if not is_accredited(organisation):
        raise NotAccredited(organisation=organisation.slug)
    number = next_number(Seat.objects.filter(incident=case.incident))
    seat_code = norms.seat_of(discipline, version)
    seat = Seat.objects.create(
        incident=case.incident, panel=found, number=number, discipline=discipline, seat=seat_code, about=text,
        organisation=organisation, answer_by=found.deadline, invited_by=actor.user,
    )  # fmt: skip
    # Only this much before the declaration; the role is named when the seat belongs to one.
    role = norms.ROLE_OF_SEAT.get(seat_code, "")
    if Action.SHARE in case.actions:
        grant_access(
            actor=actor, reference=reference, organisation=organisation, grade=Grade.SUMMARY, role=role,
            reason=f"Invited to panel {found.label}, seat {seat.label}",
        )  # fmt: skip
    else:
        raise NotAllowed(Action.SHARE)
    recorded(
        actor,
        seat,
        "panel.seat_invited",
        panel=found.label,
        seat=seat.label,
        discipline=discipline,
        organisation=organisation.pk,
    )
    seat.panel, seat.incident = found, case.incident
    tell_seat_offered(seat)
    return seat


@transaction.atomic
def release_seat(*, actor: Actor, reference: str, seat: int) -> Seat:
    """Takes back an invitation nobody has answered yet."""
    case = open_case(actor, reference, Action.CONVENE_PANEL)
    found = Seat.objects.filter(incident=case.incident, number=seat).select_related("panel").first()
    if found is None:
        raise NotFound(seat)
    if found.conflict != Conflict.UNDECLARED or found.recused_at is not None:
        raise rules_broken.SeatTaken
    found.recused_at, found.recused_reason = clock.now(), "released"
    found.save(update_fields=["recused_at", "recused_reason"])
    recorded(actor, found, "panel.seat_released", panel=found.panel.label, seat=found.label)
    return found


@transaction.atomic
def declare_conflict(
    *, actor: Actor, reference: str, seat: int, conflict: bool, text: str = "", nationalities: Iterable[str] = ()
) -> Seat:
    """The invited person says whether they have a conflict of interest, before any evidence opens, and of which countries
    they are a national: nobody of the accused's or of the harmed's side sits, whoever employs them.

    None: the seat is theirs and the evidence opens to them by name. A conflict: they step out, the seat is free, and what
    had opened closes; a conflict that appears after an opinion was given takes that opinion out of the count.
    """
    case, found = own_seat_for(actor, reference, seat, lock=True)
    must_be_open(case)
    actor.require(Action.TAKE_SEAT)
    if not norms.roles_for(found.seat) & set(actor.roles):
        raise NotAllowed(found.discipline)
    errors: Errors = {}
    words = clean_text(text, "text", errors, required=conflict)
    nations = clean_nationalities(nationalities, errors, required=not conflict and found.conflict != Conflict.NONE)
    if errors:
        raise Invalid(errors)
    if found.recused_at is not None or (found.conflict == Conflict.NONE and found.member_id != actor.user.pk):
        raise rules_broken.SeatTaken
    if conflict:
        return step_out(actor, case.incident, found, words)
    if found.conflict == Conflict.NONE:
        return found
    return take_seat(actor, case.incident, found, nations)


def clean_nationalities(value: Iterable[str], errors: Errors, *, required: bool) -> list[str]:
    """Country codes, one at least of whoever takes a seat."""
    known = dict(country_choices())
    codes = sorted({str(code).strip().upper() for code in value} - {""})
    if any(code not in known for code in codes) or len(codes) > 10:
        errors.setdefault("nationalities", []).append(_("Choose a country of the list."))
    elif required and not codes:
        errors.setdefault("nationalities", []).append(_("Say of which country you are a national."))
    return codes


def take_seat(actor: Actor, incident: Incident, seat: Seat, nationalities: list[str]) -> Seat:
    """No conflict: the seat is taken. The database opens the evidence, by name, with the same change."""
    if (side := side_of(incident, seat.organisation)) is not None:
        raise rules_broken.NoSeatFor(side)
    if not is_accredited(seat.organisation):
        raise NotAccredited(organisation=seat.organisation.slug)
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_side_of_person(%s, %s)", [incident.pk, nationalities])
        if (own := cursor.fetchone()[0]) is not None:
            raise rules_broken.NoSeatForNational(side=own)
    if Seat.objects.filter(panel_id=seat.panel_id, member=actor.user, recused_at__isnull=True).exists():
        raise rules_broken.AlreadySitting
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_seat_bar(%s)", [seat.pk])
        bar = cursor.fetchone()[0]
    if bar == "over":
        raise rules_broken.RoundOver
    if bar == "spoke_before":
        raise rules_broken.SpokeBefore
    if bar is not None:
        raise rules_broken.MemberHasPart(part=bar)
    seat.conflict, seat.member, seat.declared_at = Conflict.NONE, actor.user, clock.now()
    seat.nationalities = nationalities
    seat.save(update_fields=["conflict", "member", "declared_at", "nationalities"])
    panel = Panel.objects.select_related("finding").get(pk=seat.panel_id)
    panel.incident = panel.finding.incident = incident
    recorded(actor, seat, "panel.seat_taken", panel=panel.label, seat=seat.label)
    filled = set(
        Seat.objects.filter(panel=panel, conflict=Conflict.NONE, recused_at__isnull=True).values_list("seat", flat=True)
    )
    if panel.state == Round.INVITING and filled >= set(panel.required_seats):
        panel.state = Round.SEALED
        panel.save(update_fields=["state"])
        tell_round_opened(panel, sitting(panel))
    elif panel.state == Round.SEALED:  # the others were told when it opened
        tell_round_opened(panel, [seat])
    return seat


def step_out(actor: Actor, incident: Incident, seat: Seat, words: str) -> Seat:
    """A conflict: recused. The finding is computed anew when an open opinion leaves the count."""
    gave = Opinion.objects.filter(seat=seat).exists()
    seat.conflict, seat.member, seat.conflict_text = Conflict.DECLARED, actor.user, words
    seat.declared_at = seat.recused_at = clock.now()
    seat.recused_reason = "conflict"
    recorded(actor, seat, "panel.seat_recused", seat=seat.label)
    seat.save(update_fields=["conflict", "member", "conflict_text", "declared_at", "recused_at", "recused_reason"])
    if gave:
        system = system_for(incident.holder_id)
        with acting_as(system.principal):
            finding = Finding.objects.get(panels__pk=seat.panel_id)
            finding.incident = incident
            recompute_finding(actor=system, finding=finding, cause="panel.seat_recused")
    return seat


@transaction.atomic
def reveal_panel(*, actor: Actor, reference: str, panel: int) -> Panel:
    """Opens every opinion at once: when all members have given theirs, or the time is over and there is a quorum.

    The database alone can do it, and asks the same conditions again. The finding is computed anew.
    """
    case = case_for(actor, reference, Action.SEE_ATTRIBUTION, lock=True)
    must_be_open(case)
    found = panel_in(case.incident, panel)
    sits = Seat.objects.filter(panel=found, member=actor.user, recused_at__isnull=True, conflict=Conflict.NONE).exists()
    if not sits and not case.may(Action.CONVENE_PANEL):
        raise NotAllowed(Action.CONVENE_PANEL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_reveal(%s)", [found.pk])
        outcome = cursor.fetchone()[0]
    refusals = {
        "not_sealed": rules_broken.SeatsFilling if found.state == Round.INVITING else rules_broken.RoundOver,
        "waiting": rules_broken.StillSealed,
        "no_quorum": rules_broken.NoQuorum,
        "not_found": NotFound,
    }
    if outcome in refusals:
        raise refusals[outcome]
    found.refresh_from_db(fields=["state", "revealed_at"])
    seats = Seat.objects.filter(panel=found).exclude(commitment="").order_by("number")
    recorded(
        actor, found, "panel.revealed", panel=found.label, round=found.round,
        opinions=[[seat.label, seat.commitment] for seat in seats],
    )  # fmt: skip
    recompute_finding(actor=actor, finding=found.finding, cause="panel.revealed")
    tell_opened(found, actor.user)
    return found


@transaction.atomic
def begin_second_round(*, actor: Actor, reference: str, panel: int, deadline: Any) -> Panel:
    """After the discussion: the same members give their opinions once more, sealed again, knowing the first ones.

    Until it is opened the first opinions count. Whoever gave none in the first round gives none now: they have read
    the others'.
    """
    case = open_case(actor, reference, Action.CONVENE_PANEL)
    found = panel_in(case.incident, panel)
    still_stands(found.finding)
    errors: Errors = {}
    moment = clean_future(deadline, errors)
    if errors:
        raise Invalid(errors)
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_second_round(%s, %s)", [found.pk, moment])
        outcome = cursor.fetchone()[0]
    refusals = {
        "not_found": NotFound, "not_opened": rules_broken.NoSecondRound, "later_panel": rules_broken.LaterPanel,
    }  # fmt: skip
    if outcome in refusals:
        raise refusals[outcome]
    found.refresh_from_db(fields=["state", "round", "deadline"])
    recorded(actor, found, "panel.second_round", panel=found.label, deadline=found.deadline.isoformat())
    tell_round_opened(found, [seat for seat in sitting(found) if Opinion.objects.filter(seat=seat, round=1).exists()])
    return found


@transaction.atomic
def close_panel(*, actor: Actor, reference: str, panel: int) -> Panel:
    """Ends a panel: after its opinions were opened they stay; before, nothing of them is ever shown."""
    case = open_case(actor, reference, Action.CONVENE_PANEL)
    found = panel_in(case.incident, panel)
    if Round.CLOSED not in PANEL_TRANSITIONS[found.state]:
        raise rules_broken.RoundOver
    found.state, found.closed_at = Round.CLOSED, clock.now()
    found.save(update_fields=["state", "closed_at"])
    recorded(actor, found, "panel.closed", panel=found.label)
    return found
