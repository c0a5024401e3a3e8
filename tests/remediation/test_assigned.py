"""Whoever a task is given to is told, once (SHR-5)."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.tenancy import acting_as
from incidents.models import Incident
from notifications.models import Notification
from organisations.actors import Actor
from organisations.roles import Grade
from remediation import services
from tests.doors.world import shared
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-5")]


def told(actor: Actor) -> list[tuple[str, str]]:
    with acting_as(actor.principal):
        return list(Notification.objects.filter(kind="task.assigned").values_list("reason", "subject"))


def given(actor: Actor, incident: Incident, **more: Any) -> Any:
    with acting_as(actor.principal):
        due = (clock.today() + timedelta(days=9)).isoformat()
        task = {"title": "Rebuild", "organisation": "vela", "due": due, **more}
        return services.add_task(actor=actor, reference=incident.reference, task=task)


def test_the_person_named_or_else_the_organisation_is_told_once_and_not_whoever_gave_it(people: People) -> None:
    vela, brigid = people.vela, people.brigid
    analyst, coordinator = vela.analyst, vela.coordinator
    assert brigid.coordinator
    incident = filed(analyst)
    shared(analyst, incident, brigid.organisation, Grade.COORDINATE)
    task = given(analyst, incident, person=coordinator.user.pk)
    given(analyst, incident, person=analyst.user.pk)
    given(analyst, incident)
    assert told(coordinator) == [("assigned", "R-1")] and told(analyst) == []
    given(analyst, incident, organisation="brigid")
    assert told(brigid.coordinator) == [("assigned", "R-4")]
    with acting_as(analyst.principal):
        for version, person in ((1, analyst), (2, coordinator)):
            task = services.change_task(
                actor=analyst,
                reference=incident.reference,
                number="R-1",
                version=version,
                task={"person": person.user.pk},
            )
    assert task.person == coordinator.user and told(coordinator) == [("assigned", "R-1")]
