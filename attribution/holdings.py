"""What a member holds of panels: seats. A house hands one on while its panel is being filled; later it is vacated (ATT-7)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisations.actors import Actor
from organisations.holdings import Held, Source, declare
from organisations.models import User

from .services.passing_on import pass_seat_on, seats_of, successors


def seats(actor: Actor, person: User) -> list[Held]:
    """The seats, by case and label: the house was offered them so."""
    return [Held(f"{seat.reference} S-{seat.number}") for seat in seats_of(actor, person)]


def takers(actor: Actor, person: User) -> list[User]:
    """Members who could take at least one of those that can be handed on."""
    able = {to.pk: to for held in seats_of(actor, person) for to in successors(actor, person, held)}
    return sorted(able.values(), key=lambda to: (to.name, to.pk))


@transaction.atomic
def move(actor: Actor, person: User, to: User) -> int:
    """Has those the other member could take offered to the house anew, for them; how many."""
    moved = 0
    for held in seats_of(actor, person):
        if to.pk in {each.pk for each in successors(actor, person, held)}:
            moved += pass_seat_on(actor=actor, held=held, to=to) is not None
    return moved


declare(
    Source(
        "seats", _("Seats on panels"), seats, takers, move, must=False,
        after=_("A seat is empty when its member leaves, and whoever convened the panel is told. An opinion that is still sealed is never opened and does not count; one that was opened stays said. Before the opinions of a panel are asked for, a seat can be handed on: it is offered to the successor, who declares for themselves whether they may take it."),
    )
)  # fmt: skip
