"""The person at the door: who they are, for whom they act, and what their roles allow.

Services take an `Actor` as their first argument; pages, API, tasks and commands make one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import transaction

from core import clock
from core.errors import NotAllowed
from core.tenancy import Principal, acting_as

from .models import Organisation, RoleGroup, User
from .roles import DECISIONS, Action, Role, actions_of

# No person has this number: a preview shows nothing that is private to anybody.
NOBODY = 0


@cache
def role_numbers(organisation_id: int) -> dict[str, int]:
    """The principal number of each role of an organisation; fixed from its founding on."""
    return dict(
        RoleGroup.objects.filter(organisation_id=organisation_id).exclude(role="").values_list("role", "principal")
    )


@dataclass(frozen=True, slots=True)
class Glass:
    """Looking at a case as somebody else would see it: the number the database is told, and what one may do oneself at most."""

    preview: int
    number: int
    ceiling: frozenset[Action]
    reference: str
    until: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for an organisation, with the roles held there at this moment.

    With a `glass` they look as somebody else: the database shows what that grant shows and nothing of their own, and they
    cannot act (`ledger.services.record` refuses, and so does every request that is not a reading one).
    """

    user: User
    organisation: Organisation
    roles: tuple[str, ...]
    # What a key for programs was made for; None: a person at a page, with everything their roles allow.
    limit: frozenset[Action] | None = None
    glass: Glass | None = None

    @property
    def by_key(self) -> bool:
        """Whether a program acts with a key."""
        return self.limit is not None

    @property
    def actions(self) -> frozenset[Action]:
        """Everything the actor may do somewhere: what the roles allow, within what the key was made for."""
        return self.within(actions_of(list(self.roles)))

    def within(self, actions: frozenset[Action]) -> frozenset[Action]:
        """Of these actions those the key was made for. What a service account may not do, no key of it may."""
        if self.user.is_service:
            actions -= DECISIONS | {Action.MANAGE_ORGANISATION}
        return actions if self.limit is None else actions & self.limit

    @property
    def is_guest(self) -> bool:
        """Invited to one case: a grant in their own name is all they have of the house that invited them."""
        return self.roles == (Role.GUEST,)

    @property
    def only_reads(self) -> bool:
        """Whether nothing they do may be recorded, because they may do nothing."""
        return self.glass is not None or self.is_guest

    @property
    def principal(self) -> Principal:
        """What the database is told."""
        if self.glass is not None:
            return Principal(NOBODY, None, (self.glass.number,))
        if self.is_guest:
            return Principal(self.user.pk)
        numbers = role_numbers(self.organisation.pk)
        return Principal(
            self.user.pk, self.organisation.pk, tuple(numbers[role] for role in self.roles if role in numbers)
        )

    def may(self, action: Action) -> bool:
        """Whether the role allows this somewhere; on a case, `incidents.access` decides."""
        return action in self.actions

    def require(self, action: Action) -> None:
        """Raises 403 unless the role allows it."""
        if not self.may(action):
            raise NotAllowed(action)


# Their organisations with the roles they hold there now, the oldest membership first.
STANDING = """
SELECT o.*, s.roles AS held_roles FROM organisations_standing(%s, %s) s
  JOIN organisations_organisation o ON o.id = s.organisation_id ORDER BY s.membership_id
"""


def actor_for(user: User, organisation_id: int | None = None) -> Actor | None:
    """The actor a signed-in person is: in the organisation asked for, else in their first; None without membership.

    Asked at every request, so that an ended or suspended membership ends access at once.
    """
    houses = list(Organisation.objects.raw(STANDING, [user.pk, clock.now()]))
    chosen = next((house for house in houses if house.pk == organisation_id), None) or next(iter(houses), None)
    return Actor(user, chosen, tuple(chosen.held_roles)) if chosen else None  # type: ignore[attr-defined]  # from STANDING


def actor_named(email: str) -> Actor | None:
    """For commands that act in somebody's name: the member with this address, as they stand now; None when there is none."""
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    return actor_for(user) if user else None


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """For tasks, commands and tests: one transaction as `actor`."""
    with acting_as(actor.principal), transaction.atomic():
        yield actor


SYSTEM_EMAIL = "system@norms.invalid"
SYSTEM_SLUG = "secretariat"


def system_actor() -> Actor:
    """The platform itself, for clocks and sweeps: visible in the ledger under its own name, holder of nothing."""
    user = User.objects.get(email=SYSTEM_EMAIL)
    organisation = Organisation.objects.get(slug=SYSTEM_SLUG)
    return Actor(user, organisation, ())


def system_for(organisation_id: int) -> Actor:
    """The platform acting for one organisation: what a worker or the clock does in its name, with none of its roles."""
    return Actor(User.objects.get(email=SYSTEM_EMAIL), Organisation.objects.get(pk=organisation_id), ())
