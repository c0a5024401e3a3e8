"""Restoration by civilian harm, with honest figures (domain 4, REM-1, REM-2, AT-01, AT-14).

Promise: nothing in this module can ask who did it. No function takes a tier, a finding or an actor (ATT-10, R2.13),
and a refusal for want of attribution is not a reason that exists (R2.15). An unknown quantity is None and stays
unknown: it is never counted as 0, and a sum that misses a part says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final


def gettext_noop(message: str) -> str:
    """Marks a text for translation; the page translates it with its parameters."""
    return message


DOWN: Final = "down"
MANUAL_WORKAROUND: Final = "manual_workaround"
DEGRADED: Final = "degraded"
PARTIALLY_RESTORED: Final = "partially_restored"
RESTORED: Final = "restored"
HARDENED: Final = "hardened"

# down -> manual_workaround -> degraded -> partially_restored -> restored -> hardened. A station may be passed over on
# the way up to restored, and any service may fall back. Only hardened has a fixed entrance: one hardens what works.
TRANSITIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        DOWN: frozenset({MANUAL_WORKAROUND, DEGRADED, PARTIALLY_RESTORED, RESTORED}),
        MANUAL_WORKAROUND: frozenset({DOWN, DEGRADED, PARTIALLY_RESTORED, RESTORED}),
        DEGRADED: frozenset({DOWN, MANUAL_WORKAROUND, PARTIALLY_RESTORED, RESTORED}),
        PARTIALLY_RESTORED: frozenset({DOWN, MANUAL_WORKAROUND, DEGRADED, RESTORED}),
        RESTORED: frozenset({DOWN, MANUAL_WORKAROUND, DEGRADED, PARTIALLY_RESTORED, HARDENED}),
        HARDENED: frozenset({DOWN, MANUAL_WORKAROUND, DEGRADED, PARTIALLY_RESTORED}),
    }
)
IN_SERVICE: Final = frozenset({RESTORED, HARDENED})

# R2.15: protection is refused for want of means, consent or need; never for want of a culprit.
BARRED_REFUSAL_REASONS: Final = frozenset({"insufficient_attribution"})


@dataclass(frozen=True)
class People:
    """How many people, as a range; each figure may be unknown (None), and 0 means that it was counted as none."""

    minimum: int | None = None
    best: int | None = None
    maximum: int | None = None

    @property
    def weight(self) -> int | None:
        """The figure by which care is ordered: the largest that is credible, or None when nothing is known."""
        known = [figure for figure in (self.maximum, self.best, self.minimum) if figure is not None]
        return max(known) if known else None


@dataclass(frozen=True)
class StateChange:
    """From this moment the service was in this state, at this share of its capacity (0 to 1) when that is known.

    `at` is None when nobody recorded the moment: its place in the history is known, its time is not.
    """

    at: datetime | None
    state: str
    capacity: float | None = None


@dataclass(frozen=True)
class ServiceView:
    """One essential service hit by an incident, as the rules see it. `history` is in order of time."""

    key: str
    restoration_tier: int
    state: str
    people: People = People()
    history: Sequence[StateChange] = ()
    target: timedelta | None = None
    backup_integrity: bool | None = None
    confirmed_by_owner: bool = False


@dataclass(frozen=True)
class Block:
    """One reason why a move is not allowed yet: the rule, and its text with parameters."""

    code: str
    message: str
    params: Mapping[str, str]


def service_order(services: Iterable[ServiceView]) -> list[ServiceView]:
    """Who is helped first: what is still out, by restoration tier, then by people affected (REM-1, domain 4).

    Inside a tier a service whose number of people is unknown stands before those that are known: until someone has
    counted, it may be the largest. The key breaks ties, so that two readers always see one order.
    """

    def place(service: ServiceView) -> tuple[bool, int, bool, int, str]:
        weight = service.people.weight
        return (service.state in IN_SERVICE, service.restoration_tier, weight is not None, -(weight or 0), service.key)

    return sorted(services, key=place)


def restoration_tier(service_code: str, taxonomy: Mapping[str, Any]) -> int:
    """The restoration tier the taxonomy in force gives a service: 0 life-safety … 3 other."""
    for service in taxonomy["services"]:
        if service["code"] == service_code:
            return int(service["restoration_tier"])
    raise KeyError(service_code)


def blocks_to_move(service: ServiceView, to: str) -> list[Block]:
    """What stands between the service and the state asked for; an empty list means that it may move.

    R4.2 (CSF RC.RP-03): nothing counts as restored before the integrity of what it was restored from was checked.
    R4.3: "restored" is the word of the service's owner, not of the one who repaired it.
    """
    blocks: list[Block] = []
    if to not in TRANSITIONS.get(service.state, frozenset()):
        message = gettext_noop("A service that is %(state)s cannot become %(to)s.")
        blocks.append(Block("service_move", message, {"state": service.state, "to": to}))
    if to in IN_SERVICE:
        if service.backup_integrity is None:
            message = gettext_noop("Check the integrity of the backup before the service counts as restored.")
            blocks.append(Block("R4.2", message, {}))
        elif not service.backup_integrity:
            message = gettext_noop("The backup failed its integrity check: the service cannot count as restored.")
            blocks.append(Block("R4.2", message, {}))
        if not service.confirmed_by_owner:
            message = gettext_noop("The owner of the service has to confirm that it works again.")
            blocks.append(Block("R4.3", message, {}))
    return blocks


def blocks_to_close(services: Iterable[ServiceView], *, criteria_met: bool, documented: bool) -> list[Block]:
    """What stands before the end of recovery: every service back, criteria met, papers complete (R4.3, RC.RP-06)."""
    blocks = [
        Block("R4.3", gettext_noop("%(service)s is not restored yet."), {"service": service.key})
        for service in service_order(services)
        if service.state not in IN_SERVICE
    ]
    if not criteria_met:
        blocks.append(Block("RC.RP-06", gettext_noop("The criteria for the end of recovery are not met."), {}))
    if not documented:
        blocks.append(Block("RC.RP-06", gettext_noop("The documentation of the recovery is not complete."), {}))
    return blocks


def may_verify(*, done_by: int | None, verified_by: int) -> bool:
    """A task is verified by someone other than the doer (REM-2); a task nobody did cannot be verified."""
    return done_by is not None and done_by != verified_by


def may_refuse_for(reason: str) -> bool:
    """Whether a restoration or notification task may be refused for this reason (R2.15)."""
    return reason not in BARRED_REFUSAL_REASONS


@dataclass(frozen=True)
class Total:
    """A sum over figures of which some may be unknown: None when none is known, `at_least` when a part is missing."""

    value: float | None
    unknown: int

    @property
    def at_least(self) -> bool:
        return self.value is not None and self.unknown > 0


def total(figures: Iterable[float | None]) -> Total:
    """Add what is known and remember what is not (AT-14); nothing at all adds up to a known 0."""
    values = list(figures)
    known = [figure for figure in values if figure is not None]
    return Total(value=sum(known) if known or not values else None, unknown=len(values) - len(known))


@dataclass(frozen=True)
class PeopleTotal:
    """People affected over several services. One person may depend on two of them, so this counts uses, not heads."""

    minimum: Total
    best: Total
    maximum: Total


def people_total(services: Iterable[ServiceView]) -> PeopleTotal:
    """The three figures of people affected, each added on its own."""
    people = [service.people for service in services]
    return PeopleTotal(
        minimum=total(each.minimum for each in people),
        best=total(each.best for each in people),
        maximum=total(each.maximum for each in people),
    )


def outage_began(service: ServiceView) -> datetime | None:
    """When the service first left normal working, if that is recorded."""
    return next((change.at for change in service.history if change.state not in IN_SERVICE), None)


def time_to_manual_workaround(service: ServiceView) -> timedelta | None:
    """From the outage to the first moment people were served by hand; None when one of the two is not recorded."""
    return _time_to(service, frozenset({MANUAL_WORKAROUND}))


def elapsed(start: datetime | None, end: datetime | None) -> timedelta | None:
    """The time between two moments. None when one is not known, or when rough dates put the end before the start."""
    return None if start is None or end is None or end < start else end - start


def time_to_restore(service: ServiceView) -> timedelta | None:
    """From the outage to lasting restoration: a service that fell back again is not restored, and has no time yet."""
    began = outage_began(service)
    if began is None or service.state not in IN_SERVICE:
        return None
    outs = [place for place, change in enumerate(service.history) if change.state not in IN_SERVICE]
    back = next((change.at for change in service.history[outs[-1] + 1 :]), None)
    return elapsed(began, back)


def target_met(service: ServiceView) -> bool | None:
    """Whether the target time to recover was kept; None without a target or while it is still open."""
    taken = time_to_restore(service)
    return None if service.target is None or taken is None else taken <= service.target


def service_hours_lost(service: ServiceView, *, until: datetime) -> Total:
    """Hours of service lost, each hour counted by the share of capacity that was missing (domain 4, metrics).

    A service that is down loses the whole hour. In the states between, only a stated capacity says how much was lost:
    without one those hours are unknown, and the result is "at least" the rest.
    """
    if outage_began(service) is None:
        return Total(value=None, unknown=1)
    changes = [change for change in service.history if change.at is None or change.at <= until]
    ends = [change.at for change in changes[1:]] + [until]
    return total(
        None if lost is None or (stretch := elapsed(change.at, end)) is None else lost * stretch / timedelta(hours=1)
        for change, end in zip(changes, ends, strict=True)
        if (lost := _share_lost(change)) != 0.0
    )


def _share_lost(change: StateChange) -> float | None:
    if change.state in IN_SERVICE:
        return 0.0
    if change.state == DOWN:
        return 1.0
    return None if change.capacity is None else 1.0 - change.capacity


def _time_to(service: ServiceView, states: frozenset[str]) -> timedelta | None:
    began = outage_began(service)
    reached = next((change.at for change in service.history if change.state in states), None)
    return elapsed(began, reached)
