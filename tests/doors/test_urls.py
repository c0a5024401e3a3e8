"""Walks the address list: nothing is there that was not declared, and each address is open to those it was declared for."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organisations.actors import Actor
from tests.people import People

from .addresses import ADMIN_TABLES, DECLARED, READ, WRITES, Address, Kind, walk
from .world import World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("room"),
    pytest.mark.duty("SHR-1"),
    pytest.mark.duty("SHR-2"),
]


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
