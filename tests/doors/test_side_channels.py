"""Person × channel × object: what may not be read at the front is not read at the side (SHR-7), from one list."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_as
from incidents.services import revoke_grant
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People

from .addresses import READ, Kind, walk
from .cast import everything
from .side_channels import CHANNELS, EVIDENCE, FACTS, Asked
from .test_urls import url_of
from .world import World, shared

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("room"),
    pytest.mark.duty("SHR-1"),
    pytest.mark.duty("SHR-7"),
    pytest.mark.duty("SHR-5"),
]

Make = Callable[[People, World], Actor]


def stranger(people: People, _world: World) -> Actor:
    """Every role, in a house that has no part in the case."""
    return everything(people.orrin, "side-stranger")


def former(people: People, world: World) -> Actor:
    """Every role, in a house whose share was ended."""
    actor = everything(people.brigid, "side-former")
    grant = shared(people.vela.analyst, world.incident, people.brigid.organisation, Grade.OVERSEE)
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=world.incident.reference, grant_id=grant.pk)
    return actor


def summary(people: People, _world: World) -> Actor:
    """Every role, in a house that may see the summary."""
    return everything(people.palaver, "side-summary")


def reader(people: People, world: World) -> Actor:
    """Every role, in a house that may read evidence: the channels tell, so the table is no table of silence."""
    shared(people.vela.analyst, world.incident, people.secretariat.organisation, Grade.SUMMARY)
    return everything(people.vela, "side-holder")


# Who asks, and the words they may not learn by any channel.
PERSONS: list[tuple[Make, tuple[str, ...]]] = [
    (stranger, (*FACTS, *EVIDENCE)),
    (former, (*FACTS, *EVIDENCE)),
    (summary, EVIDENCE),
]


@pytest.mark.parametrize(("make", "hidden"), PERSONS, ids=lambda each: getattr(each, "__name__", ""))
def test_no_channel_tells_more_than_the_front_door(
    people: People, world: World, sign_in: Callable[[Actor], Client], make: Make, hidden: tuple[str, ...]
) -> None:
    actor = make(people, world)
    client = sign_in(actor)
    wrong = []
    for channel in CHANNELS:
        with transaction.atomic():
            text = channel.ask(Asked(actor, client, world))
            transaction.set_rollback(True)
        # An address that was typed is no secret: it stands in what was asked.
        wrong += [(channel.name, word) for word in hidden if word in text]
        if make is not summary and world.incident.reference in text.replace(
            f"/incidents/{world.incident.reference}/", ""
        ):
            wrong.append((channel.name, "reference"))
    assert not wrong, "\n".join(map(str, wrong))


def test_each_channel_tells_whoever_may_know(people: People, world: World, sign_in: Callable[[Actor], Client]) -> None:
    """The table above would pass on a platform that says nothing; this one says that each channel speaks."""
    actor = reader(people, world)
    client = sign_in(actor)
    silent = []
    for channel in CHANNELS:
        with transaction.atomic():
            text = channel.ask(Asked(actor, client, world))
            transaction.set_rollback(True)
        if not any(word in text for word in (*FACTS, *EVIDENCE, world.incident.reference)):
            silent.append(channel.name)
    assert not silent


def shape(client: Client, url: str, reference: str) -> tuple[Any, ...]:
    """Everything that could tell one 404 from another: bytes, headers, and how often the database was asked."""
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        answer = client.get(url)
        transaction.set_rollback(True)
    # A nonce and a request id are new each time, whatever is asked.
    own = {"X-Request-Id", "Content-Security-Policy"}
    headers = tuple((name, value) for name, value in answer.headers.items() if name not in own)
    nonce = answer.headers.get("Content-Security-Policy", "")
    body = answer.content.decode().replace(reference, "REF")
    for part in nonce.replace(";", " ").split():
        if part.startswith("'nonce-"):
            body = body.replace(part[7:-1], "NONCE")
    return answer.status_code, headers, masked(body), len(asked)


def masked(body: str) -> str:
    """Without the token against forged requests, which is new in each answer."""
    return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]+"', r"\1", body)


def test_not_yours_and_not_there_are_one_answer(
    people: People, world: World, sign_in: Callable[[Actor], Client]
) -> None:
    """Byte for byte and statement for statement, at every address of a case."""
    client = sign_in(stranger(people, world))
    hidden = world.incident.reference
    number = int(hidden.rsplit("-", 1)[1])
    missing = f"{hidden.rsplit('-', 1)[0]}-{(number + 1) % 1_000_000:06d}"
    client.get(f"/incidents/{missing}/")  # warm: what is looked up once in a process
    wrong = []
    for address in walk():
        if address.door.kind is not Kind.CASE or READ not in address.door.methods:
            continue
        url = url_of(address, world)
        one, other = shape(client, url, hidden), shape(client, url.replace(hidden, missing), missing)
        if one != other or one[0] != 404:
            wrong.append((address.name, one[0], other[0], one[3], other[3]))
    assert not wrong, "\n".join(map(str, wrong))
