"""Two at once: every number once, one content, one chain."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from core.errors import DomainError
from core.tenancy import acting_as
from evidence import collecting, services, storage
from evidence.models import CustodyEntry, StoredFile
from evidence.selectors import custody_fault
from organisations.actors import system_actor
from organisations.founding import found_platform
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, given, stored, upload

pytestmark = [pytest.mark.races]


@pytest.fixture
def cast(committed_db: str, django_db_blocker: Any) -> Any:
    """People whose acts are committed."""
    with django_db_blocker.unblock():
        yield People()


def together(act: Callable[[int], object], times: int = 6) -> list[object]:
    """All at the same moment, each on a connection of its own; what each gave or raised."""
    start = threading.Barrier(times)
    results: list[object] = [None] * times

    def run(index: int) -> None:
        try:
            start.wait(10)
            results[index] = act(index)
        except DomainError as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_items_given_in_at_once_get_numbers_of_their_own(cast: People) -> None:
    analyst = cast.vela.analyst
    incident = filed(analyst)
    results = together(lambda index: given(analyst, incident).label)
    assert sorted(map(str, results)) == [f"E-{number}" for number in range(1, 7)]
    with acting_as(analyst.principal), transaction.atomic():
        assert StoredFile.objects.values("path").distinct().count() == 1, "the same bytes, kept once"


def test_the_same_bytes_at_once_on_one_item_are_held_once(cast: People) -> None:
    analyst = cast.vela.analyst
    item = given(analyst, filed(analyst), data=None)

    def add(index: int) -> object:
        with acting_as(analyst.principal):
            return services.add_file(actor=analyst, reference=item.incident.reference, label="E-1", upload=upload(LOG))

    results = together(add)
    assert sum(isinstance(result, StoredFile) for result in results) == 1
    assert {getattr(result, "code", "") for result in results if isinstance(result, DomainError)} == {
        "evidence_file_already_held"
    }


def test_openings_at_once_are_one_chain(cast: People) -> None:
    analyst = cast.vela.analyst
    item = given(analyst, filed(analyst))

    with acting_as(analyst.principal), transaction.atomic():
        sha256 = StoredFile.objects.get().sha256

    def read(index: int) -> object:
        with acting_as(analyst.principal):
            opened = services.open_file(
                actor=analyst, reference=item.incident.reference, label="E-1", sha256=sha256, purpose=f"Reader {index}"
            )
            assert opened.handle is not None
            opened.handle.close()
            return "read"

    assert together(read) == ["read"] * 6
    with acting_as(analyst.principal), transaction.atomic():
        entries = list(CustodyEntry.objects.filter(item=item))
        assert [entry.place for entry in entries] == list(range(1, 9))
        assert custody_fault(entries) == ""


def test_links_at_once_never_close_a_circle(cast: People) -> None:
    analyst = cast.vela.analyst
    incident = filed(analyst)
    given(analyst, incident, data=None), given(analyst, incident, data=None)

    def link(index: int) -> object:
        one, other = ("E-1", "E-2") if index % 2 else ("E-2", "E-1")
        with acting_as(analyst.principal):
            return services.link_lineage(
                actor=analyst, reference=incident.reference, label=one, other=other, kind="derived_from"
            )

    results = together(link)
    assert sum(not isinstance(result, DomainError) for result in results) == 1


def test_nothing_is_collected_while_somebody_keeps_the_same_bytes(cast: People) -> None:
    """The race this is about: a name is found taken, and would be gone before its row comes."""
    house = cast.vela.organisation.pk
    found_platform()
    system = system_actor()
    with storage.receive([b"left behind"]) as received:
        path = received.keep(house)  # outside a transaction: as one that was undone leaves it

    def collected() -> list[object]:
        return together(lambda _index: collecting.collect(system, house, [path]), times=1)

    with transaction.atomic(), storage.receive([b"left behind"]) as received:
        assert received.keep(house) == path
        assert collected() == [0]
    assert stored() == [path]
    assert collected() == [1]
    assert stored() == []


def test_of_two_acceptances_at_once_one_is_the_receipt(cast: People) -> None:
    analyst = cast.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident, data=None)
    with acting_as(analyst.principal):
        services.release_item(
            actor=analyst, reference=incident.reference, label=item.label, organisation="vela", desk="Archive",
            purpose="To be kept",
        )  # fmt: skip
    others = [cast.vela.another("analyst"), cast.vela.person("custodian")]

    def accept(index: int) -> object:
        actor = others[index % 2]
        with acting_as(actor.principal):
            return services.answer_release(
                actor=actor, reference=incident.reference, label=item.label, answer="accepted"
            )

    results = together(accept)
    assert sum(not isinstance(result, DomainError) for result in results) == 1
    assert {result.code for result in results if isinstance(result, DomainError)} == {"evidence_nothing_released"}
    with acting_as(analyst.principal), transaction.atomic():
        acts = list(CustodyEntry.objects.filter(item=item).order_by("place").values_list("act", flat=True))
        assert acts == ["received", "released", "accepted"]


def test_a_hold_and_a_disposal_at_once_come_one_after_the_other(cast: People) -> None:
    analyst, second = cast.vela.analyst, cast.vela.another("analyst")
    incident = filed(analyst)
    item = given(analyst, incident, data=None)
    named = {"reference": incident.reference, "label": item.label}
    with acting_as(analyst.principal):
        services.propose_disposal(actor=analyst, **named, reason="Over", authority="Records law")

    def act(index: int) -> object:
        if index % 2:
            with acting_as(analyst.principal):
                return services.place_hold(actor=analyst, **named, reason="Claim", authority="Court")
        with acting_as(second.principal):
            return services.decide_disposal(actor=second, **named, carry_out=True)

    codes = {result.code for result in together(act, times=2) if isinstance(result, DomainError)}
    assert codes in ({"evidence_legal_hold"}, {"evidence_disposed"}), "never both, never neither"
