"""A blind case read by everybody who has a part in it: no name of anybody else, anywhere (SHR-1, SHR-7).

Every organisation and person bears a canary: a name, a short name and an address that stand nowhere else, and a number that
is like no other number. The walk takes every address there is, so a new page is in it without anybody thinking of it.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client, TestCase
from pypdf import PdfReader

from accountability import services as accountability
from core.tenancy import acting_as
from incidents import blind, hiding
from notifications.mail import send_to
from notifications.models import Notification
from notifications.services import choose_email
from organisations.actors import Actor
from organisations.roles import FOR_MEMBERS, Grade, Role
from organisations.services import found_organisation
from tests.people import HOUSES, NOT_ACCREDITED, House, People, accredited, member

from .addresses import READ, walk
from .rooms import Room, made_once
from .test_urls import url_of
from .world import World, build, shared

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("room"),
    pytest.mark.duty("SHR-1"),
    pytest.mark.duty("SHR-7"),
]

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
            if slug not in NOT_ACCREDITED:
                accredited(found, self.secretariat.organisation)
        return self._houses[slug]


@pytest.fixture(scope="module")
def room(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The case with something in every room, blind since, more people on it, and a review of it that is made: once."""
    with made_once(blind_case, tmp_path_factory.mktemp("blind"), django_db_blocker) as made:
        yield made


def blind_case() -> tuple[Canaries, World]:
    """Its people are numbered from FIRST on."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT setval('principal_id_seq', greatest(%s, nextval('principal_id_seq')))", [FIRST])
        cursor.execute("SET LOCAL ROLE norms_app")
    cast = Canaries()
    world = build(cast)
    with acting_as(cast.vela.coordinator.principal):
        hiding.set_blind(actor=cast.vela.coordinator, reference=world.incident.reference, hidden=True)
    for house, grade in PARTS.items():
        shared(cast.vela.analyst, world.incident, getattr(cast, house).organisation, grade)
    for house in ("meridian", *PARTS):  # they look, and that is a list too
        browser = Client()
        browser.force_login(
            getattr(cast, house).analyst.user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        browser.get(f"/incidents/{world.incident.reference}/")
    with TestCase.captureOnCommitCallbacks(execute=True), acting_as(cast.vela.coordinator.principal):
        made = accountability.request_review(
            actor=cast.vela.coordinator, reference=world.incident.reference, mark="TLP:AMBER+STRICT"
        )
    world.names["int:number"] = made.number
    return cast, world


@pytest.fixture
def cast(people: People) -> People:
    """Everybody with their canaries."""
    return people


@pytest.fixture
def blind_world(world: World) -> World:
    """The blind case."""
    return world


# Who takes part besides the holder, and how much they see.
PARTS = {"orrin": Grade.OVERSEE, "amal": Grade.CONTRIBUTE, "brigid": Grade.COORDINATE, "palaver": Grade.SUMMARY}


ROLES = [value for value, _label in FOR_MEMBERS]


def everybody(house: House) -> Actor:
    """One person of the house with every role."""
    actor = member(house.organisation, Role.ANALYST, suffix="all")
    with acting_as(actor.principal):
        actor.user.memberships.update(roles=ROLES)
    return Actor(actor.user, house.organisation, tuple(ROLES))


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


# What is of no case and for every member: the directory of organisations, forms that let one choose from it, who is
# accredited, and the duty contacts of an organisation one asks for by name.
DIRECTORY = {
    "api-organisation-list", "grant-new", "preview-new", "hand-over-new", "seat-invite", "reply-invite", "accreditation", "api-accreditation", "attestation",
    "api-attestation", "api-attestation-list", "duty-of", "duty-answer",
}  # fmt: skip
# One's own house and account.
OWN = {"organisation", "member-invite", "member-roles", "member-end", "api-me"}


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Every address that is read, as the holder knows it."""
    for address in walk():
        if READ in address.door.methods and address.name not in DIRECTORY | OWN:
            yield address.name, url_of(address, world)


@pytest.mark.parametrize("house", ["vela", "meridian", *PARTS, "nobody"])
def test_no_name_of_another_stands_in_any_answer(
    cast: People, blind_world: World, client: Client, sign_in: Callable[[Actor], Client], house: str
) -> None:
    own, numbers = "", set[str]()
    if house != "nobody":
        actor = everybody(getattr(cast, house))
        client, own, numbers = sign_in(actor), house, own_numbers(actor)
    wrong, read = [], set[str]()
    for name, url in addresses(blind_world):
        with transaction.atomic():
            answer = client.get(url)
            text = text_of(answer)
            transaction.set_rollback(True)
        if answer.status_code == 200:
            read.add(name)
        found = names_in(text.replace(url, ""), own, numbers)
        if found:
            wrong.append((name, answer.status_code, sorted(found)))
    assert not wrong, "\n".join(map(str, wrong))
    assert len(read) > (20 if house == "nobody" else 40)  # the walk saw something
    if PARTS.get(house, Grade.HOLD) >= Grade.EVIDENCE and house not in {"nobody", "meridian"}:
        assert {
            "review-document",
            "evidence-csv",
            "attribution-matrix-csv",
            "api-activity",
            "evidence-item",
            "panel",
        } <= read


@pytest.mark.parametrize("house", ["vela", "meridian", *PARTS])
def test_no_name_of_another_stands_in_any_message(cast: People, blind_world: World, house: str) -> None:
    """What waits in the inbox as e-mail, one each and as a digest, for each who was told something."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT DISTINCT recipient_id FROM notifications_notification")
        told = {row[0] for row in cursor.fetchall()}
        cursor.execute("SET LOCAL ROLE norms_app")
    people = [actor for actor in getattr(cast, house).people.values() if actor.user.pk in told]
    for email in ("each", "digest"):
        for actor in people:
            with acting_as(actor.principal):
                choose_email(actor=actor, email=email)
                Notification.objects.update(mailed_at=None)
            mail.outbox.clear()
            send_to(actor.user.pk, email)
            for message in mail.outbox:
                found = names_in(f"{message.subject} {message.body} {message.extra_headers}", house, own_numbers(actor))
                assert not found, (email, message.subject, message.body)


def test_ones_own_are_named_and_others_have_handles_that_last(
    cast: People, blind_world: World, sign_in: Callable[[Actor], Client]
) -> None:
    """The same handle on each page and for each reader; another one in another case."""
    address = f"/incidents/{blind_world.incident.reference}/sharing/"
    pages = {
        house: sign_in(everybody(getattr(cast, house))).get(address).content.decode() for house in ("vela", "orrin")
    }
    assert "Zqvela House" in pages["vela"] and "Zqorrin House" in pages["orrin"]
    with acting_as(cast.vela.analyst.principal):
        given = blind.handles_of(blind_world.incident.pk)
    amal = given[cast.amal.organisation.pk]
    assert amal.kind == "organisation" and amal.words in re.findall(r"Organisation \w+", pages["vela"])
    assert given[cast.vela.organisation.pk].words in re.findall(r"Organisation \w+", pages["orrin"])
    assert len({(handle.kind == "organisation", handle.number) for handle in given.values()}) == len(given)
    assessor = cast.meridian.person("forensic_assessor").user.pk
    with acting_as(cast.vela.analyst.principal):
        reviewer = blind.give_handles([(blind_world.incident.pk, assessor)])[blind_world.incident.pk, assessor]
    assert reviewer.kind == "reviewer"
    assert reviewer.words == f"Reviewer {reviewer.letter}"
