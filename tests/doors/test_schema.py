"""The API asked what its own schema says it takes, as two tenants at once: no answer to one holds anything of the other.

Schemathesis makes requests from the OpenAPI document; each is sent as both, with the ids of both. Every text of either world
holds a word that stands nowhere else. Whatever is asked, nothing falls over (no 500). Bounded and the same at every run.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NOT_SET

from core.tenancy import acting_as
from incidents.services import add_statement, open_draft, save_draft
from organisations.actors import Actor
from organisations.keys import issue_token
from remediation import services as remediation
from tests.evidence.builders import given as item_given
from tests.people import People
from tests.tenancy.test_walls import filed

from .addresses import READ, Address, walk
from .cast import everything
from .test_crawl import told
from .test_urls import url_of
from .world import SECRETS, World

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("room"),
    pytest.mark.duty("SHR-1"),
    pytest.mark.duty("SHR-7"),
]
SignIn = Callable[[Actor], Client]

# Words of the second world.
THEIRS = ("Wolfberry", "Hartshorn", "Sneezewort", "Bistort")


def second_world(people: People, first: World) -> tuple[Actor, World]:
    """A case of Orrin's, with its own words, and its ids where it has such a thing."""
    actor = everything(people.orrin, "keeper")
    service = {"service": "hospital-care", "name": "Hartshorn clinic", "country": "CR", "people": {}}
    own = filed(actor, title="Wolfberry outage", summary="Sneezewort ward.", services=[service])
    item_given(actor, own, title="Bistort log", source="Hartshorn")
    with acting_as(actor.principal):
        draft = open_draft(actor=actor)
        save_draft(actor=actor, reference=draft.reference, answers={"title": "Bistort draft"})
        token, _key = issue_token(actor=actor, name="Bistort key")
        add_statement(
            actor=actor, reference=own.reference, statement={"kind": "own_assessment", "said_by": "Sneezewort office"}
        )
        task = remediation.add_task(
            actor=actor, reference=own.reference, task={"title": "Bistort task", "organisation": "orrin"}
        )
        names = {
            **first.names, "incident:reference": own.reference, "draft:draft": draft.reference, "int:token_id": token.pk,
            "int:service_id": own.servicehits.get().pk, "task:number": task.reference,
        }  # fmt: skip
    return actor, World(own, names)


def operations() -> Iterator[tuple[Address, Any]]:
    """Each operation of the schema with its address."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    document = json.loads(json.dumps(document, cls=DjangoJSONEncoder, default=str))
    known = {"/" + re.sub(r"<\w+:(\w+)>", r"{\1}", address.route): address for address in walk() if address.is_api}
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        yield known[operation.path], operation


def as_sent(case: Any) -> tuple[str, bytes, str, dict[str, str]]:
    """Query, body, its type and headers of a request that was made up."""
    query = urlencode({name: value for name, value in (case.query or {}).items() if value is not None}, doseq=True)
    if case.body is NOT_SET or case.body is None:
        body, kind = b"", "application/json"
    elif isinstance(case.body, bytes):
        body, kind = case.body, case.media_type or "application/octet-stream"
    else:  # a form is sent as JSON: a parser that wants something else says so (415)
        body, kind = json.dumps(case.body, default=str).encode(), "application/json"
    headers = {
        name: str(value)
        for name, value in (case.headers or {}).items()
        if re.fullmatch(r"[\x20-\x7e]*", str(value)) and name.lower() not in {"cookie", "authorization", "host"}
    }
    return query, body, kind, headers


def made_up(operation: Any, most: int, ask: Callable[[Any], None]) -> None:
    """Asks at most so many requests of one operation, the same ones at every run."""

    @settings(
        max_examples=most, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def each(case: Any) -> None:
        ask(case)

    each()


def test_what_the_schema_takes_shows_neither_tenant_anything_of_the_other_and_breaks_nothing(
    people: People, world: World, sign_in: SignIn
) -> None:
    insider = everything(people.vela, "insider")
    keeper, other = second_world(people, world)
    clients = []
    for actor, foreign in (
        (insider, (*THEIRS, other.incident.reference, other.names["draft:draft"])),
        (keeper, (*SECRETS, world.incident.reference, world.names["draft:draft"])),
    ):
        client = Client(raise_request_exception=False)
        client.cookies.update(sign_in(actor).cookies)
        sign_in(actor).cookies.clear()
        clients.append((actor.user.name, client, foreign))
    wrong: list[tuple[Any, ...]] = []
    asked, served = 0, set()

    def ask(address: Address, method: str, case: Any) -> None:
        nonlocal asked, served
        query, body, kind, headers = as_sent(case)
        for ids in (world, other):
            url = url_of(address, ids)
            typed = f"{url}?{query}{body.decode('utf-8', 'replace')}"
            for name, client, foreign in clients:
                asked += 1
                with transaction.atomic():
                    answer = client.generic(method, f"{url}?{query}", body, content_type=kind, headers=headers)
                    transaction.set_rollback(True)
                said = told(answer, url)
                served |= {(name, word) for word in (*SECRETS, *THEIRS) if answer.status_code < 300 and word in said}
                found = [word for word in foreign if word in said and word not in typed]
                if found or answer.status_code >= 500:
                    wrong.append((name, method, address.name, answer.status_code, found, query[:80], body[:200]))

    for address, operation in operations():
        method = operation.method.upper()
        if method in address.door.methods:
            made_up(operation, 1 if method in (READ, "DELETE") else 2, partial(ask, address, method))
    assert not wrong, "\n".join(map(str, wrong))
    # It was not all refusals: each was shown the words of their own world.
    assert asked > 500 and {word for _name, word in served} >= {*SECRETS, *THEIRS}
