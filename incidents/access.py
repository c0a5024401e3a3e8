"""The only way to one case: 404 if you may not know of it, 403 if you may not act on it."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, Case, Exists, F, Func, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from core import clock
from core.errors import NotAllowed, NotFound
from ledger import looks
from organisations.actors import Actor
from organisations.roles import OWN_HOUSE, Action, allowed

from .blind import hide_names
from .models import Access, EmergencyOpening, Incident, LabelOn


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """A case as somebody may see it, with everything they may do there."""

    incident: Incident
    actions: frozenset[Action]
    # Opened at least once without a grant, in an emergency: said on every page of the case, for ever.
    emergencies: bool = False

    def may(self, action: Action) -> bool:
        """For drawing a button; the service asks again."""
        return action in self.actions


def grades_on(actor: Actor, incident_id: int) -> list[int]:
    """Every grade the actor holds on a case: by their organisation, a role in it, or in their own name."""
    held = Access.objects.filter(incident_id=incident_id, principal__in=actor.principal.ids)
    return list(held.filter(Q(until__isnull=True) | Q(until__gt=clock.now())).values_list("grade", flat=True))


def case_for(actor: Actor, reference: str, action: Action = Action.VIEW, *, lock: bool = False) -> CaseAccess:
    """The case with this reference, if the actor may do `action` there.

    Raises NotFound when it is not in the actor's world, NotAllowed when it is but they may not act. When somebody came to
    look, that is written down here: there is no other way into a case.
    """
    incident, held = with_grades(actor, reference)
    if incident is None or not held.grades:
        raise NotFound(reference)
    actions = actor.within(allowed(list(actor.roles), held.grades, export=held.export)) - OWN_HOUSE
    if actor.glass is not None:
        actions &= actor.glass.ceiling
    if action not in actions:
        raise NotAllowed(action)
    if lock:
        lock_case(incident.pk)
        incident = visible_incident(reference) or incident
    return CaseAccess(incident, actions, held.emergencies)


@dataclass(frozen=True, slots=True)
class Held:
    """What an actor holds on a case, and whether it was ever opened in an emergency."""

    grades: list[int]
    export: bool = False
    emergencies: bool = False


def with_grades(actor: Actor, reference: str) -> tuple[Incident | None, Held]:
    """The case, every grade the actor holds on it, and their own organisation's labels, asked in one statement: every page of
    a case begins here. The same statement writes down that they looked, if that is what they came for.
    """
    held = Access.objects.filter(incident_id=OuterRef("pk"), principal__in=actor.principal.ids)
    held = held.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
    labels = LabelOn.objects.filter(incident_id=OuterRef("pk"), organisation_id=actor.organisation.pk)
    named = labels.order_by("label__name").values(said=JSONObject(id="label_id", name="label__name"))
    wanted = visible(reference).annotate(
        held=ArraySubquery(held.values("grade")),
        exports=Exists(held.filter(may_export=True)),
        emergencies=Exists(EmergencyOpening.objects.filter(incident_id=OuterRef("pk"))),
        labelled=ArraySubquery(named),
    )
    visit = looks.open_visit(reference)
    if visit is not None:
        # A share that has ended opens nothing, so nobody looked.
        wanted = wanted.annotate(looked=Case(When(Exists(held), then=looked(actor, visit)), default=Value(value=False)))
    found = wanted.first()
    if found is not None and found.blind:
        hide_names(actor, found.pk)  # from here on whatever prints a name prints a handle
    return found, Held(list(found.held), found.exports, found.emergencies) if found else Held([])


def looked(actor: Actor, visit: looks.Visit) -> Func:
    """Writes the look down for the row it is asked with (`ledger_look_note`).

    Through somebody else's eyes it is still the viewer's own look, and says as whom: the preview tells the database both.
    """
    how = map(Value, (visit.act, visit.door, visit.what[:80], visit.subject[:120]))
    if actor.glass is not None:
        return Func(Value(actor.glass.preview), *how, function="incidents_look_through", output_field=BooleanField())
    said = [Value(actor.user.pk), Value(actor.organisation.pk), F("holder_id"), F("pk"), *how]
    return Func(*said, function="ledger_look_note", output_field=BooleanField())


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
