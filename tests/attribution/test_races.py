"""Two at once: one round is opened once, and of two changes the later one sees both."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from attribution import services
from attribution.models import Finding, Opinion
from core.errors import DomainError
from evidence.services import withdraw_item
from ledger.models import Entry
from tests.people import People
from tests.tenancy.test_walls import filed

from .ground import OPINION, Ground, as_

pytestmark = [pytest.mark.races, pytest.mark.duty("ATT-7")]


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Runs the acts in as many threads, started together; what each ended with."""
    start, outcomes = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            act()
            outcomes[place] = "done"
        except DomainError as error:
            outcomes[place] = error.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.fixture
def real(committed_db: str, django_db_blocker: Any) -> Any:
    """The ground, committed."""
    with django_db_blocker.unblock():
        people = People()
        yield Ground(people, filed(people.vela.analyst, victims=[{"sector": "health", "country": "KR"}]))


def test_two_people_open_a_round_at_once(real: Ground) -> None:
    real.ready()
    real.sealed()

    def open_as(actor: Any) -> Callable[[], Any]:
        def act() -> None:
            with as_(actor):
                services.reveal_panel(actor=actor, reference=real.reference, panel=1)

        return act

    outcomes = at_once(open_as(real.analyst), open_as(real.members[0]), open_as(real.members[1]))
    assert sorted(outcomes) == ["done", "panel_round_over", "panel_round_over"]
    told = 0
    for actor in (real.analyst, *real.members[:2]):  # an entry is read by the house that made it
        with as_(actor):
            told += Entry.objects.filter(verb="panel.revealed").count()
    assert told == 1


def test_two_people_close_a_round_at_once_or_one_opens_what_another_closes(real: Ground) -> None:
    """It is closed once. An opening that comes first stays open for reading; one that comes second is refused."""
    real.ready()
    real.sealed()

    def as_of(act: Callable[..., Any], actor: Any) -> Callable[[], Any]:
        def run() -> None:
            with as_(actor):
                act(actor=actor, reference=real.reference, panel=1)

        return run

    closers = (real.analyst, real.people.vela.coordinator)
    outcomes = at_once(
        *(as_of(services.close_panel, each) for each in closers), as_of(services.reveal_panel, real.members[0])
    )
    assert sorted(outcomes[:2]) == ["done", "panel_round_over"], outcomes
    assert outcomes[2] in ("done", "panel_round_over"), outcomes
    with as_(real.analyst):
        assert Entry.objects.filter(verb="panel.closed").count() == 1
        assert Opinion.objects.count() == (3 if outcomes[2] == "done" else 0)


def test_two_items_withdrawn_at_once_are_both_seen(real: Ground) -> None:
    real.corroborated()

    def withdraw(label: str) -> Callable[[], Any]:
        def act() -> None:
            with as_(real.collector):
                withdraw_item(actor=real.collector, reference=real.reference, label=label, reason="Retracted")

        return act

    assert at_once(withdraw("E-1"), withdraw("E-2")) == ["done", "done"]
    with as_(real.analyst):
        finding = Finding.objects.get()
    assert (finding.tier, finding.marked_items) == ("T1", ["E-1", "E-2"])


def test_an_opinion_and_the_opening_wait_for_each_other(real: Ground) -> None:
    """Either it was in before the opening and is open with the rest, or it is refused: never sealed in an open round."""
    real.ready()
    real.sealed()
    member = real.members[0]

    def opine() -> None:
        with as_(member):
            services.seal_opinion(
                actor=member, reference=real.reference, panel=1, facts={**OPINION, "reasons": "Changed."}
            )

    def reveal() -> None:
        with as_(real.analyst):
            services.reveal_panel(actor=real.analyst, reference=real.reference, panel=1)

    outcomes = at_once(opine, reveal)
    assert outcomes[1] == "done" and outcomes[0] in ("done", "panel_round_over")
    with as_(real.analyst):
        panel = Finding.objects.get().panels.get()
        assert panel.opinions.filter(revealed_at__isnull=False).count() == 3
