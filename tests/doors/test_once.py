"""What is sent twice happens once."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.tenancy import acting_as
from incidents.models import Incident
from organisations.actors import Actor
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-1")]
FACTS = {"title": "Water pumps stopped", "summary": "Operators switched to manual."}


def file(client: Client, key: str, **facts: str) -> tuple[int, str]:
    """Files by API with an idempotency key."""
    answer = client.post(
        "/api/v1/incidents/", {**FACTS, **facts}, content_type="application/json", headers={"Idempotency-Key": key}
    )
    return answer.status_code, answer.json().get("reference") or answer.json().get("code")


def test_a_repeated_request_gets_the_first_answer(people: People, sign_in: Callable[[Actor], Client]) -> None:
    client = sign_in(people.vela.analyst)
    first = file(client, "k1")
    assert first[0] == 201
    assert file(client, "k1") == first
    with acting_as(people.vela.analyst.principal):
        assert Incident.objects.count() == 1


def test_the_key_of_another_request_is_refused(people: People, sign_in: Callable[[Actor], Client]) -> None:
    client = sign_in(people.vela.analyst)
    file(client, "k1")
    assert file(client, "k1", title="Another") == (409, "idempotency_key_reused")


def test_a_refused_request_may_be_mended_under_the_same_key(people: People, sign_in: Callable[[Actor], Client]) -> None:
    client = sign_in(people.vela.analyst)
    assert file(client, "k1", title="")[0] == 400
    assert file(client, "k1")[0] == 201


def test_another_persons_key_is_another_key(people: People, sign_in: Callable[[Actor], Client]) -> None:
    assert file(sign_in(people.vela.analyst), "k1")[0] == 201
    assert file(sign_in(people.orrin.analyst), "k1")[0] == 201
