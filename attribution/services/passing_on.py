"""A seat whose member leaves the house that sent them (SHR-2, ATT-7).

Nobody declares for another, so nobody is put into a seat. While seats are still being filled the house gives its member's seat
up, and the same seat is offered to the house once more, as the platform acting for the holder: the invitation was to the house.
Whoever takes it declares for themselves, and every rule of independence is asked of them then.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from accreditation.errors import NotAccredited
from accreditation.selectors import is_accredited
from core.tenancy import acting_as
from incidents.access import lock_case
from incidents.numbering import next_number
from organisations.actors import Actor
from organisations.models import User
from organisations.selectors import lasting_people

from .. import errors as rules_broken
from ..models import Panel, Seat
from ..norms import roles_for
from ..telling import tell_seat_offered, tell_seat_vacated
from .panels import recorded, side_of
from .platform import system_for


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat as the house that was offered it may know it (`attribution_seats_of`).

    `passes`: its panel is still being filled, so that no opinion can have been given: whether one was, is nobody's to learn.
    """

    seat_id: int
    holder_id: int
    reference: str
    panel_id: int
    number: int
    code: str
    passes: bool


def seats_of(actor: Actor, person: User) -> list[HeldSeat]:
    """Seats the person holds for the actor's organisation on panels that are not closed, whoever may see the case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM attribution_seats_of(%s, %s)", [person.pk, actor.organisation.pk])
        return [HeldSeat(*row) for row in cursor.fetchall()]


def successors(actor: Actor, person: User, held: HeldSeat) -> list[User]:
    """Members of the house whose role may take the seat, and who do not sit on its panel already."""
    if not held.passes:
        return []
    found = lasting_people(actor.organisation).filter(roles__overlap=sorted(roles_for(held.code)))
    sitting = Seat.objects.filter(panel_id=held.panel_id, recused_at__isnull=True, member__isnull=False)
    others = found.exclude(user=person).exclude(user__in=list(sitting.values_list("member_id", flat=True)))
    return [membership.user for membership in others]


@transaction.atomic
def pass_seat_on(*, actor: Actor, held: HeldSeat, to: User) -> Seat | None:
    """Gives the seat up and has it offered to the house anew, naming who should take it; None when its round has opened meanwhile.

    Asked by an administrator through `organisations.services.reassign`, which has checked that they may. Refused as an
    invitation would be: to a house on a side of the case, and to one that is not accredited now.
    """
    old = Seat.objects.get(pk=held.seat_id)
    system = system_for(held.holder_id)
    with acting_as(system.principal):
        lock_case(old.incident_id)
        panel = Panel.objects.select_related("finding", "incident", "convened_by").get(pk=held.panel_id)
        panel.finding.incident = panel.incident
        if (side := side_of(panel.incident, actor.organisation)) is not None:
            raise rules_broken.NoSeatFor(side)
        if not is_accredited(actor.organisation):
            raise NotAccredited(organisation=actor.organisation.slug)
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_vacate_seat(%s)", [old.pk])
        if cursor.fetchone() != (True,):
            return None
    with acting_as(system.principal):
        number = next_number(Seat.objects.filter(incident_id=old.incident_id))
        seat = Seat.objects.create(
            incident_id=old.incident_id, panel=panel, number=number, discipline=old.discipline, seat=old.seat, about=old.about,
            organisation=actor.organisation, answer_by=panel.deadline, invited_by=system.user,
        )  # fmt: skip
        seat.panel, seat.incident = panel, panel.incident
        old.panel, old.incident = panel, panel.incident
        tell_seat_offered(seat, to)
        tell_seat_vacated(old)
    recorded(actor, old, "panel.seat_passed_on", panel=panel.label, seat=old.label, offered=seat.label, to=to.pk)
    return seat
