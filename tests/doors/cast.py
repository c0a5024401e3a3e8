"""Everybody who knocks at a door of the case: the one list the tables of the doors are generated from.

Whoever holds the case, each grade, keys for programs, an organisation of each kind with nothing, whose share ended or ran out,
who left the house, is shut out of it or acts for another, a superuser, and nobody. A new kind of person is one line here, and
every address, task and command is asked of them from then on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import connection
from django.test import Client

from core import clock
from core.tenancy import Principal, acting_as
from incidents.services import grant_person, invite_guest, revoke_grant
from organisations.actors import Actor
from organisations.keys import issue_token, make_service_account
from organisations.models import Organisation, User
from organisations.roles import OWN_HOUSE, Action, Grade, Role, actions_within, allowed
from organisations.services import add_member, end_membership, found_organisation, suspend_member
from tests.people import House, People, accredited, member

from .world import World, shared

# Every role a member can have; a guest is nothing else.
MEMBER = [role for role in Role.values if role != Role.GUEST]


class Place(Enum):
    """Where somebody stands to the case, and so what every door of it answers them."""

    INSIDE = "in the audience: what role and grade both allow, and 403 for the rest"
    OUTSIDE = "of another house: 404 for everything"
    NOWHERE = "of no house: turned away before any id is looked at (403)"
    NOBODY = "not signed in: asked to sign in"


Make = Callable[[People, World], Actor | None]


@dataclass(frozen=True)
class Person:
    """One of the list. `grades` is what they hold on the case; `make` brings them about; `scopes` is what their key is for, when
    they are a program: it knocks at the API alone.
    """

    name: str
    place: Place
    make: Make
    grades: tuple[int, ...] = ()
    export: bool = False
    scopes: tuple[str, ...] | None = None

    def may(self, actor: Actor) -> frozenset[Action]:
        """What they may do on the case."""
        found = allowed(list(actor.roles), list(self.grades), export=self.export) - OWN_HOUSE
        return found if self.scopes is None else found & actions_within(list(self.scopes))

    def client(self, actor: Actor, sign_in: Callable[[Actor], Client]) -> Client:
        """A browser they are signed in with, or a program with their key."""
        if self.scopes is None:
            return sign_in(actor)
        with acting_as(actor.principal):
            _token, key = issue_token(actor=actor, name="cast", scopes=list(self.scopes))
        return Client(headers={"Authorization": f"Token {key}"})

    def __str__(self) -> str:
        return self.name


def everything(house: Any, name: str) -> Actor:
    """A member with every role: whatever is refused to them is refused for the tenant's or the grade's sake."""
    user = User.objects.create_user(f"{name}@{house.organisation.slug}.example", None, name=name)
    with acting_as(Principal(user.pk, house.organisation.pk)):
        add_member(organisation=house.organisation, user=user, roles=MEMBER)
    return Actor(user, house.organisation, tuple(MEMBER))


def newcomers(people: People, slug: str, kind: str) -> House:
    """A house of this kind that has nothing to do with the case yet."""
    made = House(found_organisation(slug=slug, name=slug, kind=kind))
    accredited(made.organisation, people.secretariat.organisation)
    return made


def of_house(role: str) -> Make:
    """Of the house that holds the case."""
    return lambda people, _world: people.vela.person(role)


def with_grade(grade: Grade, *, export: bool = False) -> Make:
    """Of a house the case is shared with at this grade; the role never stands in the way."""

    def make(people: People, world: World) -> Actor:
        name = f"{grade.name.lower()}{'-export' if export else ''}"
        actor = everything(newcomers(people, f"grade-{name}", "regional"), name)
        shared(people.vela.analyst, world.incident, actor.organisation, grade, may_export=export)
        return actor

    return make


def of_kind(kind: str) -> Make:
    """Of another house of this kind, with every role and nothing of the case."""
    return lambda people, _world: everything(newcomers(people, f"other-{kind.replace('_', '-')}", kind), "other")


def neighbour(people: People, world: World) -> Actor:
    """Another State's body, with every role."""
    return everything(people.orrin, "neighbour")


def operator(people: People, world: World) -> Actor:
    """A superuser of the platform who is a member of another organisation: being one opens no case."""
    actor = everything(people.orrin, "operator")
    actor.user.is_superuser = actor.user.is_staff = True
    actor.user.save()
    return actor


def former_partner(people: People, world: World) -> Actor:
    """Somebody whose organisation's share was ended."""
    actor = everything(people.brigid, "former-partner")
    grant = shared(people.vela.analyst, world.incident, people.brigid.organisation, Grade.OVERSEE)
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=world.incident.reference, grant_id=grant.pk)
    return actor


def runs_out(make: Callable[[Any], Any]) -> None:
    """What was shared until tomorrow has run out this moment, before any clock swept it away."""
    until = clock.now() + timedelta(days=1)
    make(until)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        # A share that ends is a row and a ticket: what the one opens by its grade, the other opens in the database.
        for table in ("incidents_access", "principal_ticket"):
            cursor.execute(f"UPDATE {table} SET until = now() - interval '1 second' WHERE until = %s", [until])
            assert cursor.rowcount, table
        cursor.execute("SET LOCAL ROLE norms_app")


def expired_partner(people: People, world: World) -> Actor:
    """Somebody whose organisation's share ran out."""
    actor = everything(newcomers(people, "expired", "regional"), "expired-partner")
    analyst = people.vela.analyst
    runs_out(lambda until: shared(analyst, world.incident, actor.organisation, Grade.OVERSEE, until=until))
    return actor


