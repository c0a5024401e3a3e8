"""Stopping a deadline, setting it going again and putting it off: only with a reason, recorded, and never nearer (SHR-5).

The date itself is its room's: each act asks the room to move it, in the same transaction.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid
from core.terms import resumed
from ledger.services import record
from organisations.actors import Actor

from . import errors
from .access import CaseAccess, case_for
from .deadlines import CLOCKS, Shown, one_of
from .models import DeadlineChange

LONGEST_PAUSE, LONGEST_EXTENSION = timedelta(days=90), timedelta(days=365)
MOST_REASON = 2000


def _reason(said: str, wrong: dict[str, list[Any]]) -> str:
    why = said.strip()
    if not why:
        wrong["reason"] = [_("Say why.")]
    elif len(why) > MOST_REASON:
        wrong["reason"] = [_("This is too long: at most %(most)s characters.") % {"most": MOST_REASON}]
    return why


def _movable(actor: Actor, reference: str, code: str, key: str) -> tuple[CaseAccess, Shown]:
    """The case, locked, and its deadline, if the actor may move it: 404 and 403 as everywhere."""
    found = CLOCKS.get(code)
    case = case_for(actor, reference)
    row = one_of(case, code, key)
    if found is None or found.move is None:
        raise errors.DeadlineFixed
    case = case_for(actor, reference, found.move_action, lock=True)
    if case.incident.status != "open":
        raise errors.AlreadyClosed
    row = one_of(case, code, key)
    return case, row


def _moved(
    actor: Actor, case: CaseAccess, row: Shown, to: datetime, act: DeadlineChange.Act, **more: Any
) -> DeadlineChange:
    if row.clock.move is None:
        raise errors.DeadlineFixed
    after = row.clock.move(actor, row.due, to)
    change: DeadlineChange = DeadlineChange.objects.create(
        incident=case.incident, clock=row.clock.code, key=row.due.key, subject=row.due.subject[:80], act=act,
        due_before=row.due.due_at, due_after=after, by=actor.user, organisation=actor.organisation, at=clock.now(), **more,
    )  # fmt: skip
    record(
        actor=actor, verb=f"deadline.{act.value}", subject=change, root_id=case.incident.pk,
        payload={
            "clock": row.clock.code, "subject": row.due.subject[:80], "from": row.due.due_at.isoformat(), "to": after.isoformat(),
        },
    )  # fmt: skip
    return change


@transaction.atomic
def pause_deadline(
    *, actor: Actor, reference: str, code: str, key: str, until: datetime, reason: str
) -> DeadlineChange:
    """Stops a clock until a moment. The working time that was left, by the holder's calendar, is left then."""
    case, row = _movable(actor, reference, code, key)
    now = clock.now()
    wrong: dict[str, list[Any]] = {}
    why = _reason(reason, wrong)
    if until <= now:
        wrong["until"] = [_("Choose a moment in the future.")]
    elif until > now + LONGEST_PAUSE:
        wrong["until"] = [_("A deadline is paused for at most 90 days at a time.")]
    if wrong:
        raise Invalid(wrong)
    if row.paused is not None:
        raise errors.DeadlinePaused
    if row.overdue:
        raise errors.DeadlinePassed
    after = resumed(row.due.due_at, now, until, case.incident.holder.country)
    return _moved(actor, case, row, after, DeadlineChange.Act.PAUSED, reason=why, until=until)


@transaction.atomic
def resume_deadline(*, actor: Actor, reference: str, code: str, key: str, reason: str = "") -> DeadlineChange:
    """Sets a stopped clock going before its time: the date comes back to what the pause really took."""
    case, row = _movable(actor, reference, code, key)
    pause = row.paused
    if pause is None:
        raise errors.DeadlineNotPaused
    if row.due.due_at != pause.due_after:
        raise errors.DeadlineMovedMeanwhile
    after = resumed(pause.due_before, pause.at, clock.now(), case.incident.holder.country)
    return _moved(actor, case, row, after, DeadlineChange.Act.RESUMED, reason=reason.strip()[:MOST_REASON], ends=pause)


@transaction.atomic
def extend_deadline(*, actor: Actor, reference: str, code: str, key: str, to: datetime, reason: str) -> DeadlineChange:
    """Puts a deadline off, with a reason; one that has passed too, to a moment in the future."""
    case, row = _movable(actor, reference, code, key)
    wrong: dict[str, list[Any]] = {}
    why = _reason(reason, wrong)
    if to <= max(row.due.due_at, clock.now()):
        wrong["to"] = [_("Choose a later moment than the deadline now, in the future.")]
    elif to > clock.now() + LONGEST_EXTENSION:
        wrong["to"] = [_("A deadline is put off by at most a year from today.")]
    if wrong:
        raise Invalid(wrong)
    if row.paused is not None:
        raise errors.DeadlinePaused
    return _moved(actor, case, row, to, DeadlineChange.Act.EXTENDED, reason=why)
