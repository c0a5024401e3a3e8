"""Writers of the ledger do not wait for each other, and the sequencer puts what they commit into one order."""

import threading

import pytest
from django.db import connections, transaction

from core.tenancy import acting_as
from ledger.models import Entry
from ledger.recompute import verify
from ledger.services import record, sequence_pending
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.races, pytest.mark.duty("ATT-3")]


def test_an_open_import_stops_nobody_from_writing(committed_db: str) -> None:
    with transaction.atomic():
        people = People()
        slow, quick = people.vela.analyst, people.orrin.analyst
    importing, release, done = threading.Event(), threading.Event(), threading.Event()

    def import_slowly() -> None:
        with acting_as(slow.principal), transaction.atomic():
            record(actor=slow, verb="token.issued", subject=slow.organisation)
            importing.set()
            release.wait(30)
        connections.close_all()
        done.set()

    thread = threading.Thread(target=import_slowly)
    thread.start()
    try:
        assert importing.wait(30)
        filed(quick)
        with transaction.atomic():
            assert sequence_pending() == 1, "the quick entry has its place while the import is still open"
    finally:
        release.set()
        thread.join()
    assert done.is_set()
    with transaction.atomic():
        assert sequence_pending() == 1


def test_two_sequencers_and_eight_writers_give_one_unbroken_order(committed_db: str) -> None:
    with transaction.atomic():
        people = People()
        actors = [people.vela.analyst, people.orrin.analyst]
    writing = threading.Barrier(10)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            writing.wait(30)
            for _ in range(5):
                filed(actors[number % 2])
        except BaseException as problem:
            failures.append(problem)
        finally:
            connections.close_all()

    def sequence() -> None:
        try:
            writing.wait(30)
            for _ in range(40):
                with transaction.atomic():
                    sequence_pending(batch=7)
        except BaseException as problem:
            failures.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)] + [
        threading.Thread(target=sequence) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with transaction.atomic():
        while sequence_pending():
            pass
        with connections["default"].cursor() as cursor:
            cursor.execute("RESET ROLE")
        verdict = verify("default")
    assert (verdict.broken, verdict.pending) == ("", 0)
    assert verdict.checked == 40
    with acting_as(actors[0].principal), transaction.atomic():
        assert Entry.objects.count() == 20
