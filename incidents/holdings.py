"""What a member holds of cases: those they are in charge of move; grants by name and watches end with the membership."""

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from organisations.actors import Actor
from organisations.holdings import Held, Source, declare
from organisations.models import User

from .handing import leaders_of, put_in_charge
from .models import Incident


def in_charge_of(actor: Actor, person: User) -> list[Held]:
    """Cases of the house this person is in charge of."""
    found = Incident.objects.filter(holder=actor.organisation, in_charge=person).order_by("pk")
    return [Held(str(each), reverse("incident", args=[each.reference])) for each in found.only("reference")]


def takers(actor: Actor, person: User) -> list[User]:
    """Who could be in charge instead."""
    return [each for each in leaders_of(actor.organisation) if each.pk != person.pk]


def move(actor: Actor, person: User, to: User) -> int:
    """Puts another member in charge of every one of them."""
    held = in_charge_of(actor, person)
    for each in held:
        put_in_charge(actor=actor, reference=each.label, person_id=to.pk)
    return len(held)


def reach_of(actor: Actor, person: User) -> dict[str, int]:
    """How many cases reach a member of the actor's house, by how (held, house, role, name), and how many they watch.

    Numbers and no cases: an administrator may not see every one of them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT how, cases FROM incidents_reach_of(%s, %s)", [person.pk, actor.organisation.pk])
        return dict(cursor.fetchall())


def by_name(actor: Actor, person: User) -> list[Held]:
    """Cases shared with this person by name, as one of this house."""
    n = reach_of(actor, person).get("name", 0)
    return [Held(ngettext("%(n)d case", "%(n)d cases", n) % {"n": n})] if n else []


def watches(actor: Actor, person: User) -> list[Held]:
    """What they watch."""
    n = reach_of(actor, person).get("watches", 0)
    return [Held(ngettext("%(n)d watch", "%(n)d watches", n) % {"n": n})] if n else []


declare(Source("cases", _("Cases they are in charge of"), in_charge_of, takers, move))
declare(Source("named-grants", _("Cases shared with them by name"), by_name))
declare(Source("watches", _("What they watch"), watches))
