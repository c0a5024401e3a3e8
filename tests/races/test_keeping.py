"""Two at once: a request is decided once, an organisation has one export under way, two requests have two numbers (SHR-6)."""

import pytest
from django.db import transaction

from core.tenancy import acting_as
from keeping import exports, requests
from keeping.models import DataRequest, HouseExport, RequestStep
from organisations.actors import Actor
from tests.people import People
from tests.races.test_case_and_house import at_once

pytestmark = [pytest.mark.races, pytest.mark.duty("SHR-6")]


def file(actor: Actor) -> int:
    return requests.file_request(
        actor=actor, kind="authority", requester="Court", legal_basis="Order 1", asked="Facts"
    ).number  # fmt: skip


def test_of_two_decisions_one_is_told_that_it_comes_late(committed_db: str) -> None:
    with transaction.atomic():
        vela = People().vela
        admin, deciders = vela.admin, [vela.person("custodian"), vela.coordinator, vela.another("org_admin")]
        with acting_as(admin.principal):
            file(admin)

    def refuse(actor: Actor) -> tuple[Actor, object]:
        return actor, lambda: requests.decide_request(actor=actor, number=1, outcome="refused", reasons="No").outcome

    answers = at_once(*[refuse(actor) for actor in deciders])  # type: ignore[arg-type]
    assert sorted(answers) == ["refused", "request_decided", "request_decided"]
    with acting_as(admin.principal), transaction.atomic():
        assert RequestStep.objects.filter(act="decided").count() == 1


def test_requests_filed_at_once_have_numbers_of_their_own_and_one_export_runs(committed_db: str) -> None:
    with transaction.atomic():
        vela = People().vela
        admin, other = vela.admin, vela.another("org_admin")
    assert sorted(at_once(*[(admin, lambda: file(admin))] * 4)) == [1, 2, 3, 4]
    answers = at_once(
        *[
            (actor, lambda actor=actor: exports.request_export(actor=actor, reason="Moving").number)
            for actor in (admin, other, admin)
        ]
    )
    assert sorted(map(str, answers)) == ["1", "export_running", "export_running"]
    with acting_as(admin.principal), transaction.atomic():
        assert (DataRequest.objects.count(), HouseExport.objects.count()) == (4, 1)
