"""Every address with another tenant's ids, by page and by API, with every method it takes: nothing is done and nothing is told.

404 everywhere: whether something exists is a fact too. 403 only where the address is of one's own world (an act the role
does not allow whatever the id); 405 where the address takes no such method.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core import clock
from core.tenancy import Principal, acting_as
from incidents.models import Incident
from incidents.services import revoke_grant
from ledger.models import Entry
from organisations.actors import Actor
from organisations.models import User
from organisations.roles import Grade, Role
from organisations.services import add_member, end_membership
from tests.evidence.builders import FACTS
from tests.people import People, member
from tests.tenancy.test_walls import filed

from .addresses import READ, Address, Kind, walk
from .test_urls import send, url_of
from .world import SECRETS, World, shared

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-7")]


def foreign() -> list[Address]:
    """Addresses that name one thing of a tenant."""
    return [address for address in walk() if address.door.kind in (Kind.CASE, Kind.OWN)]


# Every role a member can have; a guest is nothing else.
MEMBER = [role for role in Role.values if role != Role.GUEST]


def everything(house: Any, name: str) -> Actor:
    """A member with every role: whatever is refused to them is refused for the tenant's sake."""
    user = User.objects.create_user(f"{name}@{house.organisation.slug}.example", "correct horse battery", name=name)
    with acting_as(Principal(user.pk, house.organisation.pk)):
        add_member(organisation=house.organisation, user=user, roles=MEMBER)
    return Actor(user, house.organisation, tuple(MEMBER))


def neighbour(people: People, world: World) -> Actor:
    """Another State's body, with every role."""
    return everything(people.orrin, "neighbour")


def operator(people: People, world: World) -> Actor:
    """A superuser of the platform who is a member of another organisation: being one opens no case."""
    actor = everything(people.orrin, "operator")
    actor.user.is_superuser = actor.user.is_staff = True
    actor.user.save()
    return actor


def former_partner(people: People, world: World) -> Actor:
    """Somebody whose organisation's share was ended."""
    actor = everything(people.brigid, "former-partner")
    grant = shared(people.vela.analyst, world.incident, people.brigid.organisation, Grade.OVERSEE)
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=world.incident.reference, grant_id=grant.pk)
    return actor


def expired_partner(people: People, world: World) -> Actor:
    """Somebody whose organisation's share ran out this moment, before any clock swept it away."""
    actor = everything(people.secretariat, "expired-partner")
    until = clock.now() + timedelta(days=1)
    shared(people.vela.analyst, world.incident, people.secretariat.organisation, Grade.OVERSEE, until=until)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("UPDATE incidents_access SET until = now() - interval '1 second' WHERE until IS NOT NULL")
        cursor.execute("SET LOCAL ROLE norms_app")
    return actor


def former_member(people: People, world: World) -> Actor:
    """Somebody who left the organisation that holds the case."""
    actor = member(people.vela.organisation, Role.ANALYST, suffix="-former")
    with acting_as(people.vela.admin.principal):
        held = actor.user.memberships.get()
        end_membership(actor=people.vela.admin, membership_id=held.pk)
    return actor


OUTSIDERS = [neighbour, operator, former_partner, expired_partner, former_member]


def told(answer: Any, url: str) -> str:
    """What the answer says that the request did not: the address itself is what was typed."""
    if answer.streaming:
        return ""
    body: str = answer.content.decode("utf-8", "replace")
    return body.replace(url, "").replace(url.replace("/", "%2F"), "")


def leaks(answer: Any, url: str, world: World) -> list[str]:
    """Words of the case in an answer."""
    text = told(answer, url)
    return [word for word in (*SECRETS, world.incident.reference, world.names["draft:draft"]) if word in text]


def requests(client: Client, world: World, addresses: list[Address]) -> Iterator[tuple[str, str, str, Any]]:
    """Each address read, and with each method it takes."""
    for address in addresses:
        url = url_of(address, world)
        for method in {READ, "POST", *address.door.methods}:
            yield method, address.name, url, send(client, method, url)


