"""Every action is reached: at each door that offers it, by somebody who may and does it, and refused to the rest of the cast.

The refusals stand in `test_table.py`, which asks every address of everybody; here each action is done once, page and API.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from organisations.actors import Actor
from organisations.roles import Action
from tests.people import People

from .acts import ACTS, ELSEWHERE, OFFERED_UNDER, acts_of, doer
from .addresses import DECLARED, READ, Kind, walk
from .cast import everything
from .test_urls import url_of
from .world import World

pytestmark = [
    pytest.mark.django_db, pytest.mark.usefixtures("room"), pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-2"),
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
DONE = {200, 201, 202, 204, 302, 303}


def doors_of(action: Action) -> set[str]:
    """The doors that offer it."""
    names = {name for name, door in DECLARED.items() if action in door.methods.values()}
    names |= {OFFERED_UNDER[action]} if action in OFFERED_UNDER else set()
    return {"api" if name.startswith("api-") else "page" for name in names}


def test_every_action_has_a_page_and_an_api_and_an_act_at_each_or_says_where() -> None:
    wrong: list[tuple[Any, ...]] = []
    for action in Action:
        if doors_of(action) != {"page", "api"}:
            wrong.append((action, "is not offered at", {"page", "api"} - doors_of(action)))
        for at, api in enumerate((False, True)):
            acted = [act for act in ACTS if act.action is action and act.is_api is api]
            if acts_of(action, api=api) and not acted:
                text = (ROOT / ELSEWHERE[action][at]).read_text() if action in ELSEWHERE else ""
                if "/api/v1/" not in text and ".post(" not in text and "send(" not in text:
                    wrong.append((action, "api" if api else "page", acts_of(action, api=api)))
    assert not wrong, "\n".join(map(str, wrong))
    # To begin a release is for publishers, to read the list for anybody: declared by the latter.
    assert {act.address for act in ACTS if act.method not in DECLARED[act.address].methods} == {"api-release-list"}
    assert not {act.action for act in ACTS} & set(ELSEWHERE)


def test_each_act_is_done_by_somebody_who_may(people: People, world: World, sign_in: Callable[[Actor], Client]) -> None:
    parts = {address.name: address.parts for address in walk()}
    people.ferrow.admin  # noqa: B018  (a house that has nothing yet)
    known: dict[str, Actor] = {}
    wrong: list[tuple[Any, ...]] = []
    for act in ACTS:
        client = sign_in(doer(people, act, known))
        with transaction.atomic():
            answer = act.sent(client, world, parts[act.address])
            transaction.set_rollback(True)
        to_sign_in = answer.status_code == 302 and "/accounts/" in answer["Location"]
        if answer.status_code not in DONE or to_sign_in:
            wrong.append((act.action, act.address, answer.status_code, plain(answer)))
    assert not wrong, "\n".join(map(str, wrong))


def plain(answer: Any) -> str:
    """What a refusal said."""
    text = answer.content.decode() if not answer.streaming else ""
    if "error" in text and "<" in text:
        return " | ".join(part.split("<")[0].strip() for part in text.split('class="error')[1:])[:400]
    return text[:400]


def test_each_action_that_reads_is_answered_at_each_door(
    people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    """Of every action by which something of a case is read, some address of each door answers with it: 200, not a refusal."""
    client = sign_in(everything(people.vela, "reads"))
    offered: set[tuple[Action, bool]] = set()
    read: set[tuple[Action, bool]] = set()
    for address in walk():
        asks = address.door.methods.get(READ)
        if asks is None or address.door.kind is not Kind.CASE or (asks, address.is_api) in read:
            continue
        offered.add((asks, address.is_api))
        with transaction.atomic():
            if client.get(url_of(address, world)).status_code == 200:
                read.add((asks, address.is_api))
            transaction.set_rollback(True)
    # A member's own opinion, and a package that is made: tests/attribution and tests/exchange read them by API. What is in a
    # file is asked for with a purpose: `acts.py` does.
    assert offered - read == {(action, True) for action in (Action.TAKE_SEAT, Action.EXPORT_EVIDENCE, Action.OPEN_FILE)}
