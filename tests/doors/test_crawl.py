"""Every address with another tenant's ids, by page and by API, with every method it takes: nothing is done and nothing is told.

404 everywhere: whether something exists is a fact too. 403 only where the address is of one's own world (an act the role
does not allow whatever the id); 405 where the address takes no such method.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.tenancy import acting_as
from incidents.models import Incident
from ledger.models import Entry
from organisations.actors import Actor
from tests.evidence.builders import FACTS
from tests.people import People
from tests.tenancy.test_walls import filed

from .addresses import READ, Address, Kind, walk
from .cast import neighbour
from .test_urls import send, url_of
from .world import SECRETS, World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("room"),
    pytest.mark.duty("SHR-1"),
    pytest.mark.duty("SHR-7"),
]


def foreign() -> list[Address]:
    """Addresses that name one thing of a tenant."""
    return [address for address in walk() if address.door.kind in (Kind.CASE, Kind.OWN)]


def told(answer: Any, url: str) -> str:
    """What the answer says that the request did not: the address itself is what was typed."""
    if answer.streaming:
        return ""
    body: str = answer.content.decode("utf-8", "replace")
    return body.replace(url, "").replace(url.replace("/", "%2F"), "")


def leaks(answer: Any, url: str, world: World) -> list[str]:
    """Words of the case in an answer."""
    return leaks_in(told(answer, url), world)


def leaks_in(text: str, world: World) -> list[str]:
    """Words of the case in a text."""
    return [word for word in (*SECRETS, world.incident.reference, world.names["draft:draft"]) if word in text]


def requests(client: Client, world: World, addresses: list[Address]) -> Iterator[tuple[str, str, str, Any]]:
    """Each address read, and with each method it takes."""
    for address in addresses:
        url = url_of(address, world)
        for method in {READ, "POST", *address.door.methods}:
            yield method, address.name, url, send(client, method, url)


# A thing that is not there, by the converter its address takes: the same shape, and nobody's.
MISSING: dict[str, Any] = {
    "incident": "INC-2026-999999", "draft": "DRAFT-ZZZZZZ", "evidence": "E-9999", "finding": "F-9999", "measure": "M-9999",
    "task": "R-9999", "uuid": "00000000-0000-4000-8000-000000000000", "int": 2_000_000_000, "str": "0" * 64, "slug": "nothing-here",
}  # fmt: skip
NO_THING = {"step"}  # parts that name a place, not a thing
# They name an organisation, and which there are everybody signed in may know (`api-organisation-list`).
NO_SECRET = {"duty-of", "api-duty-of"}
# What differs between any two answers: tokens against forgery, nonces, the number a request has.
VOLATILE = re.compile(r'"(request_id|instance)": ?"[^"]*"|[0-9A-Za-z_+/=-]{22,}')


def of_nothing(address: Address, world: World) -> World:
    """The same address for something that is not there."""
    missing = {
        f"{kind}:{part}": MISSING[kind]
        for part, kind in address.parts.items()
        if kind in MISSING and part not in NO_THING
    }
    return World(world.incident, {**world.names, **missing})


def answered(client: Client, method: str, url: str) -> tuple[int, int, list[str], str]:
    """Status, statements asked of the database, headers, and the body, without what differs between any two."""
    connection.queries_log.clear()  # it keeps a fixed number, and then counts nothing any more
    with CaptureQueriesContext(connection) as queries:
        answer = send(client, method, url)
    body = VOLATILE.sub("", told(answer, url))
    headers = [
        VOLATILE.sub("", f"{name}: {value}".replace(url, ""))
        for name, value in answer.headers.items() if name not in {"X-Request-Id", "Content-Length"}
    ]  # fmt: skip
    return answer.status_code, len(queries), sorted(headers), body


def difference(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """Where two answers part; empty when they are the same."""
    if one[:3] != other[:3]:
        return f"{one[:2]} {other[:2]} {set(one[2]) ^ set(other[2])}"
    at = next((place for place, (a, b) in enumerate(zip(one[3], other[3], strict=False)) if a != b), None)
    if at is None:
        return "" if one[3] == other[3] else "one is longer"
    return f"{one[3][max(at - 60, 0) : at + 60]!r} {other[3][max(at - 60, 0) : at + 60]!r}"


def test_what_is_hidden_answers_to_the_byte_like_what_is_not_there(
    people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    """For every address that names a thing and every method it takes; pages are drawn whole, statements are counted."""
    client = sign_in(neighbour(people, world))
    wrong: list[tuple[Any, ...]] = []
    for address in foreign():
        if not set(address.parts) - NO_THING or address.name in NO_SECRET:
            continue
        hidden, missing = url_of(address, world), url_of(address, of_nothing(address, world))
        for method in address.door.methods:
            for _second_look in range(2):  # what is remembered from the first look is not asked again
                one, other = answered(client, method, hidden), answered(client, method, missing)
                if not difference(one, other):
                    break
            if hidden == missing or difference(one, other) or leaks_in(one[3], world):
                wrong.append((method, address.name, hidden == missing, difference(one, other), leaks_in(one[3], world)))
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
