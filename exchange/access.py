"""For whom a package may be made, beside the right to export."""

from incidents.hiding import may_look
from incidents.models import Incident
from organisations.actors import Actor

from .models import Package


def names_may_stand_in(package: Package, incident: Incident, actor: Actor) -> bool:
    """Whether this package may be made for the actor, and taken by them. While the names of its case are hidden: by the keeper of
    names who asked for it, and by nobody else: a look behind handles is answered to whoever gave its reason."""
    asked_it = package.names_reason != "" and package.asked_by_id == actor.user.pk
    return not incident.blind or (asked_it and may_look(actor))
