"""Handling marks on a case: what a reader is to it, and so what may leave with them. The rule itself is `core.marks`."""

from collections.abc import Iterable

from django.db.models import Q

from core import clock
from core.marks import NotCleared, Reader, Way, may_leave
from organisations.actors import Actor

from .models import Access, Incident

# Something marked: what it is called, its mark, and the number of the organisation whose it is.
Marked = tuple[str, str, int]


def readers_on(actor: Actor, incident: Incident, originators: Iterable[int]) -> dict[int, Reader]:
    """What the actor is to what these organisations gave into the case. One statement at most.

    A guest is named by the organisation that invited them, for what is its own; for what others gave it, they are its guest.
    """
    if actor.is_guest:
        return {each: Reader.NAMED if each == actor.organisation.pk else Reader.GUEST for each in originators}
    reader = Reader.NAMED if actor.organisation.pk == incident.holder_id else None
    if reader is None:
        held = Access.objects.filter(incident_id=incident.pk, principal__in=actor.principal.ids)
        held = held.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
        principals = set(held.values_list("principal", flat=True))
        reader = Reader.NAMED if actor.user.pk in principals else Reader.PARTNER if principals else Reader.STRANGER
    return {each: Reader.ORIGINATOR if each == actor.organisation.pk else reader for each in originators}


def not_cleared(actor: Actor, incident: Incident, things: Iterable[Marked], way: Way) -> list[tuple[str, str]]:
    """Those that may not leave this way with the actor, as `(label, mark)`."""
    things = list(things)
    readers = readers_on(actor, incident, {originator for _label, _mark, originator in things})
    return [(label, mark) for label, mark, originator in things if not may_leave(mark, way, readers[originator])]


def must_be_cleared(actor: Actor, incident: Incident, things: Iterable[Marked], way: Way) -> None:
    """Raises NotCleared (409) naming everything whose mark does not let it leave this way with the actor."""
    if refused := not_cleared(actor, incident, things, way):
        raise NotCleared(refused)
