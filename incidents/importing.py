"""Incidents that others recorded: taken as they are, with a warning for each thing that cannot be so. Nothing is dropped silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from .facts import MOMENTS, check
from .models import Incident, Statement
from .services import add_services, add_victims, columns, next_reference
from .statements import check_statement

TITLE = 200


@dataclass(frozen=True, slots=True)
class Recorded:
    """An incident as somebody else recorded it: facts and statements in our shapes, and what was odd about them."""

    external_reference: str
    facts: Mapping[str, Any]
    statements: Sequence[Mapping[str, Any]] = ()
    warnings: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def date_warning(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """A warning when the end comes before the beginning; both dates are kept as given."""
    began, ended = facts.get("began", {}).get("at"), facts.get("ended", {}).get("at")
    if began and ended and datetime.fromisoformat(ended) < datetime.fromisoformat(began):
        return [{"code": "ends_before_it_starts", "began": began, "ended": ended}]
    return []


@transaction.atomic
def import_incident(*, actor: Actor, recorded: Recorded) -> tuple[Incident, bool]:
    """The incident under this external reference, and whether it is new. A second import changes nothing."""
    actor.require(Action.FILE)
    known = Incident.objects.filter(holder=actor.organisation, external_reference=recorded.external_reference).first()
    if known is not None:
        return known, False
    facts = dict(recorded.facts)
    warnings = [*recorded.warnings, *date_warning(facts)]
    if len(facts["title"]) > TITLE:
        warnings.append({"code": "title_shortened", "title": facts["title"]})
        facts["title"] = facts["title"][: TITLE - 1] + "…"
    # The end is checked by itself: in a record of others it may come before the beginning.
    ended = check({"ended": facts.pop("ended", None)})
    checked = {**check({**dict.fromkeys(MOMENTS), **facts}, whole=True), **ended}
    incident = Incident.objects.create(
        reference=next_reference(), holder=actor.organisation, filed_by=actor.user,
        external_reference=recorded.external_reference, warnings=warnings, **columns(checked),
    )  # fmt: skip
    add_victims(incident, checked["victims"])
    add_services(incident, checked["services"])
    Statement.objects.bulk_create(
        [Statement(incident=incident, added_by=actor.user, **check_statement(given)) for given in recorded.statements]
    )
    record(
        actor=actor, verb="incident.imported", subject=incident, root_id=incident.pk,
        payload={"from": recorded.external_reference, "statements": len(recorded.statements), "warnings": len(warnings)},
    )  # fmt: skip
    return incident, True
