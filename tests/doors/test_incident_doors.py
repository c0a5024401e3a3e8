"""Every person at every door of a case: one table of answers. 404 not in your world, 403 may not act, 409 the rule says no."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.tenancy import acting_as
from incidents.services import grant_access
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-1"), pytest.mark.duty("SHR-2")]

READ = ["/incidents/{}/", "/api/v1/incidents/{}/"]


@pytest.mark.parametrize("door", READ)
@pytest.mark.parametrize(
    ("house", "role", "answer"),
    [
        ("vela", "analyst", 200),
        ("vela", "researcher", 200),
        ("meridian", "legal_assessor", 200),
        ("orrin", "analyst", 404),
        ("orrin", "org_admin", 404),
        ("amal", "researcher", 404),
    ],
)
def test_who_reads_a_case(
    people: People, sign_in: Callable[[Actor], Client], door: str, house: str, role: str, answer: int
) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        grant_access(
            actor=people.vela.analyst, reference=incident.reference, organisation=people.meridian.organisation,
            grade=Grade.SUMMARY, reason="Panel",
        )  # fmt: skip
    client = sign_in(getattr(people, house).person(role))
    assert client.get(door.format(incident.reference)).status_code == answer


@pytest.mark.parametrize(
    ("house", "role", "answer"),
    [
        ("vela", "analyst", 200),
        ("vela", "researcher", 403),
        ("meridian", "legal_assessor", 403),
        ("orrin", "analyst", 404),
    ],
)
def test_who_closes_a_case(
    people: People, sign_in: Callable[[Actor], Client], house: str, role: str, answer: int
) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        grant_access(
            actor=people.vela.analyst, reference=incident.reference, organisation=people.meridian.organisation,
            grade=Grade.ASSESS, reason="Panel",
        )  # fmt: skip
    client = sign_in(getattr(people, house).person(role))
    assert client.post(f"/api/v1/incidents/{incident.reference}/close/").status_code == answer
    if answer == 200:
        assert client.post(f"/api/v1/incidents/{incident.reference}/close/").status_code == 409


def test_nobody_signed_in_gets_no_further_than_the_door(people: People, client: Client) -> None:
    incident = filed(people.vela.analyst)
    assert client.get(f"/incidents/{incident.reference}/").status_code == 302
    answer = client.get(f"/api/v1/incidents/{incident.reference}/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_superuser_reads_no_case(people: People, sign_in: Callable[[Actor], Client]) -> None:
    incident = filed(people.vela.analyst)
    outsider = people.orrin.admin
    outsider.user.is_superuser = outsider.user.is_staff = True
    outsider.user.save()
    assert sign_in(outsider).get(f"/incidents/{incident.reference}/").status_code == 404


def test_a_missing_and_a_hidden_case_answer_alike(people: People, sign_in: Callable[[Actor], Client]) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.orrin.analyst)
    hidden = client.get(f"/api/v1/incidents/{incident.reference}/")
    missing = client.get("/api/v1/incidents/INC-2026-999999/")
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())


@pytest.mark.parametrize("door", ["/incidents/", "/api/v1/incidents/"])
def test_the_list_shows_ones_own_world(people: People, sign_in: Callable[[Actor], Client], door: str) -> None:
    mine, theirs = filed(people.vela.analyst), filed(people.orrin.analyst)
    page = sign_in(people.vela.analyst).get(door).content.decode()
    assert mine.reference in page
    assert theirs.reference not in page


@pytest.mark.parametrize(
    "query",
    [
        "?q=hospital",
        "?sector=health",
        "?status=open",
        "?country=CR",
        "?q=hospital&sector=health&country=CR&status=open",
    ],
)
def test_search_and_filters_stay_inside_ones_world(
    people: People, sign_in: Callable[[Actor], Client], query: str
) -> None:
    mine, theirs = filed(people.vela.analyst), filed(people.orrin.analyst)
    found = {
        row["reference"] for row in sign_in(people.vela.analyst).get(f"/api/v1/incidents/{query}").json()["results"]
    }
    assert found == {mine.reference}
    assert theirs.reference not in found


def test_pages_of_the_list_join_without_gap_or_overlap(people: People, sign_in: Callable[[Actor], Client]) -> None:
    references = [filed(people.vela.analyst).reference for _ in range(30)]
    client = sign_in(people.vela.analyst)
    first = client.get("/api/v1/incidents/").json()
    second = client.get(first["next"]).json()
    assert [row["reference"] for row in first["results"] + second["results"]] == references[::-1]
    assert second["next"] is None
