"""Measures stand on what attribution's own services reached, and on nothing else."""

from typing import Any

import pytest

from attribution.services import withdraw_finding
from core.tenancy import acting_as
from escalation import services
from escalation.standing import standings
from escalation.states import Status
from tests.attribution.ground import Ground
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ESC-3"), pytest.mark.duty("ATT-10")]


@pytest.fixture
def ground(people: People) -> Ground:
    """Evidence given in, hypotheses rated, one provisional finding."""
    ground = Ground(people, filed(people.vela.analyst))
    ground.evidence()
    ground.hypotheses()
    ground.rated()
    return ground


def propose(ground: Ground, code: str, **answers: Any) -> Any:
    """By Vela's coordinator."""
    actor = ground.people.vela.coordinator
    with acting_as(actor.principal):
        return services.propose_measure(
            actor=actor, reference=ground.reference, proposal={"code": code, "title": "A measure", **answers}
        )


def test_a_provisional_finding_opens_diplomacy_and_its_withdrawal_closes_it(ground: Ground) -> None:
    assert propose(ground, "R09", target_state="RU").status == Status.REFUSED
    finding = ground.proposed(article=4)
    with acting_as(ground.analyst.principal):
        (standing,) = standings(ground.incident)
    assert (standing.label, standing.view.tier, standing.view.responsible_states) == ("F-1", "T1", frozenset({"RU"}))
    assert standing.view.wrongful_act is None  # found on the operator's leg, not on that of State responsibility
    measure = propose(ground, "R09", target_state="RU")
    assert (measure.status, measure.finding, measure.tier) == (Status.PROPOSED, "F-1", "T1")
    with acting_as(ground.analyst.principal):
        withdraw_finding(
            actor=ground.analyst, reference=ground.reference, label=finding.label, reason="The log was forged."
        )
    assert propose(ground, "R09", target_state="RU").status == Status.REFUSED
    assert propose(ground, "R04").status == Status.APPROVED
