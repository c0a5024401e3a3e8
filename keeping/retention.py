"""How long what is held of people stays: by published rules, stopped by a legal hold, carried out by a clock (SHR-6).

Nothing here breaks the ledger: it names people by number, and of changed records it holds commitments. What is forgotten is the
name behind the number, and the content and salt behind the commitment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from core import clock
from core.personal import tagged
from evidence import storage
from evidence.models import LegalHold
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.services import record
from organisations.actors import Actor, acting, system_actor
from organisations.models import Membership
from organisations.roles import Action

from .models import DataRequest

BATCH = 500


@dataclass(frozen=True, slots=True)
class Due:
    """Something of the organisation's whose time will be over, and when; `held` while a legal hold stops it."""

    what: str
    rule: str
    on: datetime
    held: bool


def rules() -> list[dict[str, Any]]:
    """The published rules in force."""
    return list(in_force(Instrument.Kind.RETENTION_RULES).content["rules"])


def minimise(at_most: int = BATCH) -> dict[str, int]:
    """Carries every rule out, a batch a transaction; how many rows by rule. Safe to break off and to run twice.

    Each batch stands in the ledger under the platform's own name: the rule and how many, never whose.
    """
    actor = system_actor()
    instrument = in_force(Instrument.Kind.RETENTION_RULES)
    done: dict[str, int] = {}
    for rule in instrument.content["rules"]:
        if rule["days"] is None:
            continue
        before = clock.now() - timedelta(days=rule["days"])
        while True:
            with acting(actor):
                paths = batch(rule["code"], before, at_most)
                if paths:
                    record(
                        actor=actor, verb="personal.minimised", subject=instrument,
                        payload={"rule": rule["code"], "rows": len(paths)}, instruments={instrument.kind: instrument.version},
                    )  # fmt: skip
            for path in filter(None, paths):
                storage.remove(path)
            done[rule["code"]] = done.get(rule["code"], 0) + len(paths)
            if len(paths) < at_most:
                break
    return done


def batch(rule: str, before: datetime, at_most: int) -> list[str]:
    """One batch of a rule; the place in the store of what goes with each row, or empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT path FROM keeping_minimise(%s, %s, %s)", [rule, before, at_most])
        return [row[0] for row in cursor.fetchall()]


def due_in(actor: Actor) -> list[Due]:
    """What of the organisation's is coming up, by date: former members and finished requests. Administrators only."""
    actor.require(Action.MANAGE_ORGANISATION)
    days = {rule["code"]: rule["days"] for rule in rules()}
    holds = LegalHold.objects.filter(lifted_at__isnull=True)
    house_held = holds.filter(organisation=actor.organisation).exists()
    cases_held = set(holds.values_list("incident_id", flat=True))
    former = Membership.objects.filter(organisation=actor.organisation, until__lte=clock.now()).select_related("user")
    found = [
        Due(str(row.user), "account", row.until + timedelta(days=days["account"]), house_held)
        for row in former.exclude(user__email__endswith="@norms.invalid")
        if row.until is not None
    ]
    ended = DataRequest.objects.filter(organisation=actor.organisation, minimised_at__isnull=True)
    for request in ended.exclude(outcome=DataRequest.Outcome.OPEN):
        last = request.delivered_at or (request.decided_at if request.outcome == "refused" else None)
        if last is not None:
            held = request.incident_id in cases_held
            found.append(Due(str(request), "request", last + timedelta(days=days["request"]), held))
    return sorted(found, key=lambda due: due.on)


def fields_by_rule() -> dict[str, list[str]]:
    """Which fields each rule keeps, as `app.Model.field`."""
    found: dict[str, list[str]] = {}
    for model, fields in sorted(tagged().items()):
        for name, tag in sorted(fields.items()):
            found.setdefault(tag.rule, []).append(f"{model}.{name}")
    return found
