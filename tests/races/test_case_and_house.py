"""Two at once: a draft sent twice is one case, a case saved twice keeps one of both, a house keeps an administrator."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from core.errors import DomainError
from core.tenancy import acting_as
from incidents.models import Draft, Incident
from incidents.services import edit_incident, file_incident
from organisations.actors import Actor
from organisations.models import Membership
from organisations.services import end_membership
from tests.incidents.cases import FACTS, drafted, filed
from tests.people import People

pytestmark = [pytest.mark.races, pytest.mark.duty("ATT-1")]


def at_once(*acts: tuple[Actor, Callable[[], Any]]) -> list[Any]:
    """What each act answered, all begun at the same moment; a rule that says no is an answer."""
    start = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(number: int, actor: Actor, act: Callable[[], Any]) -> None:
        try:
            start.wait(30)
            with acting_as(actor.principal), transaction.atomic():
                answers[number] = act()
        except DomainError as refusal:
            answers[number] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, *act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_draft_sent_by_two_clicks_is_one_case(committed_db: str) -> None:
    with transaction.atomic():
        analyst = People().vela.analyst
        draft = drafted(analyst, **FACTS)

    def send() -> str:
        return file_incident(actor=analyst, facts=FACTS, draft_reference=draft.reference).reference

    answers = at_once(*[(analyst, send)] * 6)
    assert len(set(answers)) == 1
    with acting_as(analyst.principal), transaction.atomic():
        assert Incident.objects.count() == 1
        assert Draft.objects.get().incident == Incident.objects.get()


def test_of_two_saves_of_one_version_one_is_told(committed_db: str) -> None:
    with transaction.atomic():
        analyst = People().vela.analyst
        incident = filed(analyst)

    def save(title: str) -> Callable[[], object]:
        return lambda: edit_incident(actor=analyst, reference=incident.reference, version=1, facts={"title": title})

    answers = at_once(*[(analyst, save(f"Title {n}")) for n in range(4)])
    assert answers.count("stale_version") == 3
    with acting_as(analyst.principal), transaction.atomic():
        assert Incident.objects.get().version == 2


def test_two_administrators_cannot_end_each_other(committed_db: str) -> None:
    with transaction.atomic():
        house = People().vela
        one, other = house.admin, house.another("org_admin")
        with acting_as(one.principal):
            numbers = dict(Membership.objects.filter(user__in=[one.user, other.user]).values_list("user_id", "pk"))

    def end(actor: Actor, of: Actor) -> Callable[[], object]:
        return lambda: end_membership(actor=actor, membership_id=numbers[of.user.pk])

    answers = at_once((one, end(one, other)), (other, end(other, one)))
    assert answers.count("last_administrator") == 1
    with acting_as(one.principal), transaction.atomic():
        assert Membership.objects.filter(until__isnull=True).count() == 1
