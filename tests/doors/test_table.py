"""The whole table: every person of `cast.py` at every address of `addresses.py`, page and API alike, with every method.

404 outside one's world, 403 for what role or grade do not allow, 405 for a method an address does not take, and nothing of the
case in any answer to whoever may not see it. The same people at the doors of workers and of the operator: `test_workers.py`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from organisations.actors import Actor
from organisations.roles import READS, TAKES_OUT, Grade, Role
from tests.people import People

from .addresses import READ, WRITES, Address, Kind, walk
from .cast import CAST, Person, Place, those
from .test_crawl import foreign, leaks
from .test_urls import send, url_of
from .world import World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("room"),
    pytest.mark.duty("SHR-1"),
    pytest.mark.duty("SHR-2"),
    pytest.mark.duty("SHR-7"),
]
SignIn = Callable[[Actor], Client]

# A step of a sign-in that was not begun leads back to its beginning.
STEPS_OF_A_SIGN_IN = {"mfa_login_webauthn", "mfa_authenticate", "account_confirm_login_code"}
# Of another house, and meant for those it shares a case with: whom to call there (ESC-8).
SHOWN_TO_PARTNERS = {"duty-of", "api-duty-of"}
# Asks to sign in once more before it looks at any id (302), whoever asks.
AGAIN_FIRST = {"mfa_remove_webauthn", "mfa_edit_webauthn"}
# A guest looks and takes nothing out, whatever they may see.
NOT_FOR_GUESTS = {"evidence-csv", "api-evidence-csv"}
# Whoever has the secret address of a calendar reads it.
BY_SECRET = {"calendar-feed"}
# Takes POST only with a header that says it stands for another method (tus 1.0.0): 405 without it, whoever asks.
BY_HEADER = {("POST", "api-evidence-upload")}


# A question with a body: it changes nothing. A key that only reads sends no body at all.
COMPUTES = {"api-board-what-if"}
# Says how the platform is, also that something waits too long.
SAYS_HOW_IT_IS = {"health-ready"}


def refusals(address: Address, method: str) -> set[int]:
    """403; where more than the action is asked (to own the thing, to hold a seat), that may be asked after the body."""
    return {400, 403, 404, 409, 415, 422, 428} if method in address.door.seated | address.door.owners else {403}


def answers(client: Client, world: World, addresses: list[Address]) -> Iterator[tuple[Address, str, str, Any]]:
    """Each address with each method it was declared with."""
    for address in addresses:
        url = url_of(address, world)
        for method in address.door.methods:
            if (method, address.name) in BY_HEADER or address.name in AGAIN_FIRST:
                continue
            yield address, method, url, send(client, method, url)


def test_the_list_knows_every_grade_and_every_kind_of_house() -> None:
    assert len({person.name for person in CAST}) == len(CAST)
    assert {grade for person in those(Place.INSIDE) for grade in person.grades} == set(Grade)
    assert {person.place for person in CAST} == set(Place)


def test_inside_each_door_opens_to_what_role_and_grade_both_allow(
    bare_pages: None, remembered: None, people: People, world: World, sign_in: SignIn
) -> None:
    wrong = []
    on_a_case = [address for address in walk() if address.door.kind is Kind.CASE]
    others_own = [
        address for address in walk()
        if address.door.kind is Kind.OWN and "reference" not in address.parts and address.name not in SHOWN_TO_PARTNERS
    ]  # fmt: skip
    for person in those(Place.INSIDE):
        actor = person.make(people, world)
        assert actor is not None
        client, may = person.client(actor, sign_in), person.may(actor)
        addresses = [address for address in on_a_case if person.scopes is None or address.is_api]
        for address, method, _url, answer in answers(client, world, addresses):
            holds = Grade.HOLD in person.grades or method not in address.door.owners
            yes = address.door.methods[method] in may and holds and method not in address.door.seated
            if method != READ and address.name not in COMPUTES and address.door.methods[method] in READS - TAKES_OUT:
                yes = yes and (person.scopes is None or "act" in person.scopes)  # a key that changes what it sees
            if Role.GUEST in actor.roles and address.name in NOT_FOR_GUESTS:
                yes = False
            if person.scopes == ("read",) and method != READ:
                yes = False
            shut = answer.status_code in (401, 403, 404, 405, 500)
            if shut if yes else answer.status_code not in refusals(address, method):
                wrong.append((person.name, method, address.name, answer.status_code))
        if person.grades == (Grade.OVERSEE,):  # a share of a case, of the most there is, is a share of nothing else
            wrong += [
                (person.name, method, address.name, answer.status_code)
                for address, method, _url, answer in answers(client, world, others_own)
                if answer.status_code != 404
            ]
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("place", [Place.OUTSIDE, Place.NOWHERE], ids=lambda place: place.name.lower())
def test_outside_nothing_is_there(
    bare_pages: None, people: People, world: World, sign_in: SignIn, place: Place, request: pytest.FixtureRequest
) -> None:
    if place is Place.OUTSIDE:
        request.getfixturevalue("remembered")
    # Whoever belongs nowhere is turned away before any id is looked at.
    refused = {404} if place is Place.OUTSIDE else {403}
    wrong: list[tuple[Any, ...]] = []
    for person in those(place):
        actor = person.make(people, world)
        assert actor is not None
        addresses = foreign()
        if person.name.startswith("another "):  # what a house is does not open a case: reading is tried for each kind
            addresses = [address for address in addresses if READ in address.door.methods]
        wrong += [
            (person.name, method, address.name, answer.status_code, leaks(answer, url, world))
            for address, method, url, answer in answers(sign_in(actor), world, addresses)
            if answer.status_code not in refused or leaks(answer, url, world)
        ]
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("person", those(Place.NOBODY), ids=str)
def test_whoever_is_not_signed_in_gets_to_what_is_for_anyone_and_no_further(
    bare_pages: None, client: Client, world: World, person: Person
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
                passed = turned_away or answer.status_code < 500 or address.name in SAYS_HOW_IT_IS
            if not passed or (leaks(answer, url, world) and address.name not in BY_SECRET):
                wrong.append((person.name, method, address.name, answer.status_code, leaks(answer, url, world)))
    assert not wrong, "\n".join(map(str, wrong))
