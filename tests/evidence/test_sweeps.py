"""The sweep reports: kept per holder, shown to its administrators, told to them when something is wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from core.tenancy import acting_as
from evidence.models import EvidenceItem, SweepReport
from evidence.states import Status
from evidence.tasks import sweep_integrity
from organisations.actors import Actor
from organisations.models import User
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, given, on_disk, tamper, the_file

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-3")]
SignIn = Callable[[Actor], Client]


@pytest.fixture
def damaged(people: People, system: User) -> EvidenceItem:
    """Three files of Vela's, one changed, one gone; one of Orrin's, whole; then the sweep."""
    analyst = people.vela.analyst
    people.vela.admin  # noqa: B018
    incident = filed(analyst)
    given(analyst, incident)
    changed, gone = given(analyst, incident, data=LOG + b"1"), given(analyst, incident, data=LOG + b"22")
    given(people.orrin.analyst, filed(people.orrin.analyst), data=LOG + b"3")
    tamper(the_file(analyst, changed))
    on_disk(the_file(analyst, gone)).unlink()
    sweep_integrity()
    return changed


def test_each_holder_gets_a_report_that_adds_up(people: People, damaged: EvidenceItem) -> None:
    with acting_as(people.vela.admin.principal):
        report = SweepReport.objects.get()
        assert (report.files, report.matches, report.mismatches, report.unavailable) == (3, 1, 1, 1)
        assert report.size == 2 * len(LOG) + 1, "what could be read, in bytes"
        assert report.finished_at >= report.started_at
        assert {(fault["item"], fault["outcome"]) for fault in report.faults} == {
            ("E-2", "mismatch"),
            ("E-3", "unavailable"),
        }
        assert EvidenceItem.objects.get(pk=damaged.pk).status == Status.FROZEN
        with pytest.raises(DatabaseError), transaction.atomic():
            SweepReport.objects.update(mismatches=0, matches=3, unavailable=0, faults=[])
    with acting_as(people.orrin.admin.principal):
        assert [(row.files, row.mismatches) for row in SweepReport.objects.all()] == [(1, 0)]


def test_nothing_due_writes_no_report(people: People, damaged: EvidenceItem) -> None:
    sweep_integrity()
    with acting_as(people.vela.admin.principal):
        assert SweepReport.objects.count() == 1


def test_administrators_read_it_and_nobody_else(people: People, sign_in: SignIn, damaged: EvidenceItem) -> None:
    with acting_as(people.vela.admin.principal):
        number = SweepReport.objects.get().pk
    pages = {"page": "/organisation/integrity/", "api": "/api/v1/integrity/"}
    for address in pages.values():
        for path in (address, f"{address}{number}/"):
            assert sign_in(people.vela.admin).get(path).status_code == 200
            assert sign_in(people.vela.analyst).get(path).status_code == 403
        assert sign_in(people.orrin.admin).get(f"{address}{number}/").status_code == 404
    shown = sign_in(people.vela.admin).get(f"/organisation/integrity/{number}/").content.decode()
    for words in (
        "1 file does not match",
        "1 file could not be read",
        "E-2",
        "E-3",
        "Does not match",
        "Original unavailable",
    ):
        assert words in shown
    body = sign_in(people.vela.admin).get(f"/api/v1/integrity/{number}/").json()
    assert body["mismatches"] == 1 and len(body["faults"]) == 2


def test_before_the_first_sweep_the_page_says_what_will_stand_there(people: People, sign_in: SignIn) -> None:
    assert "No sweep has reported yet" in sign_in(people.vela.admin).get("/organisation/integrity/").content.decode()
    assert "Integrity of evidence" in sign_in(people.vela.admin).get("/organisation/").content.decode()
    assert "Integrity of evidence" not in sign_in(people.vela.analyst).get("/organisation/").content.decode()


def test_whoever_administers_and_whoever_relies_is_warned(
    people: People, sign_in: SignIn, damaged: EvidenceItem
) -> None:
    told: Any = sign_in(people.vela.admin).get("/inbox/").content.decode()
    assert "The last sweep found files that do not match or cannot be read" in told
    assert "E-2 is frozen" in told
