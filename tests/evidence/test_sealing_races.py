"""Several at once at a seal: counted right, sealed once, every opening recorded."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from core.tenancy import acting_as
from evidence import services
from evidence.errors import NotAgreed, RequestOver
from evidence.models import SealAnswer, SealedFile, SealRequest
from evidence.selectors import custody_fault, custody_of
from evidence.states import RequestState
from organisations.actors import SYSTEM_EMAIL
from organisations.errors import StillHolds
from organisations.models import Membership, User
from organisations.services import end_membership
from sealing import stream
from tests.people import People

from .seals import SECRET, Sealed
from .test_races import together

pytestmark = [pytest.mark.races, pytest.mark.duty("SHR-4")]


@pytest.fixture
def case(committed_db: str, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A case whose acts are committed; the worker's part is done by the test itself."""
    monkeypatch.setattr("evidence.tasks.seal_content.delay_on_commit", lambda *_: None)
    cache.clear()
    with django_db_blocker.unblock():
        yield Sealed(People())


def state_of(case: Sealed, request: SealRequest) -> tuple[str, list[bool]]:
    with acting_as(case.depositor.principal), transaction.atomic():
        answers = SealAnswer.objects.filter(request=request).order_by("pk").values_list("approved", flat=True)
        return SealRequest.objects.get(pk=request.pk).state, list(answers)


def test_two_workers_seal_once(case: Sealed) -> None:
    seal = case.asked_for()
    results = together(lambda _index: services.carry_out(case.depositor, seal.pk), times=3)
    assert sorted(map(str, results)) == ["False", "False", "True"]
    streams = [
        path
        for path in Path(settings.FILES_ROOT).rglob("*")
        if path.is_file() and path.read_bytes().startswith(stream.MAGIC)
    ]
    assert len(streams) == 1, "what the slower ones wrote is gone"
    with acting_as(case.depositor.principal), transaction.atomic():
        assert SealedFile.objects.get().path.endswith(streams[0].name)
        case.item.refresh_from_db()
    assert case.read(case.granted()) == SECRET


def test_approvals_that_arrive_together_are_counted_once_each(case: Sealed) -> None:
    case.sealed()
    for _round in range(3):
        request = case.request()
        results = together(lambda index: case.answer(request, case.custodians[index]).state, times=3)  # noqa: B023
        state, answers = state_of(case, request)
        assert state == RequestState.GRANTED and answers.count(True) == 2
        assert sum(isinstance(result, RequestOver) for result in results) == 1
        assert case.read(request) == SECRET


def test_a_refusal_and_two_approvals_together_end_in_one_of_two_ways(case: Sealed) -> None:
    case.sealed()
    for _round in range(4):
        request = case.request()
        together(lambda index: case.answer(request, case.custodians[index], approve=index != 1).state, times=3)  # noqa: B023
        state, answers = state_of(case, request)
        assert state == RequestState.GRANTED and answers.count(True) == 2, (
            "two of three agreed, whenever the third refused"
        )


@pytest.mark.duty("SHR-2")
def test_custodians_who_leave_three_houses_at_once_leave_as_many_as_must_agree(case: Sealed) -> None:
    User.objects.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "Norms Platform", "is_system": True})
    case.sealed()
    houses = [case.people.meridian, case.people.tessera, case.people.amal]
    leavers = []
    for house, custodian in zip(houses, case.custodians, strict=True):
        with acting_as(house.admin.principal), transaction.atomic():
            leavers.append(Membership.objects.get(user=custodian.user, organisation=house.organisation).pk)

    def leave(index: int) -> str:
        admin = houses[index].admin
        with acting_as(admin.principal), transaction.atomic():
            end_membership(actor=admin, membership_id=leavers[index])
        return "left"

    results = together(leave, times=3)
    assert results.count("left") == 1 and sum(isinstance(result, StillHolds) for result in results) == 2, results
    request = case.request()
    for index, result in enumerate(results):
        if result != "left":
            case.answer(request, case.custodians[index])
    assert case.read(request) == SECRET


def test_openings_at_once_are_all_recorded_and_an_end_stops_the_rest(case: Sealed) -> None:
    case.sealed()
    request = case.granted()

    def act(index: int) -> object:
        if index == 3:
            with acting_as(case.depositor.principal), transaction.atomic():
                return services.end_request(actor=case.depositor, **case.names, request_id=request.pk)
        return case.read(request)

    results = together(act, times=6)
    read = sum(result == SECRET for result in results)
    assert read + sum(isinstance(result, NotAgreed) for result in results) == 5
    with acting_as(case.depositor.principal), transaction.atomic():
        entries = custody_of(case.item)
        assert sum(entry.act == "opened" for entry in entries) == read
        assert not custody_fault(entries)
