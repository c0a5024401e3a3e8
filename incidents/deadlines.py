"""One place where every deadline of a case is read: each room declares its clocks, and the dates stay in its own tables.

A clock says what is due, who may see it, and (where its date can be moved) how. Reading asks the rooms under the reader's own
policies, so that a deadline is shown to whoever may see the thing it is of, and to nobody else. Whose clock it is decides the
calendar: the holder's country.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Q

from core import clock
from core.errors import NotFound
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Action, Grade, allowed

from .access import CaseAccess
from .models import DeadlineChange, Incident

MOST = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """Which deadlines are asked for: of one case, or of every case a house holds; at most until a moment."""

    incident_id: int | None = None
    holder_id: int | None = None
    until: datetime | None = None

    def cases(self, name: str = "incident") -> Q:
        """The cases meant, for a query of rows with this link to them."""
        if self.incident_id is not None:
            return Q(**{f"{name}_id": self.incident_id})
        return Q(**{f"{name}__holder_id": self.holder_id})

    @property
    def last_day(self) -> date:
        """The last day asked for."""
        return self.until.date() if self.until else date.max


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline: what of which case is due when, where it is, and who answers for it."""

    incident: Incident
    key: str
    subject: str
    due_at: datetime
    url: str
    owners: tuple[User | Organisation, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A kind of deadline. `told`: the engine reminds of it; otherwise its room does. `move` puts one to another moment in its
    room's own table and answers the moment it is due then; `move_action` is what that asks for."""

    code: str
    words: Any
    action: Action
    read: Callable[[Scope], Iterable[Due]]
    told: bool = True
    move: Callable[[Actor, Due, datetime], datetime] | None = None
    move_action: Action = Action.EDIT


CLOCKS: dict[str, Clock] = {}


def declare_clock(found: Clock) -> None:
    """Adds a clock; two rooms cannot claim the same code."""
    if CLOCKS.setdefault(found.code, found).read is not found.read:
        raise ValueError(f"clock {found.code} is declared twice")


def end_of(day: date) -> datetime:
    """What is due on a day is due with its last second, UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """A deadline as it is shown, with what was done to it."""

    clock: Clock
    due: Due
    overdue: bool
    paused: DeadlineChange | None
    movable: bool

    @property
    def words(self) -> str:
        return str(self.clock.words)


def shown(found: Clock, due: Due, pauses: dict[tuple[str, str], DeadlineChange], actions: frozenset[Action]) -> Shown:
    """One deadline for somebody who may do these things on its case."""
    now = clock.now()
    movable = found.move is not None and found.move_action in actions and due.incident.status == "open"
    return Shown(found, due, due.due_at < now, pauses.get((found.code, due.key)), movable)


def pauses_of(incident_ids: Iterable[int]) -> dict[tuple[str, str], DeadlineChange]:
    """The pauses that last now, by clock and key."""
    rows = DeadlineChange.objects.filter(
        incident_id__in=list(incident_ids), act=DeadlineChange.Act.PAUSED, until__gt=clock.now(), ended_by__isnull=True
    )
    return {(row.clock, row.key): row for row in rows.select_related("by")}


def of_case(case: CaseAccess) -> list[Shown]:
    """The deadlines of a case, as far as its reader may see what they are of; the next one first."""
    scope = Scope(incident_id=case.incident.pk)
    found = [(each, due) for each in CLOCKS.values() if case.may(each.action) for due in each.read(scope)]
    pauses = pauses_of([case.incident.pk])
    rows = [shown(each, due, pauses, case.actions) for each, due in found]
    return sorted(rows, key=lambda row: (row.due.due_at, row.clock.code, row.due.key))[:MOST]


def of_house(actor: Actor, until: datetime) -> list[Shown]:
    """The deadlines of the cases one's organisation holds, as far as one's role shows them; the next one first."""
    actions = actor.within(allowed(list(actor.roles), [Grade.HOLD]))
    scope = Scope(holder_id=actor.organisation.pk, until=until)
    found = [(each, due) for each in CLOCKS.values() if each.action in actions for due in each.read(scope)]
    found = sorted(found, key=lambda pair: (pair[1].due_at, pair[0].code, pair[1].key))[:MOST]
    pauses = pauses_of({due.incident.pk for _clock, due in found})
    return [shown(each, due, pauses, actions) for each, due in found]


def one_of(case: CaseAccess, code: str, key: str) -> Shown:
    """One deadline of a case; 404 when there is none, or its reader may not see what it is of."""
    found = next((row for row in of_case(case) if (row.clock.code, row.due.key) == (code, key)), None)
    if found is None:
        raise NotFound(key)
    return found


def changes_of(case: CaseAccess, code: str = "", key: str = "") -> list[DeadlineChange]:
    """What was done to the deadlines of a case, or to one of them, the newest first; of clocks its reader may see."""
    seen = [each.code for each in CLOCKS.values() if case.may(each.action)]
    rows = DeadlineChange.objects.filter(incident=case.incident, clock__in=seen)
    rows = rows.filter(clock=code, key=key) if code else rows
    return list(rows.select_related("by", "organisation")[:MOST])


def as_json(row: Shown) -> dict[str, Any]:
    """A deadline as the API tells it."""
    return {
        "clock": row.clock.code, "key": row.due.key, "words": row.words, "reference": row.due.incident.reference,
        "subject": row.due.subject, "due_at": row.due.due_at, "overdue": row.overdue, "url": row.due.url,
        "paused_until": row.paused.until if row.paused else None, "movable": row.movable,
    }  # fmt: skip


def change_as_json(row: DeadlineChange) -> dict[str, Any]:
    """A change as the API tells it."""
    names = ("clock", "key", "subject", "act", "reason", "until", "due_before", "due_after", "at")
    return {**{name: getattr(row, name) for name in names}, "by": str(row.by), "organisation": str(row.organisation)}