def expired_name(people: People, world: World) -> Actor:
    """Somebody the case was shared with by name until a day, which has passed; their house never had anything of it."""
    actor, analyst = everything(newcomers(people, "named", "assessment_body"), "named"), people.vela.analyst

    def share(until: Any) -> None:
        with acting_as(analyst.principal):
            grant_person(
                actor=analyst, reference=world.incident.reference, email=actor.user.email, organisation=actor.organisation,
                grade=Grade.OVERSEE, reason="Campion", until=until,
            )  # fmt: skip

    runs_out(share)
    return actor


def invited(people: People, world: World, name: str, until: Any, *, export: bool = False) -> Actor:
    """A guest of the house that holds the case, on this one case until a moment."""
    analyst = people.vela.analyst
    with acting_as(analyst.principal):
        grant = invite_guest(
            actor=analyst, reference=world.incident.reference, email=f"{name}@outside.example", name=name,
            grade=Grade.EVIDENCE, reason="Campion", until=until, may_export=export,
        )  # fmt: skip
        return Actor(grant.user, people.vela.organisation, (Role.GUEST,))


def guest(people: People, world: World) -> Actor:
    """A guest whose time runs."""
    return invited(people, world, "guest", clock.now() + timedelta(days=30))


def exporting_guest(people: People, world: World) -> Actor:
    """A guest whose time runs and whose own grant carries the right to export."""
    return invited(people, world, "guest-export", clock.now() + timedelta(days=30), export=True)


def expired_guest(people: People, world: World) -> Actor:
    """A guest whose time is over, before any clock swept them away."""
    found: list[Actor] = []
    runs_out(lambda until: found.append(invited(people, world, "gone", until, export=True)))
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "UPDATE organisations_membership SET until = since WHERE user_id = %s",
            [found[0].user.pk],
        )
        cursor.execute("SET LOCAL ROLE norms_app")
    return found[0]


def suspended_member(people: People, world: World) -> Actor:
    """Somebody of the organisation that holds the case who is shut out for now."""
    actor = member(people.vela.organisation, Role.ANALYST, suffix="-suspended")
    with acting_as(people.vela.admin.principal):
        held = actor.user.memberships.get()
        suspend_member(actor=people.vela.admin, membership_id=held.pk, reason="Campion")
    return actor


def of_two_houses(people: People, world: World) -> Actor:
    """Somebody of the organisation that holds the case, acting for their other one, which has nothing of it."""
    actor = everything(newcomers(people, "second-house", "state"), "two-houses")
    with acting_as(Principal(actor.user.pk, people.vela.organisation.pk)):
        add_member(organisation=people.vela.organisation, user=actor.user, roles=MEMBER)
    return actor


def relay(role: str) -> Make:
    """An account without a person, of the organisation that holds the case."""

    def make(people: People, _world: World) -> Actor:
        admin = people.vela.admin
        with acting_as(admin.principal):
            held = make_service_account(actor=admin, name=f"Relay of {role}", roles=[role])
        return Actor(held.user, people.vela.organisation, (role,))

    return make


def behind(key: str) -> Make:
    """Of the organisation that holds the case, with every role, behind a key that is for less."""
    return lambda people, _world: everything(people.vela, f"behind-{key}")


def former_member(people: People, world: World) -> Actor:
    """Somebody who left the organisation that holds the case."""
    actor = member(people.vela.organisation, Role.ANALYST, suffix="-former")
    with acting_as(people.vela.admin.principal):
        held = actor.user.memberships.get()
        end_membership(actor=people.vela.admin, membership_id=held.pk)
    return actor


CAST: tuple[Person, ...] = (
    *(
        Person(f"{role} of the holder", Place.INSIDE, of_house(role), (Grade.HOLD,))
        for role in (Role.ANALYST, Role.COORDINATOR, Role.RESEARCHER)
    ),
    *(
        Person(f"grade {grade.name.lower()}", Place.INSIDE, with_grade(grade), (grade,))
        for grade in Grade if grade != Grade.HOLD
    ),
    Person("grade evidence that may export", Place.INSIDE, with_grade(Grade.EVIDENCE, export=True), (Grade.EVIDENCE,), export=True),
    Person("key that reads", Place.INSIDE, behind("reading"), (Grade.HOLD,), scopes=("read",)),
    Person("key that takes out", Place.INSIDE, behind("taking"), (Grade.HOLD,), scopes=("read", "export")),
    Person("service account", Place.INSIDE, relay(Role.ANALYST), (Grade.HOLD,), scopes=("read", "act")),
    Person("service account that reads", Place.INSIDE, relay(Role.RESEARCHER), (Grade.HOLD,), scopes=("read",)),
    Person("guest", Place.INSIDE, guest, (Grade.EVIDENCE,)),
    Person("guest that may export", Place.INSIDE, exporting_guest, (Grade.EVIDENCE,), export=True),
    *(Person(f"another {kind}", Place.OUTSIDE, of_kind(kind)) for kind in Organisation.Kind.values),
    Person("superuser", Place.OUTSIDE, operator),
    Person("member of two houses", Place.OUTSIDE, of_two_houses),
    Person("former partner", Place.OUTSIDE, former_partner),
    Person("expired partner", Place.OUTSIDE, expired_partner),
    Person("expired named person", Place.OUTSIDE, expired_name),
    Person("expired guest", Place.NOWHERE, expired_guest),
    Person("suspended member", Place.NOWHERE, suspended_member),
    Person("former member", Place.NOWHERE, former_member),
    Person("nobody", Place.NOBODY, lambda _people, _world: None),
)  # fmt: skip


def those(place: Place) -> list[Person]:
    """The part of the list that stands there."""
    return [person for person in CAST if person.place is place]
