"""The API answers as the pages do: open for what is published, 404 for the rest, 403 and 409 where a rule says no."""

from typing import Any

import pytest
from django.test import Client

from organisations.actors import Actor
from publication import selectors
from tests.publication.figures import Bureau

pytestmark = [pytest.mark.duty("PUB-1"), pytest.mark.django_db]
LIST = "/api/v1/releases/"


def post(client: Client, path: str, data: Any = None) -> Any:
    return client.post(path, data or {}, content_type="application/json")


def test_anyone_reads_releases_tables_and_files(bureau: Bureau, client: Client) -> None:
    bureau.cases(12, hit=30)
    version = bureau.publish().version
    found = client.get(LIST).json()
    assert [row["version"] for row in found["results"]] == [version]
    assert found["next"] is None
    release = client.get(f"{LIST}{version}/").json()
    assert release["sha256"] == selectors.published().release.sha256
    assert {"method", "licence", "rules", "revision_notes"} <= set(release)
    assert "refusal" not in release and "prepared_by" not in str(release)
    link = next(each for each in release["tables"] if each["code"] == "incidents-by-sector")
    table = client.get(link["url"]).json()
    cell = next(each for each in table["cells"] if each["row"] == "health")
    assert (cell["value"], cell["mark"]) == (10, "")
    text = client.get(link["csv"])
    assert text["Content-Type"].startswith("text/csv")
    assert b"health,10,," in text.content
    assert client.get(link["metadata"]).status_code == 200
    assert client.get(release["archive"]).status_code == 200


def test_what_is_not_published_is_there_for_its_publishers_alone(bureau: Bureau, sign_in: Any, client: Client) -> None:
    bureau.cases(12)
    version = bureau.prepare().version
    places = [
        f"{LIST}{version}/",
        f"{LIST}{version}/tables/incidents-by-year/",
        f"{LIST}{version}/tables/incidents-by-year.csv",
    ]
    for place in places:
        answer = client.get(place)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
        assert sign_in(bureau.people.vela.analyst).get(place).status_code == 404
        assert sign_in(bureau.people.vela.person("publisher")).get(place).status_code == 404
        client.logout()
    assert client.get(LIST).json()["results"] == []
    own = sign_in(bureau.second)
    assert own.get(places[0]).json()["status"] == "prepared"
    assert own.get(places[1]).status_code == 200
    assert own.get(places[2])["Cache-Control"] == "private, no-store"


def people(bureau: Bureau) -> list[tuple[Actor | None, int]]:
    return [
        (None, 401),
        (bureau.people.vela.analyst, 403),
        (bureau.people.vela.person("publisher"), 403),
        (bureau.people.secretariat.person("org_admin"), 403),
    ]


@pytest.mark.parametrize("act", ["", "{v}/publish/", "{v}/discard/", "{v}/again/"])
def test_every_act_asks_who(bureau: Bureau, sign_in: Any, client: Client, act: str) -> None:
    bureau.cases(4)
    place = LIST + act.format(v=bureau.prepare().version)
    for actor, status in people(bureau):
        client.logout()
        answer = post(sign_in(actor) if actor else client, place, {"reason": "x"})
        assert answer.status_code == status, (actor, answer.content)


def test_two_people_publish_by_key(bureau: Bureau, sign_in: Any, on_commit: Any) -> None:
    bureau.cases(12)
    client = sign_in(bureau.first)
    with on_commit():
        begun = post(client, LIST, {"key_points": "Twelve."})
    assert begun.status_code == 202
    assert begun.json()["status"] == "preparing"
    place = begun["Location"]
    assert client.get(place).json()["status"] == "prepared"
    refused = post(client, f"{place}publish/")
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes_required")
    again = post(client, LIST)
    assert (again.status_code, again.json()["code"]) == (409, "release_pending")
    done = post(sign_in(bureau.second), f"{place}publish/")
    assert (done.status_code, done.json()["status"]) == (200, "published")
    assert post(client, f"{place}publish/").json()["code"] == "release_not_prepared"
    wrong = post(client, LIST, {})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["revision_notes"])


def test_discarding_needs_a_reason(bureau: Bureau, sign_in: Any) -> None:
    place = f"{LIST}{bureau.prepare().version}/discard/"
    client = sign_in(bureau.first)
    assert post(client, place).status_code == 400
    assert post(client, place, {"reason": " "}).status_code == 400
    assert post(client, place, {"reason": "Too early."}).json()["status"] == "discarded"
