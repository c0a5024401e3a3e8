"""A case with a hospital and a power company hit, held by Vela; Saint Brigid runs the hospital."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_as
from incidents.models import Incident
from incidents.services import grant_access
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

PAST = {"at": "2026-01-05T06:00:00Z", "precision": "exact"}


@dataclass
class Ground:
    """The case and its two services."""

    incident: Incident
    hospital: int
    power: int

    @property
    def reference(self) -> str:
        return self.incident.reference


@pytest.fixture
def ground(people: People) -> Iterator[Ground]:
    """Acting as Vela's analyst until somebody else is asked."""
    services = [
        {"service": "electricity-distribution", "name": "North grid", "country": "CR", "people": {"best": 225_000}},
        {"service": "hospital-care", "name": "General hospital", "country": "CR", "people": {"min": 300}},
    ]
    incident = filed(people.vela.analyst, services=services)
    with acting_as(people.vela.analyst.principal):
        numbers = dict(incident.servicehits.values_list("service", "pk"))
        yield Ground(incident, numbers["hospital-care"], numbers["electricity-distribution"])


@pytest.fixture
def share(people: People, ground: Ground) -> Callable[[Organisation, int], None]:
    """Shares the case at a grade."""

    def give(organisation: Organisation, grade: int = Grade.COORDINATE) -> None:
        with acting_as(people.vela.analyst.principal):
            grant_access(
                actor=people.vela.analyst,
                reference=ground.reference,
                organisation=organisation,
                grade=grade,
                reason="Restoration",
            )

    return give


def state(name: str, at: str = "2026-01-05T06:00:00Z", **more: Any) -> dict[str, Any]:
    """An update in a state since an exact moment."""
    return {"state": name, "at": {"at": at, "precision": "exact"}, **more}


def as_actor(actor: Actor) -> Any:
    """The database asked as this person."""
    return acting_as(actor.principal)


@contextmanager
def at_most(statements: int) -> Iterator[None]:
    """Fails when more SQL is asked; savepoints stand in tests for the transactions of real requests and do not count."""
    with CaptureQueriesContext(connection) as asked:
        yield
    told = [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(told) <= statements, "\n".join(told)
