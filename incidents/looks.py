"""Who looked at what, and what was changed from what to what: for the holder, those given oversight, and administrators."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid
from ledger.changes import Change
from ledger.models import Entry, Look
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from .access import CaseAccess, case_for
from .models import Incident

PAGE = 50
BATCH = 2000
DAYS = 30
SCOPES = ("held", "ours")
LOOKS = "SELECT * FROM incident_looks(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which looks: from the first day to the last one (UTC, both included); empty and None mean all."""

    since: date | None = None
    until: date | None = None
    act: str = ""
    door: str = ""
    organisation: int | None = None
    person: int | None = None

    @property
    def begin(self) -> datetime | None:
        """The first moment."""
        return datetime.combine(self.since, time(), UTC) if self.since else None

    @property
    def end(self) -> datetime | None:
        """The moment after the last one."""
        return datetime.combine(self.until + timedelta(days=1), time(), UTC) if self.until else None

    def said(self) -> dict[str, str]:
        """The filters in use, for the ledger and for addresses."""
        return {field.name: str(value) for field in fields(self) if (value := getattr(self, field.name))}


def checked(values: Mapping[str, Any]) -> Asked:
    """From the parts of an address; raises Invalid for what cannot be."""
    errors: dict[str, list[Any]] = {}

    def day(name: str) -> date | None:
        try:
            found = date.fromisoformat(str(values[name])) if values.get(name) else None
        except ValueError:
            errors[name] = [_("Enter a date such as 2026-11-30.")]
            return None
        if found and not date(2000, 1, 1) <= found < date.max:
            errors[name] = [_("Enter a date such as 2026-11-30.")]
        return found

    def number(name: str) -> int | None:
        said = str(values.get(name) or "")
        if said and not (said.isascii() and said.isdigit() and len(said) < 10):
            errors[name] = [_("Choose one of the list.")]
            return None
        return int(said) if said else None

    act, door = str(values.get("act") or ""), str(values.get("door") or "")
    if act not in ("", *Look.Act.values):
        errors["act"] = [_("Choose one of the list.")]
    if door not in ("", *Look.Door.values):
        errors["door"] = [_("Choose one of the list.")]
    asked = Asked(day("since"), day("until"), act, door, number("organisation"), number("person"))
    if errors:
        raise Invalid(errors)
    return asked


Place = tuple[datetime, int] | None


def looks_at(incident: Incident, asked: Asked, limit: int = PAGE, before: Place = None) -> list[Look]:
    """Who looked at a case, newest first; empty for whoever neither holds nor oversees it."""
    at, pk = before or (None, None)
    if incident.blind:  # to ask for somebody by number would tell who it is
        asked = replace(asked, organisation=None, person=None)
    said = [incident.pk, asked.begin, asked.end, asked.act, asked.door, asked.organisation, asked.person, limit, at, pk]
    return list(Look.objects.raw(LOOKS, said))


def looks_of_house(actor: Actor, scope: str, asked: Asked, limit: int = PAGE, before: Place = None) -> list[Look]:
    """Looks at what the house holds ("held") or by its people anywhere ("ours"), newest first. Administrators only.

    Without a first day: the last 30 days, so that no more than two months are opened.
    """
    actor.require(Action.MANAGE_ORGANISATION)
    house = {"holder_id" if scope == "held" else "organisation_id": actor.organisation.pk}
    found = Look.objects.filter(**house, at__gte=asked.begin or clock.now() - timedelta(days=DAYS))
    if asked.end:
        found = found.filter(at__lt=asked.end)
    for name, value in {"act": asked.act, "door": asked.door, "organisation_id": asked.organisation, "actor_id": asked.person}.items():  # fmt: skip
        if value:
            found = found.filter(**{name: value})
    if scope == "held" and (
        asked.organisation or asked.person
    ):  # asked for by number, who is hidden would be told apart
        found = found.exclude(root_id__in=Incident.objects.filter(blind=True, holder=actor.organisation).values("pk"))
    if before:
        found = found.extra(where=["(at, id) < (%s, %s)"], params=list(before))
    return list(found.order_by("-at", "-pk")[:limit])


def all_looks(actor: Actor, read: Callable[[int, Place], list[Look]]) -> Iterator[list[Look]]:
    """Every look, a batch and a transaction at a time: the list may be longer than memory."""
    before: Place = None
    while True:
        with acting(actor):
            batch = read(BATCH, before)
        yield batch
        if len(batch) < BATCH:
            return
        before = (batch[-1].at, batch[-1].pk)


def note_taken(actor: Actor, *, what: str, asked: Asked, case: CaseAccess | None = None) -> None:
    """Taking the list out of the house is an act of its own."""
    root = case.incident if case else None
    record(
        actor=actor, verb="audit.taken", subject=root or actor.organisation, root_id=root.pk if root else None,
        payload={"what": what, "filters": asked.said()},
    )  # fmt: skip


def overseen(actor: Actor, reference: str) -> CaseAccess:
    """The case, for whoever may see who looked at it."""
    return case_for(actor, reference, Action.SEE_AUDIT)


# ── what was changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def changes_in(incident: Incident, limit: int = PAGE, before: int | None = None) -> list[Change]:
    """What was changed in a case, newest first. Of a row the reader may not see now, only that it was changed is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM incident_changes(%s, %s, %s)", [incident.pk, limit, before])
        rows = cursor.fetchall()
    seen = visible_rows({(table, row_id) for *_rest, table, row_id, _content, _entry in rows})
    return [
        Change(
            number, at, actor_id, organisation_id, table, row_id,
            told(incident, content) if content is not None and (table, row_id) in seen else None, entry_id,
        )
        for number, at, actor_id, organisation_id, table, row_id, content, entry_id in rows
    ]  # fmt: skip


def told(incident: Incident, content: str) -> dict[str, list[Any]]:
    """Old and new of each column; where names are hidden, numbers of people and organisations are too."""
    found: dict[str, list[Any]] = json.loads(content)
    return {name: pair for name, pair in found.items() if not (incident.blind and name.endswith("_id"))}


# Rows come and go with the case itself: what is gone was seen by whoever sees the case.
REPLACED = frozenset({"incidents_victim"})


def visible_rows(rows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these records that the database shows the reader now: the policy of their own table decides."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    seen = {row for row in rows if row[0] in REPLACED}
    for table in sorted({table for table, _row in rows} - REPLACED):
        wanted = [int(row) for name, row in rows if name == table]
        shown = tables[table]._default_manager.filter(pk__in=wanted).values_list("pk", flat=True)
        seen |= {(table, str(number)) for number in shown}
    return seen


def entries_of(changes: list[Change]) -> dict[int, str]:
    """The verb of the entry each change belongs to, where the reader's organisation made it."""
    wanted = {change.entry_id for change in changes if change.entry_id is not None}
    return dict(Entry.objects.filter(pk__in=wanted).values_list("pk", "verb"))
