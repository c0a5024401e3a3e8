"""Who am I, who else is there, my keys: by API."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from organisations.actors import Actor
from organisations.models import ApiToken, Submission
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-1"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]


def test_me_says_for_whom_i_act_and_what_i_may(sign_in: SignIn, people: People) -> None:
    me = sign_in(people.vela.person("researcher")).get("/api/v1/me/").json()
    assert me["organisation"] == {"slug": "vela", "name": "Vela National CERT", "kind": "state", "country": ""}
    assert (me["roles"], me["memberships"]) == (["researcher"], [{"organisation": "vela", "roles": ["researcher"]}])
    assert "incident.view" in me["actions"] and "incident.file" not in me["actions"]


def test_the_directory_is_for_members(sign_in: SignIn, people: People) -> None:
    people.meridian.analyst  # noqa: B018  founds the house
    slugs = [row["slug"] for row in sign_in(people.vela.analyst).get("/api/v1/organisations/").json()]
    assert slugs == sorted(slugs) and {"vela", "meridian"} <= set(slugs)
    for address in ("organisations", "me", "tokens"):
        assert Client().get(f"/api/v1/{address}/").status_code == 401


def test_a_key_is_told_once(sign_in: SignIn, people: People) -> None:
    client = sign_in(people.vela.analyst)
    until = (clock.now() + timedelta(days=1)).isoformat()
    made = client.post(
        "/api/v1/tokens/",
        {"name": "Export", "expires_at": until},
        content_type="application/json",
        headers={"Idempotency-Key": "once"},
    )
    assert made.status_code == 201 and made["Cache-Control"] == "no-store"
    key = made.json()["key"]
    assert not Submission.objects.filter(body__contains=key).exists()
    listed = client.get("/api/v1/tokens/").json()
    assert [row["name"] for row in listed] == ["Export"] and "key" not in listed[0]
    with_key = {"Authorization": f"Token {key}"}
    assert Client().get("/api/v1/incidents/", headers=with_key).status_code == 200
    assert client.delete(f"/api/v1/tokens/{listed[0]['id']}/").status_code == 204
    assert Client().get("/api/v1/incidents/", headers=with_key).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 81},
        {"name": "x", "expires_at": "2001-01-01T00:00:00Z"},
        {"name": "a\x00b"},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["all"]},
        {"name": "x", "expires_at": "2101-01-01T00:00:00Z"},
    ],
)
def test_a_key_that_cannot_be_is_a_problem_document(sign_in: SignIn, people: People, body: dict[str, str]) -> None:
    refused = sign_in(people.vela.analyst).post("/api/v1/tokens/", body, content_type="application/json")
    assert refused.status_code in (400, 422)
    assert refused["Content-Type"] == "application/problem+json" and refused.json()["code"] == "invalid"
    assert not ApiToken.objects.exists()
