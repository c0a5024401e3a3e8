"""What members say to each other between the rounds: after the opening, never while a round is sealed (ATT-7)."""

from django.db import transaction

from core.errors import Invalid, NotAllowed
from incidents.facts import Errors, clean_text
from organisations.actors import Actor
from organisations.roles import Action

from .. import errors as rules_broken
from ..access import open_case, panel_in
from ..models import Remark, Seat
from ..states import Conflict, Round
from ..telling import tell_seats_mentioned
from .panels import recorded


@transaction.atomic
def add_remark(*, actor: Actor, reference: str, panel: int, text: str) -> Remark:
    """A member says something in the discussion. The panel sets whether it is shown by name or by handle."""
    case = open_case(actor, reference, Action.TAKE_SEAT)
    found = panel_in(case.incident, panel)
    seat = Seat.objects.filter(panel=found, member=actor.user, conflict=Conflict.NONE, recused_at__isnull=True).first()
    if seat is None:
        raise NotAllowed(Action.TAKE_SEAT)
    if found.state != Round.REVEALED:
        raise rules_broken.NoDiscussionNow
    errors: Errors = {}
    words = clean_text(text, "text", errors, required=True)
    if errors:
        raise Invalid(errors)
    remark = Remark.objects.create(incident=case.incident, panel=found, seat=seat, text=words, said_by=actor.user)
    recorded(actor, found, "panel.discussed", panel=found.label)
    tell_seats_mentioned(remark)
    return remark
