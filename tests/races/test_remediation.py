"""Two at once: tasks get numbers of their own, a service is followed once, a task is completed once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from core.tenancy import acting_as
from incidents.models import Incident
from organisations.actors import Actor
from remediation import services
from remediation.errors import TaskMoveRefused
from remediation.models import RemediationTask, RestorationUpdate, ServiceRestoration
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.races, pytest.mark.duty("REM-2")]


def together(actor: Actor, *acts: Callable[[], object]) -> list[BaseException]:
    """Does all acts at the same moment, each in its own transaction; what went wrong."""
    ready, wrong = threading.Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait(30)
            with acting_as(actor.principal), transaction.atomic():
                act()
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def case_of_vela() -> tuple[Actor, Incident]:
    with transaction.atomic():
        actor = People().vela.analyst
        return actor, filed(actor, services=[{"service": "hospital-care", "name": "General hospital"}])


def test_tasks_added_at_once_get_numbers_of_their_own(committed_db: str) -> None:
    actor, incident = case_of_vela()

    def add() -> object:
        return services.add_task(
            actor=actor, reference=incident.reference, task={"title": "Rebuild", "organisation": "vela"}
        )

    assert together(actor, *[add] * 6) == []
    with acting_as(actor.principal), transaction.atomic():
        assert sorted(RemediationTask.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_service_reported_twice_at_once_is_followed_once(committed_db: str) -> None:
    actor, incident = case_of_vela()
    with acting_as(actor.principal), transaction.atomic():
        service = incident.servicehits.get().pk

    def report() -> object:
        return services.post_update(
            actor=actor, reference=incident.reference, service_id=service, update={"state": "down"}
        )

    assert together(actor, *[report] * 4) == []
    with acting_as(actor.principal), transaction.atomic():
        assert (ServiceRestoration.objects.count(), RestorationUpdate.objects.count()) == (1, 4)


def test_a_task_is_completed_once(committed_db: str) -> None:
    actor, incident = case_of_vela()
    with acting_as(actor.principal), transaction.atomic():
        services.add_task(actor=actor, reference=incident.reference, task={"title": "Rebuild", "organisation": "vela"})
        for to in ("agreed", "in_progress"):
            services.move_task(actor=actor, reference=incident.reference, number="R-1", to=to)

    def complete() -> object:
        return services.complete_task(actor=actor, reference=incident.reference, number="R-1", completion="Built.")

    wrong = together(actor, *[complete] * 4)
    assert [type(problem) for problem in wrong] == [TaskMoveRefused] * 3
