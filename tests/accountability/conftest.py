"""A case of Vela's with people, services and evidence, and the hands that ask for reviews."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accountability import services
from accountability.models import Review
from accountability.selectors import review_of
from core.tenancy import acting_as
from incidents.access import case_for
from incidents.models import Incident
from organisations.actors import Actor
from tests.people import People
from tests.stores import own_store
from tests.tenancy.test_walls import filed

Make = Callable[..., Review]


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    return own_store(tmp_path, settings)


@pytest.fixture
def incident(people: People) -> Incident:
    """A hospital without records."""
    return filed(
        people.vela.analyst,
        title="Hospital records encrypted",
        summary="Wards worked on paper.\n\nAmbulances were sent elsewhere for two days.",
        began={"at": "2026-01-05T06:00:00+00:00", "precision": "hour"},
        people={"min": 300, "best": None, "max": None},
        services=[{"service": "hospital-care", "name": "General hospital", "country": "CR", "people": {"best": 1200}}],
    )


def asked(actor: Actor, incident: Incident, mark: str = "TLP:AMBER", **more: Any) -> Review:
    """A review asked for by this person; its job waits."""
    with acting_as(actor.principal):
        return services.request_review(actor=actor, reference=incident.reference, mark=mark, **more)


def seen(actor: Actor, incident: Incident, number: int) -> Review:
    """The review as it is now."""
    with acting_as(actor.principal):
        return review_of(case_for(actor, incident.reference), number)


@pytest.fixture
def make(django_capture_on_commit_callbacks: Any) -> Make:
    """A review asked for and made, as a worker would."""

    def ask_and_work(actor: Actor, incident: Incident, **more: Any) -> Review:
        with django_capture_on_commit_callbacks(execute=True):
            review = asked(actor, incident, **more)
        return seen(actor, incident, review.number)

    return ask_and_work
