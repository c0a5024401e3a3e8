"""A blind case read by everybody who has a part in it: no name of anybody else, anywhere (SHR-1, SHR-7).

Every organisation and person bears a canary: a name, a short name and an address that stand nowhere else, and a number that
is like no other number. The walk takes every address there is, so a new page is in it without anybody thinking of it.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from pypdf import PdfReader

from accountability import services as accountability
from core.tenancy import acting_as
from incidents import hiding
from organisations.actors import Actor
from organisations.roles import Grade, Role
from organisations.services import found_organisation
from tests.people import HOUSES, House, People, member

from .addresses import READ, walk
from .test_urls import url_of
from .world import World, build, shared

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-7")]

FIRST = 77_000_001  # numbers of principals in this module: like no other number
NUMBER = re.compile(r"\b77\d{6}\b")
CANARY = re.compile(rf"zq({'|'.join(HOUSES)})", re.IGNORECASE)


class Canaries(People):
    """The cast, each house under a name that stands nowhere else; its people carry it in their names and addresses."""

    def __getattr__(self, slug: str) -> House:
        if slug not in HOUSES:
            raise AttributeError(slug)
        if slug not in self._houses:
            found = found_organisation(
                slug=f"zq{slug}", name=f"Zq{slug} House", kind=HOUSES[slug][1], is_secretariat=slug == "secretariat"
            )
            self._houses[slug] = House(found)
        return self._houses[slug]


@pytest.fixture
def cast(db: None) -> Canaries:
    """Numbered from FIRST on."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT setval('principal_id_seq', greatest(%s, nextval('principal_id_seq')))", [FIRST])
        cursor.execute("SET LOCAL ROLE norms_app")
    return Canaries()


@pytest.fixture
def blind_world(cast: Canaries, files_root: Any, public_login: None, django_capture_on_commit_callbacks: Any) -> World:
    """The case with something in every room, blind since, more people on it, and a review of it that is made."""
    world = build(cast)
    with acting_as(cast.vela.coordinator.principal):
        hiding.set_blind(actor=cast.vela.coordinator, reference=world.incident.reference, hidden=True)
    for house, grade in PARTS.items():
        shared(cast.vela.analyst, world.incident, getattr(cast, house).organisation, grade)
    with django_capture_on_commit_callbacks(execute=True), acting_as(cast.vela.coordinator.principal):
        made = accountability.request_review(
            actor=cast.vela.coordinator, reference=world.incident.reference, mark="TLP:RED"
        )
    world.names["int:number"] = made.number
    return world


# Who takes part besides the holder, and how much they see.
PARTS = {"orrin": Grade.OVERSEE, "amal": Grade.CONTRIBUTE, "brigid": Grade.COORDINATE, "palaver": Grade.SUMMARY}


def everybody(house: House) -> Actor:
    """One person of the house with every role."""
    actor = member(house.organisation, Role.ANALYST, suffix="all")
    with acting_as(actor.principal):
        actor.user.memberships.update(roles=list(Role.values))
    return Actor(actor.user, house.organisation, tuple(Role.values))


def own_numbers(actor: Actor) -> set[str]:
    """Numbers of the reader's own house."""
    with acting_as(actor.principal):
        people = set(actor.organisation.memberships.values_list("user_id", flat=True))
    return {str(number) for number in {actor.user.pk, actor.organisation.pk, *people}}


def text_of(answer: Any) -> str:
    """Everything an answer says: its headers, its body, and of a PDF the words and what it says of itself."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    if body.startswith(b"%PDF"):
        document = PdfReader(io.BytesIO(body))
        inside = [data.decode("utf-8", "replace") for files in document.attachments.values() for data in files]
        return " ".join([said, str(document.metadata), *(page.extract_text() for page in document.pages), *inside])
    return f"{said} {body.decode('utf-8', 'replace')}"


def names_in(text: str, own: str, numbers: set[str]) -> set[str]:
    """Canaries of others, and their numbers."""
    houses = {found.lower() for found in CANARY.findall(text)}
    strange = {each for each in houses if not (own and each.startswith(own))}
    return strange | {number for number in NUMBER.findall(text) if number not in numbers}


# What is of no case and for every member: the directory of organisations, and forms that let one choose from it.
DIRECTORY = {"api-organisation-list", "grant-new", "seat-invite", "reply-invite"}
# One's own house and account.
OWN = {"organisation", "member-invite", "member-roles", "member-end", "api-me"}


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Every address that is read, as the holder knows it."""
    for address in walk():
        if READ in address.door.methods and address.name not in DIRECTORY | OWN:
            yield address.name, url_of(address, world)


@pytest.mark.parametrize("house", ["vela", "meridian", *PARTS, "nobody"])
def test_no_name_of_another_stands_in_any_answer(
    cast: Canaries, blind_world: World, client: Client, sign_in: Callable[[Actor], Client], house: str
) -> None:
    own, numbers = "", set[str]()
    if house != "nobody":
        actor = everybody(getattr(cast, house))
        client, own, numbers = sign_in(actor), house, own_numbers(actor)
    wrong, read = [], 0
    for name, url in addresses(blind_world):
        with transaction.atomic():
            answer = client.get(url)
            text = text_of(answer)
            transaction.set_rollback(True)
        read += answer.status_code == 200
        found = names_in(text.replace(url, ""), own, numbers)
        if found:
            wrong.append((name, answer.status_code, sorted(found)))
    assert not wrong, "\n".join(map(str, wrong))
    assert read > (20 if house == "nobody" else 40)  # the walk saw something