@pytest.mark.parametrize("who", OUTSIDERS, ids=lambda make: make.__name__)
def test_another_tenants_ids_lead_nowhere(
    request: pytest.FixtureRequest,
    people: People,
    world: World,
    sign_in: Callable[[Actor], Client],
    who: Callable[[People, World], Actor],
) -> None:
    if who is not neighbour:  # what pages say is read once; the others are decided alike or not
        request.getfixturevalue("bare_pages")
    client = sign_in(who(people, world))
    # Whoever belongs nowhere is turned away before any id is looked at.
    refused = {403} if who is former_member else {404}
    wrong = [
        (method, name, answer.status_code, leaks(answer, url, world))
        for method, name, url, answer in requests(client, world, foreign())
        if answer.status_code not in refused | {405} or leaks(answer, url, world)
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_a_stranger_changes_nothing(people: People, world: World, sign_in: Callable[[Actor], Client]) -> None:
    """The same without undoing each request: not one line in the ledger, whatever was answered."""
    client = sign_in(neighbour(people, world))
    with acting_as(people.vela.analyst.principal):
        before = Entry.objects.filter(root_id=world.incident.pk).count()
    assert before
    for address in foreign():
        with (
            transaction.atomic()
        ):  # a refusal undoes no more than its own request, also where a view opens no transaction
            client.post(url_of(address, world), "{}", content_type="application/json")
    with acting_as(people.vela.analyst.principal):
        assert Entry.objects.filter(root_id=world.incident.pk).count() == before


# Words of the case, asked for without saying them: part of the title, of the summary, of the reference, and every filter.
QUERIES = ("", "?q=dialysis", "?q=ward", "?q=INC-", "?sector=health", "?country=KR", "?status=open", "?mark=TLP:AMBER")
SEARCHES = {"incident-list", "search", "api-incident-list"}


def test_lists_and_searches_show_nothing_of_another_tenant(
    people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    client = sign_in(neighbour(people, world))
    wrong = []
    for address in walk():
        if address.door.kind not in (Kind.PERSON, Kind.ANYONE) or READ not in address.door.methods:
            continue
        if address.name == "calendar-feed":  # whoever has a calendar's secret address reads it
            continue
        url = url_of(address, world)
        for query in QUERIES if address.name in SEARCHES else ("",):
            with transaction.atomic():
                answer = client.get(url + query)
                transaction.set_rollback(True)
            for word in leaks(answer, url, world):
                wrong.append((address.name, query, word))
    assert not wrong, "\n".join(map(str, wrong))


def test_things_of_one_case_are_not_found_through_another(
    people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    """A child of A through B: 404, for every nested address, though the reader holds B and may do everything there."""
    actor = neighbour(people, world)
    own = filed(actor)
    through = World(own, {**world.names, "incident:reference": own.reference})
    nested = [each for each in foreign() if "reference" in each.parts and set(each.parts) - {"reference", "step"}]
    wrong = [
        (method, name, answer.status_code, leaks(answer, url, world))
        for method, name, url, answer in requests(sign_in(actor), through, nested)
        if answer.status_code not in {404, 405} or leaks(answer, url, world)
    ]
    assert not wrong, "\n".join(map(str, wrong))


def bodies(world: World, own: Incident, people: People) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Every place in the API's bodies that names something by a number of the whole platform: another tenant's stands in it."""
    own_service = own.servicehits.get().pk
    service, person = world.names["int:service_id"], people.vela.analyst.user.pk
    task = {"title": "Check", "organisation": "orrin"}
    moment = {"at": clock.now().isoformat(), "precision": "exact"}
    hit = {"id": service, "service": "hospital-care", "name": "Mine now", "country": "KR", "people": {}}
    return [
        ("POST", "api-link-list", "other", {"other": world.incident.reference, "kind": "related"}),
        ("PATCH", "api-incident", "services", {"services": [hit]}),
        ("POST", "api-task-list", "person", {**task, "person": person}),
        ("POST", "api-task-list", "service", {**task, "service": service}),
        ("POST", "api-task-list", "organisation", {**task, "organisation": "vela"}),
        (
            "POST", "api-restoration-updates", "corrects",
            {"state": "down", "at": moment, "corrects": world.names["update"], "service_id": own_service},
        ),
        ("POST", "api-evidence-list", "statement", {**FACTS, "statement": world.names["statement"]}),
        (
            "POST", "api-recommendation-list", "owner",
            {"kind": "tactical", "text": "A", "owner": "vela", "due": clock.today().isoformat()},
        ),
    ]  # fmt: skip


def test_another_tenants_ids_in_bodies_are_refused_beside_their_field(
    people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    actor = neighbour(people, world)
    hospital = {"service": "hospital-care", "name": "Own clinic", "country": "KR", "people": {}}
    own = filed(actor, services=[hospital])
    client = sign_in(actor)
    wrong = []
    with acting_as(actor.principal):
        asked = bodies(world, own, people)
    for method, name, named, body in asked:
        service = body.pop("service_id", None)
        url = reverse(name, kwargs={"reference": own.reference, **({"service_id": service} if service else {})})
        with transaction.atomic():
            answer = client.generic(
                method, url, json.dumps(body), content_type="application/json", headers={"If-Match": '"1"'}
            )
            transaction.set_rollback(True)
        beside = answer.status_code == 400 and named in answer.json().get("errors", {})
        told_more = [word for word in leaks(answer, url, world) if word not in json.dumps(body)]
        if not beside or told_more:
            wrong.append((name, named, answer.status_code, answer.content.decode()[:300]))
    assert not wrong, "\n".join(map(str, wrong))
