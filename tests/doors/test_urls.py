"""Walks the address list: nothing is there that was not declared, and each address is open to those it was declared for."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organisations.actors import Actor
from organisations.roles import OWN_HOUSE, Grade, allowed
from tests.people import People

from .addresses import ADMIN_TABLES, DECLARED, READ, WRITES, Address, Kind, walk
from .world import World, shared

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-2")]


REGEX = {"key": "nokey", "uidb36": "1"}


def url_of(address: Address, world: World) -> str:
    """The address of the thing in the world."""
    if "regex" in address.parts.values():
        return reverse(address.name, kwargs={part: REGEX[part] for part in address.parts})
    return reverse(address.name, kwargs=world.arguments(address.name, address.parts))


def send(client: Client, method: str, url: str) -> Any:
    """A request that says nothing, undone afterwards."""
    with transaction.atomic():
        answer = client.generic(method, url, "{}" if method != READ else "", content_type=kind_of(url))
        transaction.set_rollback(True)
    return answer


def kind_of(url: str) -> str:
    return "application/json" if url.startswith("/api/") else "application/x-www-form-urlencoded"


def test_every_address_is_declared_once_and_every_declaration_is_an_address() -> None:
    found = Counter(address.name for address in walk())
    assert set(found) == set(DECLARED)
    assert {name for name, times in found.items() if times > 1} == set()


def test_the_admin_site_holds_no_case(client: Client, people: People, sign_in: Callable[[Actor], Client]) -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == ADMIN_TABLES
    assert client.get("/admin/").status_code == 302
    # An administrator of an organisation is no operator of the platform.
    assert sign_in(people.vela.admin).get("/admin/").status_code == 302


def test_whoever_is_not_signed_in_gets_to_what_is_for_anyone_and_no_further(
    bare_pages: None, client: Client, world: World
) -> None:
    wrong = []
    for address in walk():
        url = url_of(address, world)
        for method in (READ, *(WRITES if address.is_api else ("POST",))):
            answer = send(client, method, url)
            login = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            turned_away = login or answer.status_code == 401
            if address.door.kind is not Kind.ANYONE:
                passed = turned_away
            elif method in address.door.methods:
                passed = not turned_away or address.name in STEPS_OF_A_SIGN_IN
            else:  # a sign-in form takes POST; files and figures do not
                passed = turned_away or answer.status_code < 500
            if not passed:
                wrong.append((method, address.name, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))


# A step of a sign-in that was not begun leads back to its beginning; so does what only a script asks for.
STEPS_OF_A_SIGN_IN = {"mfa_login_webauthn", "mfa_authenticate", "account_confirm_login_code"}


def persons(people: People, world: World) -> Iterator[tuple[Actor, list[int]]]:
    """People with a part in the case, and the grade they hold on it."""
    analyst = people.vela.analyst
    for role in ("analyst", "researcher"):
        yield people.vela.person(role), [Grade.HOLD]
    for house, grade, role in (
        ("orrin", Grade.SUMMARY, "analyst"),
        ("palaver", Grade.ASSESS, "legal_assessor"),
        ("secretariat", Grade.COORDINATE, "coordinator"),
    ):
        shared(analyst, world.incident, getattr(people, house).organisation, grade)
        yield getattr(people, house).person(role), [grade]


def refusals(address: Address, method: str) -> set[int]:
    """403; where more than the action is asked (to own the thing, to hold a seat), that may be asked after the body."""
    return {400, 403, 404, 409, 415, 422, 428} if method in address.door.seated | address.door.owners else {403}


def test_on_a_case_each_address_asks_for_the_action_it_was_declared_with(
    bare_pages: None, people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    wrong = []
    addresses = [address for address in walk() if address.door.kind is Kind.CASE]
    for actor, grades in persons(people, world):
        client = sign_in(actor)
        may = allowed(list(actor.roles), grades) - OWN_HOUSE
        for address in addresses:
            url = url_of(address, world)
            for method, action in address.door.methods.items():
                answer = send(client, method, url).status_code
                holds = Grade.HOLD in grades or method not in address.door.owners
                yes = action in may and holds and method not in address.door.seated
                if (answer in (401, 403, 404, 405)) if yes else (answer not in refusals(address, method)):
                    wrong.append((actor.user.name, method, address.name, answer))
    assert not wrong, "\n".join(map(str, wrong))


def test_an_address_takes_no_method_it_was_not_declared_with(
    bare_pages: None, people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    client = sign_in(people.vela.analyst)
    wrong = [
        (method, address.name, answer)
        for address in walk()
        if address.door.kind is Kind.CASE
        for method in {READ, *WRITES} - set(address.door.methods)
        if (answer := send(client, method, url_of(address, world)).status_code) not in (405, 403)
    ]
    assert not wrong, "\n".join(map(str, wrong))
