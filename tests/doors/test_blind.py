"""A blind case read by everybody who has a part in it: no name of anybody else, anywhere (SHR-1, SHR-7).

Every organisation and person bears a canary: a name, a short name and an address that stand nowhere else, and a number that
is like no other number. The walk takes every address there is, so a new page is in it without anybody thinking of it.
"""

import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pypdf import PdfReader

from accountability import services as accountability
from core import naming
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from exchange import services as exchange
from incidents import blind, hiding
from incidents.errors import AlreadyBlind, NamesHidden
from incidents.models import Incident, NameHandle, NameLook
from incidents.selectors import activity, incident_page
from notifications.mail import send_to
from notifications.models import Notification
from notifications.services import choose_email
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import FOR_MEMBERS, Grade, Role
from organisations.services import found_organisation
from tests.evidence.builders import given
from tests.evidence.builders import shared as shared_with
from tests.people import HOUSES, NOT_ACCREDITED, House, People, accredited, member
from tests.tenancy.test_walls import filed

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
            if slug not in NOT_ACCREDITED:
                accredited(found, self.secretariat.organisation)
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
    for house in ("meridian", *PARTS):  # they look, and that is a list too
        browser = Client()
        browser.force_login(
            getattr(cast, house).analyst.user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        browser.get(f"/incidents/{world.incident.reference}/")
    with django_capture_on_commit_callbacks(execute=True), acting_as(cast.vela.coordinator.principal):
        made = accountability.request_review(
            actor=cast.vela.coordinator, reference=world.incident.reference, mark="TLP:AMBER+STRICT"
        )
    world.names["int:number"] = made.number
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
    cast: Canaries, blind_world: World, client: Client, sign_in: Callable[[Actor], Client], house: str
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
def test_no_name_of_another_stands_in_any_message(cast: Canaries, blind_world: World, house: str) -> None:
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
    cast: Canaries, blind_world: World, sign_in: Callable[[Actor], Client]
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


def test_letters_are_drawn_and_say_nothing_of_names(people: People) -> None:
    """Not in the order of names, nor of coming: over many cases the first to come is not always the same letter."""
    analyst = people.vela.analyst
    firsts = set()
    for _case in range(8):
        incident = filed(analyst, blind=True)
        with acting_as(analyst.principal):
            pair = (incident.pk, people.orrin.organisation.pk)
            handle = blind.give_handles([pair])[pair]
            assert blind.give_handles([pair])[pair] == handle  # and never another
        firsts.add(handle.letter)
    assert len(firsts) > 1


def test_what_is_stored_is_the_name_whatever_is_shown(people: People) -> None:
    analyst, house = people.vela.analyst, people.orrin.organisation
    incident = filed(analyst, blind=True)
    with acting_as(analyst.principal):
        blind.hide_names(analyst, incident.pk)
        shown = Organisation.objects.get(pk=house.pk)
        assert (
            shown.name.startswith("Organisation ")
            and shown.slug.startswith("organisation-")
            and str(shown) == shown.name
        )
        assert User.objects.get(pk=people.orrin.analyst.user.pk).email == ""
        shown.save()
        shown.refresh_from_db()
        assert Organisation.objects.filter(pk=house.pk, name="Orrin National CERT", slug="orrin").exists()
        assert naming.is_blind()
    assert not naming.is_blind()
    assert Organisation.objects.get(pk=house.pk).name == "Orrin National CERT"


def test_lists_show_the_holder_of_each_blind_case_by_its_handle_there(people: People) -> None:
    analyst, reader = people.vela.analyst, people.orrin.analyst
    cases = [filed(analyst, blind=True), filed(analyst, blind=True), filed(analyst)]
    for case in cases:
        shared_with(analyst, case, people.orrin.organisation, Grade.SUMMARY)
    with acting_as(reader.principal):
        rows = {row.pk: row for row in incident_page(reader).incidents}
        handles = [blind.handles_of(case.pk)[people.vela.organisation.pk] for case in cases[:2]]
        assert [rows[case.pk].holder.name for case in cases] == [
            *(each.words for each in handles),
            "Vela National CERT",
        ]
    with acting_as(analyst.principal):
        assert {row.holder.name for row in incident_page(analyst).incidents} == {"Vela National CERT"}


# ── turning, and looking behind ──────────────────────────────────────────────────────────────────────────────────────


def turned(actor: Actor, incident: Incident, *, hidden: bool, reasons: str = "") -> None:
    with acting_as(actor.principal):
        hiding.set_blind(actor=actor, reference=incident.reference, hidden=hidden, reasons=reasons)


def test_whoever_coordinates_or_oversees_turns_it_and_showing_again_asks_for_reasons(people: People) -> None:
    incident = filed(people.vela.analyst)
    for house, grade in (("orrin", Grade.ASSESS), ("brigid", Grade.COORDINATE), ("meridian", Grade.OVERSEE)):
        shared_with(people.vela.analyst, incident, getattr(people, house).organisation, grade)
    with pytest.raises(NotAllowed):
        turned(people.orrin.coordinator, incident, hidden=True)
    with pytest.raises(NotFound):
        turned(people.amal.coordinator, incident, hidden=True)
    turned(people.brigid.coordinator, incident, hidden=True)
    with pytest.raises(AlreadyBlind):
        turned(people.meridian.coordinator, incident, hidden=True)
    with pytest.raises(Invalid) as refused:
        turned(people.meridian.coordinator, incident, hidden=False)
    assert list(refused.value.fields) == ["reasons"]
    turned(people.meridian.coordinator, incident, hidden=False, reasons="The panel has closed.")
    with acting_as(people.vela.analyst.principal):
        verbs = [entry.verb for entry in activity(incident)]
        assert {"incident.blinded", "incident.unblinded"} <= set(verbs)
        assert [row.reasons for row in hiding.blindings_of(incident)] == ["The panel has closed.", ""]
        with pytest.raises(DatabaseError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(blind=True)  # not by hand


def test_what_names_every_hand_under_hashes_is_not_made_while_names_are_hidden(people: People, files_root: Any) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst, blind=True)
    given(analyst, incident)
    with acting_as(analyst.principal):
        with pytest.raises(NamesHidden):
            exchange.request_record(actor=analyst, reference=incident.reference, label="E-1")
        with pytest.raises(NamesHidden):
            exchange.request_package(
                actor=analyst, reference=incident.reference, mark="TLP:RED", recipient="Court", purpose="Case 7"
            )


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_keeper_looks_behind_a_handle_and_whoever_it_is_sees_that(
    people: People, sign_in: Callable[[Actor], Client], door: str
) -> None:
    analyst, assessor = people.vela.analyst, people.orrin.person(Role.FORENSIC_ASSESSOR)
    incident = filed(analyst, blind=True)
    keeper = people.secretariat.person(Role.NAME_KEEPER)
    with acting_as(analyst.principal):
        pairs = [(incident.pk, assessor.user.pk), (incident.pk, people.orrin.organisation.pk)]
        person, house = (blind.give_handles([pair])[pair] for pair in pairs)
    asked = {"reference": incident.reference, "handle": person.slug, "reason": "Conflict of interest"}
    url = "/names/look/" if door == "page" else "/api/v1/names/look/"
    for other in (analyst, people.orrin.person(Role.NAME_KEEPER), people.secretariat.analyst):
        assert sign_in(other).post(url, asked).status_code == 403
    assert sign_in(keeper).post(url, {**asked, "reason": ""}).status_code in {400, 422}
    assert sign_in(keeper).post(url, {**asked, "reference": "INC-2026-000000"}).status_code == 404
    answer = sign_in(keeper).post(url, asked)
    assert answer.status_code in {200, 201} and assessor.user.name in answer.content.decode()
    assert sign_in(keeper).post(url, {**asked, "handle": house.words}).status_code in {200, 201}
    with acting_as(analyst.principal):
        looked = [entry for entry in activity(incident) if entry.verb == "names.looked_up"]
        assert len(looked) == 2 and all(assessor.user.name not in entry.payload for entry in looked)
    with acting_as(assessor.principal):  # the person, and their organisation's people
        assert {row.reason for row in NameLook.objects.all()} == {"Conflict of interest"}
        assert Notification.objects.filter(kind="names.looked_up", subject=person.slug).exists()
    assert "Conflict of interest" in sign_in(assessor).get("/names/").content.decode()
    assert sign_in(analyst).get("/api/v1/names/").json() == []
    with acting_as(analyst.principal), connection.cursor() as cursor:  # the outer wall: not by SQL either
        cursor.execute(
            "SELECT * FROM incident_behind_handle(%s, %s, %s)", [incident.reference, person.kind, person.number]
        )
        assert cursor.fetchall() == []
        with pytest.raises(DatabaseError), transaction.atomic():
            NameHandle.objects.exists()


@pytest.mark.parametrize("door", ["page", "api"])
def test_both_doors_turn_a_case(people: People, sign_in: Callable[[Actor], Client], door: str) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.coordinator)
    if door == "page":
        url = f"/incidents/{incident.reference}/names/"
        assert "Hide names" in client.get(url).content.decode()
        assert client.post(url).status_code == 303
        assert client.post(url).status_code == 422
        assert client.post(url, {"reasons": "Over."}).status_code == 303
    else:
        url = f"/api/v1/incidents/{incident.reference}/names/"
        send = partial(client.put, url, content_type="application/json")
        assert send({"hidden": True}).status_code == 200 and send({"hidden": True}).status_code == 409
        assert send({"hidden": False}).status_code == 400
        assert send({"hidden": False, "reasons": "Over."}).json()["reasons"] == "Over."
        assert [row["hidden"] for row in client.get(url).json()] == [False, True]


# Reading these columns past their fields: names of other things, which are nobody's.
OTHER_NAMES = ("Origin.objects", "origin__name", "label__name")


def test_no_code_reads_a_name_past_its_field() -> None:
    """`values_list("name")` answers with what is stored, whatever is hidden: people and organisations are read as objects."""
    root = Path(__file__).parent.parent.parent
    asked = re.compile(r"""values(?:_list)?\([^)]*["'](?:\w+__)?(?:name|slug|email)["']""")
    found = []
    for path in sorted(root.glob("*/**/*.py")):
        where = path.relative_to(root).as_posix()
        if where.startswith(("tests/", "var/", "normsplatform/")) or "/migrations/" in where:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if asked.search(line) and not any(each in line for each in OTHER_NAMES):
                found.append(f"{where}:{number} {line.strip()}")
    assert not found, "\n".join(found)
