"""Cases and drafts for these tests, made by the services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

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


# Each of a request's two transactions (who is it, and the page) begins by binding the principal, which is not captured.
BINDINGS = 2


@contextmanager
def at_most(budget: int) -> Iterator[None]:
    """The statements of one request stay in the budget, session, user and membership included.

    Savepoints are not counted: they stand for the request's transactions only because a test runs inside one.
    """
    with CaptureQueriesContext(connection) as captured:
        yield
    said = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(said) + BINDINGS <= budget, "\n".join(said)
