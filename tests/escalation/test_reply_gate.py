"""Naming somebody in public is to publish: R12 and R13 wait for the reply of the party named (ATT-11)."""

import pytest

from attribution import services as attribution
from attribution.errors import ReplyAwaited
from attribution.services import answering
from core.tenancy import acting_as
from escalation import services
from escalation.models import Measure
from organisations.actors import SYSTEM_EMAIL
from organisations.models import User

from .conftest import Case

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-11"), pytest.mark.duty("ESC-4")]
NAMES = ["R12", "R13"]


@pytest.fixture(autouse=True)
def platform(db: None) -> None:
    """The platform's own person, who acts for a holder where a visitor replies."""
    User.objects.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "Norms Platform", "is_system": True})


def approved(case: Case, code: str) -> Measure:
    """Proposed by one, agreed by another; not in force."""
    measure = case.propose(code, target_state="KP", aimed_at=["military"])
    assert measure.status == "proposed", measure.report
    return case.act(services.approve_measure, measure, case.people.vela.another("coordinator"))


def started(case: Case, measure: Measure) -> Measure:
    return case.act(services.start_measure, measure, case.coordinator)


def asked(case: Case) -> attribution.Asked:
    """What is to be published, fixed; the party named, asked."""
    analyst = case.people.vela.analyst
    with acting_as(analyst.principal):
        attribution.open_notice(actor=analyst, reference=case.reference, label="F-1", text="It was them.")
        return attribution.invite_to_reply(
            actor=analyst, reference=case.reference, label="F-1", party="named", name="Ministry", contact="Note verbale",
            code_given="By telephone",
        )  # fmt: skip


@pytest.mark.parametrize("code", NAMES)
def test_nobody_is_named_in_public_before_they_were_heard(case: Case, code: str) -> None:
    case.found("T3")
    measure = approved(case, code)
    with pytest.raises(ReplyAwaited) as refused:
        started(case, measure)
    assert refused.value.details["findings"] == [{"finding": "F-1", "bars": ["no_notice"]}]
    invitation = asked(case)
    with pytest.raises(ReplyAwaited) as refused:
        started(case, measure)
    assert refused.value.details["findings"] == [{"finding": "F-1", "bars": ["reply_awaited"]}]
    with acting_as(None):
        visit = answering.visit_by_secret(invitation.secret)
        assert answering.prove(visit, invitation.code)
        answering.submit_reply(visit, text="We take note.", position="comments")
    assert started(case, measure).status == "in_force"


@pytest.mark.parametrize("code", NAMES)
def test_a_finding_that_names_another_state_holds_up_nothing(case: Case, code: str) -> None:
    case.found("T3")
    with acting_as(None):
        visit = answering.visit_by_secret((invitation := asked(case)).secret)
        assert answering.prove(visit, invitation.code)
        answering.submit_reply(visit, text="We take note.", position="comments")
    case.found("T3", country="IR")  # nobody was asked about this one
    assert started(case, approved(case, code)).status == "in_force"


def test_a_measure_that_names_nobody_in_public_does_not_wait(case: Case) -> None:
    case.found("T3")
    assert started(case, approved(case, "R07")).status == "in_force"
