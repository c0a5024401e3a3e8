"""What a program may send to break something: each is answered with a 4xx and a problem document, never a 500."""

import base64
import json
from collections.abc import Callable

import pytest
from django.test import Client

from organisations.actors import Actor
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]

DEEP = '{"a":' * 100_000
HALF_A_SIGN = '{"title": "\\ud800"}'


@pytest.fixture
def client_of_vela(people: People, sign_in: SignIn) -> tuple[Client, str]:
    """A signed-in client and the address of a case it holds."""
    incident = filed(people.vela.analyst)
    return sign_in(people.vela.analyst), f"/api/v1/incidents/{incident.reference}/"


@pytest.mark.parametrize("body", [DEEP, HALF_A_SIGN, "[1, 2", "\x00", '{"title": "\\ud83d"}'])
@pytest.mark.parametrize("address", ["/api/v1/incidents/", "/api/v1/drafts/", "/api/v1/tokens/"])
def test_a_body_that_is_no_text_is_refused(client_of_vela: tuple[Client, str], address: str, body: str) -> None:
    answer = client_of_vela[0].post(address, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    json.loads(answer.content)


def test_a_whole_sign_outside_the_basic_plane_is_kept(client_of_vela: tuple[Client, str]) -> None:
    client, case = client_of_vela
    answer = client.post(
        f"{case}timeline/",
        '{"what": "Screens showed \\ud83d\\ude00", "at": {"precision": "unknown"}}',
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["what"] == "Screens showed 😀"


@pytest.mark.parametrize("body", ["null", "[]", '"x"', "1", DEEP])
@pytest.mark.parametrize("room", ["evidence", "timeline", "statements", "grants", "remediation/tasks", "links"])
def test_a_body_that_is_no_object_is_refused(client_of_vela: tuple[Client, str], room: str, body: str) -> None:
    client, case = client_of_vela
    assert client.post(f"{case}{room}/", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("position", ["p=\x00", "p=abc", "p=" + "9" * 40, "p=1.5", "p=٣", "p='--", "r=1&p=-1"])
@pytest.mark.parametrize(
    "room", ["evidence", "timeline", "attribution/findings", "escalation/measures", "remediation/tasks", "reviews"]
)
def test_a_forged_place_in_a_list_is_no_place(client_of_vela: tuple[Client, str], room: str, position: str) -> None:
    client, case = client_of_vela
    answer = client.get(f"{case}{room}/", {"cursor": base64.b64encode(position.encode()).decode()})
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize(
    "place",
    [
        "9999-12-31T23:59:59-12:00|1",
        "0001-01-01T00:00:00+14:00|1",
        "2026-01-01T00:00:00+00:00|" + "9" * 30,
        "2026|\x00",
        "x",
    ],
)
def test_a_forged_place_in_the_list_of_cases_is_refused(client_of_vela: tuple[Client, str], place: str) -> None:
    cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
    for address in ("/api/v1/incidents/", "/incidents/", "/search/?q=x"):
        answer = client_of_vela[0].get(address, {"cursor": cursor})
        assert answer.status_code in (400, 422, 409, 200), address


@pytest.mark.parametrize("name", ["status", "owner"])
def test_a_filter_with_a_nul_finds_nothing(client_of_vela: tuple[Client, str], name: str) -> None:
    client, case = client_of_vela
    answer = client.get(f"{case}remediation/tasks/", {name: "\x00"})
    assert answer.status_code in (200, 400)


def test_a_share_with_a_role_that_does_not_exist_is_refused(client_of_vela: tuple[Client, str], people: People) -> None:
    client, case = client_of_vela
    slug = people.orrin.organisation.slug
    for role in ("nonsense", "\x00", "x" * 5000):
        body = {"organisation": slug, "grade": "summary", "reason": "Why", "role": role}
        answer = client.post(f"{case}grants/", body, content_type="application/json")
        assert answer.status_code == 400, role[:20]


@pytest.mark.parametrize("until", ["9999-12-31", "9999-12-30", "0001-01-01"])
def test_a_share_until_the_end_of_time_does_not_fall_over_it(
    client_of_vela: tuple[Client, str], people: People, until: str
) -> None:
    client, case = client_of_vela
    data = {"organisation": people.orrin.organisation.pk, "grade": "10", "reason": "Why", "until": until}
    assert client.post(f"{case.removeprefix('/api/v1')}sharing/new/", data).status_code in (303, 422)


def test_a_key_of_once_with_a_nul_is_no_key(client_of_vela: tuple[Client, str]) -> None:
    client, case = client_of_vela
    address = f"{case.removeprefix('/api/v1')}timeline/new/"
    assert client.post(address, {"once": "\x00", "what": ""}).status_code == 422
