"""What a member holds of duty: their lines on the rota. Another member takes them over, or they are taken off it (ESC-8)."""

from datetime import time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from organisations.actors import Actor
from organisations.holdings import Held, Source, declare
from organisations.models import User
from organisations.roles import Role
from organisations.selectors import lasting_people

from .models import DutyContact
from .rota import contacts_of, days_in_words
from .services.duty import change_contact

# As the rota keeps them; the telephone is the leaver's own and does not go along.
KEPT = ("weekdays", "starts", "ends", "time_zone", "from_on", "until_on")


def lines_of(actor: Actor, person: User) -> list[DutyContact]:
    """The lines of the rota that name this person."""
    return [each for each in contacts_of(actor) if each.user_id == person.pk]


def hours(contact: DutyContact) -> str:
    """When, by the clock of the line's own time zone."""
    if contact.starts == contact.ends == time(0):
        return days_in_words(contact)
    return f"{days_in_words(contact)}, {contact.starts:%H:%M}–{contact.ends:%H:%M} {contact.time_zone}"


def find(actor: Actor, person: User) -> list[Held]:
    """The lines, with the place in the order and the hours."""
    where = reverse("duty")
    return [Held(f"{contact.position}. {hours(contact)}", where) for contact in lines_of(actor, person)]


def takers(actor: Actor, person: User) -> list[User]:
    """Members who are people and belong to the house without an end."""
    found = lasting_people(actor.organisation).exclude(roles__contains=[Role.GUEST]).exclude(user=person)
    return [membership.user for membership in found]


@transaction.atomic
def move(actor: Actor, person: User, to: User) -> int:
    """Puts another member on the rota in every one of them; past calls still say whom they asked."""
    lines = lines_of(actor, person)
    for contact in lines:
        facts: dict[str, Any] = {name: getattr(contact, name) for name in KEPT}
        change_contact(
            actor=actor, contact_id=contact.pk, facts={**facts, "order": contact.position, "person": to.pk, "name": to.name}
        )  # fmt: skip
    return len(lines)


declare(Source("duty", _("Lines on the duty rota (hand them on, or take them off the rota)"), find, takers, move))
