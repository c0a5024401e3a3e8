"""A blind case read by everybody who has a part in it: no name of anybody else, anywhere (SHR-1, SHR-7).

Every organisation and person bears a canary: a name, a short name and an address that stand nowhere else, and a number that
is like no other number. The walk takes every address there is, so a new page is in it without anybody thinking of it.
"""

import io
import re
from collections import Counter
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
from notifications import hooks
from notifications.mail import send_to
from notifications.models import Notification
from notifications.sending import claim
from notifications.services import add_endpoint, choose_email
from organisations.actors import Actor, system_for
from organisations.roles import FOR_MEMBERS, Grade, Role
from organisations.services import found_organisation
from tests.people import HOUSES, NOT_ACCREDITED, House, People, accredited, member

from .acts import ACTS
from .addresses import READ, WRITES, walk
from .rooms import Room, made_once
from .test_urls import kind_of, url_of
from .workers import by_owner, let_the_owner_see
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


def written(world: World) -> Iterator[tuple[str, str, str]]:
    """Every address that takes something, with each method: name, method, address."""
    for address in walk():
        if address.name not in DIRECTORY | OWN:
            for method in WRITES:
                if method in address.door.methods:
                    yield address.name, method, url_of(address, world)


def answer_of(client: Client, answer: Any) -> str:
    """What an act answers, and what the page says that it leads to: what was done is said there."""
    said = text_of(answer)
    where = str(answer.headers.get("Location", ""))
    return said + text_of(client.get(where)) if where.startswith("/") and "/accounts/" not in where else said


@pytest.mark.parametrize("house", ["vela", "orrin", "amal", "brigid"])
def test_no_name_of_another_stands_in_what_an_act_answers(
    cast: People, blind_world: World, sign_in: Callable[[Actor], Client], house: str
) -> None:
    """Forms that come back (422), refusals that name the rule (409), bodies of the API, messages after a redirect, headers."""
    actor = everybody(getattr(cast, house))
    client, numbers = sign_in(actor), own_numbers(actor)
    wrong: list[tuple[Any, ...]] = []
    seen: Counter[int] = Counter()
    for name, method, url in written(blind_world):
        with transaction.atomic():
            answer = client.generic(method, url, "{}", content_type=kind_of(url), headers={"If-Match": '"1"'})
            text = answer_of(client, answer)
            transaction.set_rollback(True)
        seen[answer.status_code] += 1
        if found := names_in(text.replace(url, ""), house, numbers):
            wrong.append((method, name, answer.status_code, sorted(found)))
    assert not wrong, "\n".join(map(str, wrong))
    assert seen[422] + seen[400] > 30 and sum(seen.values()) > 200  # it was not all refusals


def letters_since(before: int) -> Iterator[tuple[str, str]]:
    """Every e-mail that what was told since would become, with the house of its reader."""
    told = by_owner("SELECT DISTINCT recipient_id FROM notifications_notification WHERE id > %s", before)
    for (number,) in told:
        by_owner(
            "INSERT INTO notifications_preference (user_id, email) VALUES (%s, 'each') ON CONFLICT (user_id) DO UPDATE SET email = 'each'",
            number,
        )
        mail.outbox.clear()
        send_to(number, "each")
        for letter in mail.outbox:
            house = str(letter.to[0]).rpartition("@")[2].removeprefix("zq").partition(".")[0]
            yield house, f"{letter.subject} {letter.body} {letter.extra_headers}"


def calls_since(before: int) -> Iterator[tuple[str, str]]:
    """Every message to a program that is due since, with the house it goes to."""
    due = "SELECT d.id, d.organisation_id, o.slug FROM notifications_delivery d JOIN organisations_organisation o ON o.id = d.organisation_id"
    for number, organisation, slug in by_owner(f"{due} WHERE d.id > %s", before):
        message = claim(system_for(organisation), number)
        if message is not None:
            yield slug.removeprefix("zq"), f"{message.url} {message.text} {message.headers}"


LAST = "SELECT coalesce(max(id), 0) FROM {}"


def test_what_an_act_answers_and_sets_going_names_nobody_else(
    cast: People, blind_world: World, sign_in: Callable[[Actor], Client]
) -> None:
    """Each act of `acts.py`, done in the blind case by its holder: the answer, the e-mails and the calls of webhooks it leads to."""
    let_the_owner_see()
    with acting_as(cast.vela.admin.principal):  # a program of the holder's that hears of everything
        kinds = [kind.code for kind in hooks.subscribable()]
        add_endpoint(actor=cast.vela.admin, name="Relay", url="https://relay.example/", kinds=kinds)
    typed = {"ferrow", str(cast.ferrow.organisation.pk)}  # the house one shares with is chosen by its name
    actor = everybody(cast.vela)
    client, numbers = sign_in(actor), own_numbers(actor)
    parts = {address.name: address.parts for address in walk()}
    ((told,),) = by_owner("SELECT coalesce(max(id), 0) FROM notifications_notification")
    ((sent,),) = by_owner("SELECT coalesce(max(id), 0) FROM notifications_delivery")
    wrong: list[tuple[Any, ...]] = []
    letters = calls = 0
    for act in (act for act in ACTS if act.by == "holder"):
        with transaction.atomic():
            answer = act.sent(client, blind_world, parts[act.address])
            if found := names_in(answer_of(client, answer), "vela", numbers) - typed:
                wrong.append((act.address, answer.status_code, found))
            post, called = list(letters_since(told)), list(calls_since(sent))
            transaction.set_rollback(True)
        letters, calls = letters + len(post), calls + len(called)
        for house, text in [*post, *called]:
            if {each for each in CANARY.findall(text) if each.lower() != house}:
                wrong.append((act.address, house, text))
    assert not wrong, "\n".join(map(str, wrong))
    assert letters > 2 and calls > 10  # something was set going


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
