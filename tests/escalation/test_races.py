"""Two at once: every proposal has a number of its own, and one decision is taken once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from core.errors import DomainError
from core.tenancy import acting_as
from escalation import services
from escalation.models import Measure
from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.races, pytest.mark.duty("ESC-3")]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the rule that said no; all start at the same moment."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(30)
            outcomes.append(act())
        except DomainError as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_proposals_at_once_are_numbered_once_each_and_one_decision_is_taken(committed_db: str) -> None:
    with transaction.atomic():
        people = People()
        first, second = people.vela.coordinator, people.vela.another("coordinator")
        incident = filed(people.vela.analyst)

    def propose() -> Measure:
        with acting_as(first.principal):
            return services.propose_measure(
                actor=first, reference=incident.reference, proposal={"code": "R07", "title": "A statement"}
            )

    made = together(*[propose] * 6)
    assert sorted(measure.label for measure in made) == [f"M-{number}" for number in range(1, 7)]

    def decide(act: Callable[..., Measure], actor: Actor, **more: str) -> Callable[[], Measure]:
        def run() -> Measure:
            with acting_as(actor.principal):
                return act(actor=actor, reference=incident.reference, number="M-1", **more)

        return run

    outcomes = together(
        decide(services.approve_measure, second),
        decide(services.approve_measure, second),
        decide(services.decline_measure, second, reason="No."),
    )
    codes = sorted(each.code if isinstance(each, DomainError) else "done" for each in outcomes)
    assert codes == ["done", "measure_move", "measure_move"]
