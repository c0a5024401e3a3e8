"""Cases and drafts for these tests, made by the services."""

from typing import Any

from core.tenancy import acting_as
from incidents.models import Draft, Incident, IncidentGroupPermission
from incidents.services import file_incident, grant_access, open_draft
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Grade

FACTS: dict[str, Any] = {
    "title": "Hospital records encrypted",
    "summary": "Wards worked on paper.",
    "victims": [{"sector": "health", "country": "CR"}],
}


def filed(actor: Actor, **facts: Any) -> Incident:
    """An incident of this actor's organisation."""
    with acting_as(actor.principal):
        return file_incident(actor=actor, facts={**FACTS, **facts})


def drafted(actor: Actor, **answers: Any) -> Draft:
    """A draft of this actor."""
    with acting_as(actor.principal):
        draft = open_draft(actor=actor)
        draft.answers = answers
        draft.save()
        return draft


def shared(
    actor: Actor, incident: Incident, organisation: Organisation, grade: Grade, **more: Any
) -> IncidentGroupPermission:
    """A share of the case."""
    with acting_as(actor.principal):
        return grant_access(
            actor=actor, reference=incident.reference, organisation=organisation, grade=grade,
            reason=more.pop("reason", "Same intruder seen"), **more,
        )  # fmt: skip
