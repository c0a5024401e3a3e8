"""What of this room can be asked "who can see it": public statements, what happened, services that were hit."""

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from organisations.actors import Actor
from organisations.roles import Action

from .access import CaseAccess
from .models import CaseRow, ServiceHit, Statement, TimelineEntry
from .sight import Thing, declare


def by_number(model: type[CaseRow]) -> object:
    """Finds a row of the case by its number; 404 for one of another case."""

    def find(actor: Actor, case: CaseAccess, label: str) -> CaseRow:
        if not (label.isascii() and label.isdigit() and len(label) < 18):
            raise NotFound(label)
        found = model._default_manager.filter(incident=case.incident, pk=int(label)).first()
        if found is None:
            raise NotFound(label)
        return found

    return find


declare(
    {
        "statement": Thing(Action.VIEW, _("Public statement"), by_number(Statement)),  # type: ignore[arg-type]
        "event": Thing(Action.VIEW, _("Entry of the timeline"), by_number(TimelineEntry)),  # type: ignore[arg-type]
        "service": Thing(Action.SEE_REMEDIATION, _("Restoration of a service"), by_number(ServiceHit)),  # type: ignore[arg-type]
    }
)
