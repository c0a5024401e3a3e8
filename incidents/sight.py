"""Who can see this, and why: the case, and everything that hangs on it (SHR-2).

A room says which of its things can be asked about and what opens them; the answer is worked out from the same table of rights
and the same book of grants that every door asks, so it cannot say anything else than they do.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotFound
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import BY_GRADE, BY_ROLE, GRANTED_TO, Action, Grade, Role

from . import recall
from .access import CaseAccess, case_for
from .models import Incident, IncidentGroupPermission, IncidentUserPermission


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What shuts a thing further than its grade does: a sentence, and the people it is still open to (None: does not say)."""

    why: str
    people: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing that can be asked about: the act that opens it, and how it is found by its label (404 otherwise)."""

    action: Action
    words: Any
    find: Callable[[Actor, CaseAccess, str], Any]
    narrowed: Callable[[Actor, CaseAccess, Any], list[Narrowed]] | None = None


THINGS: dict[str, Thing] = {}


def declare(things: Mapping[str, Thing]) -> None:
    """Adds kinds of things; a room does so when it starts."""
    THINGS.update(things)


@dataclass(frozen=True, slots=True)
class Sees:
    """One line of the answer: who, through which grade, as which roles, why, until when, given by whom."""

    who: Organisation | User
    house: Organisation
    grade: Grade
    roles: list[str]
    why: str
    given_by: User | None = None
    given_at: datetime | None = None
    until: datetime | None = None
    may_export: bool = False
    by_name: bool = False
    role: str = ""
    grant: IncidentGroupPermission | IncidentUserPermission | None = None
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Who can see a thing and why, and what narrows it."""

    case: CaseAccess
    kind: str
    label: str
    action: Action
    lines: list[Sees]
    narrowed: list[Narrowed] = field(default_factory=list)


def roles_that(action: Action) -> list[str]:
    """The roles of a house in words that allow an act; one word when all of them do."""
    able = [str(label) for value, label in GRANTED_TO if action in BY_ROLE.get(value, ())]
    return [_("Every role")] if len(able) == len(GRANTED_TO) else able


def grade_of(grant: IncidentGroupPermission | IncidentUserPermission) -> Grade:
    """The grade a grant stands for."""
    return Grade[grant.permission.codename.removeprefix("grade_").upper()]


def good(manager: Any, incident: Incident) -> Any:
    """Grants of a case that are not over, with what a reader wants to know of them."""
    found = manager.filter(content_object=incident).filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
    return found.select_related("permission", "granted_by").order_by("granted_at")


def lines_of(incident: Incident, action: Action) -> list[Sees]:
    """Everybody a grant or holding the case opens `action` to."""
    lines = [
        Sees(
            incident.holder,
            incident.holder,
            Grade.HOLD,
            roles_that(action),
            _("Holds the case"),
            given_at=incident.filed_at,
            may_export=True,
        )
    ]
    houses = list(good(IncidentGroupPermission.objects, incident).select_related("group__role_group__organisation"))
    named = list(good(IncidentUserPermission.objects, incident).select_related("user", "organisation"))
    lapsed = recall.without_accreditation([*houses, *named])
    for grant in houses:
        house = grant.group.role_group
        roles = [str(Role(house.role).label)] if house.role else roles_that(action)
        if action in BY_GRADE[grade_of(grant)] and (not house.role or action in BY_ROLE.get(house.role, ())):
            lines.append(_line(grant, house.organisation, house.organisation, roles, lapsed, role=house.role))
    for grant in named:
        if action in BY_GRADE[grade_of(grant)]:
            lines.append(_line(grant, grant.user, grant.organisation or incident.holder, [], lapsed))
    return lines


def _line(
    grant: Any, who: Organisation | User, house: Organisation, roles: list[str], lapsed: Iterable[int], role: str = ""
) -> Sees:
    return Sees(
        who, house, grade_of(grant), roles, grant.reason, grant.granted_by, grant.granted_at, grant.until, grant.may_export,
        by_name=isinstance(who, User), role=role, grant=grant, lapsed=house.pk in lapsed and grade_of(grant) >= Grade.EVIDENCE,
    )  # fmt: skip


def who_sees(actor: Actor, reference: str, kind: str = "case", label: str = "") -> Answer:
    """Who can see a thing of the case and why; for whoever may see its grants, of a thing they may see themselves."""
    case = case_for(actor, reference, Action.SEE_GRANTS)
    if kind == "case":
        return Answer(case, kind, case.incident.reference, Action.VIEW, lines_of(case.incident, Action.VIEW))
    thing = THINGS.get(kind)
    if thing is None or not case.may(thing.action):
        raise NotFound(kind)
    found = thing.find(actor, case, label)
    narrowed = thing.narrowed(actor, case, found) if thing.narrowed else []
    return Answer(case, kind, label, thing.action, lines_of(case.incident, thing.action), narrowed)
