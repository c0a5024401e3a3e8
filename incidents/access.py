"""The only way to one case: 404 if you may not know of it, 403 if you may not act on it."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet

from core import clock
from core.errors import NotAllowed, NotFound
from organisations.actors import Actor
from organisations.roles import OWN_HOUSE, Action, allowed

from .models import Access, Incident


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """A case as somebody may see it, with everything they may do there."""

    incident: Incident
    actions: frozenset[Action]

    def may(self, action: Action) -> bool:
        """For drawing a button; the service asks again."""
        return action in self.actions


def grades_on(actor: Actor, incident_id: int) -> list[int]:
    """Every grade the actor holds on a case: by their organisation, a role in it, or in their own name."""
    held = Access.objects.filter(incident_id=incident_id, principal__in=actor.principal.ids)
    return list(held.filter(Q(until__isnull=True) | Q(until__gt=clock.now())).values_list("grade", flat=True))


def case_for(actor: Actor, reference: str, action: Action = Action.VIEW, *, lock: bool = False) -> CaseAccess:
    """The case with this reference, if the actor may do `action` there.

    Raises NotFound when it is not in the actor's world, NotAllowed when it is but they may not act.
    """
    incident, grades = with_grades(actor, reference)
    if incident is None or not grades:
        raise NotFound(reference)
    actions = actor.within(allowed(list(actor.roles), grades)) - OWN_HOUSE
    if action not in actions:
        raise NotAllowed(action)
    if lock:
        lock_case(incident.pk)
        incident = visible_incident(reference) or incident
    return CaseAccess(incident, actions)


def with_grades(actor: Actor, reference: str) -> tuple[Incident | None, list[int]]:
    """The case and every grade the actor holds on it, asked in one statement: every page of a case begins here."""
    held = Access.objects.filter(incident_id=OuterRef("pk"), principal__in=actor.principal.ids)
    held = held.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
    found = visible(reference).annotate(held=ArraySubquery(held.values("grade"))).first()
    return found, list(found.held) if found else []


def visible_incident(reference: str) -> Incident | None:
    """What the database shows the principal under this reference."""
    return visible(reference).first()


def visible(reference: str) -> QuerySet[Incident]:
    """The case of this reference as the database shows it, with who holds and who filed it."""
    return Incident.objects.select_related("holder", "filed_by").defer("search").filter(reference=reference)


def lock_case(incident_id: int) -> None:
    """One change of a case at a time, until the transaction ends.

    An advisory lock and not `FOR UPDATE`: under row-level security a row lock needs the right to change the row, and
    assessors and helpers change what hangs on a case without being its holder.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('incidents_incident'), %s)", [incident_id])


def get_incident_for(actor: Actor, reference: str, action: Action, *, lock: bool = False) -> Incident:
    """The case itself, when that is all one needs."""
    return case_for(actor, reference, action, lock=lock).incident
