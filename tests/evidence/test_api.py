"""The API of evidence: the same answers as the pages."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_as
from evidence.models import CustodyEntry, EvidenceItem
from evidence.states import Status
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import FACTS, LOG, given, graded, shared, tamper, the_file

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-2")]
SignIn = Callable[[Actor], Client]


def api(reference: str, rest: str = "") -> str:
    return f"/api/v1/incidents/{reference}/evidence/{rest}"


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def test_an_item_is_added_as_json_and_read_back(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    answer = post(client, api(incident.reference), FACTS)
    assert answer.status_code == 201
    assert answer["Location"].endswith(api(incident.reference, "E-1/"))
    read = client.get(api(incident.reference, "E-1/"))
    body = read.json()
    assert read["ETag"] == '"1"'
    assert (body["item"], body["reliability"], body["integrity"], body["files"]) == ("E-1", None, None, [])
    assert body["missing"] == ["reliability", "credibility", "sha256", "format"]
    assert body["clock"] == FACTS["clock"] and body["collected"]["precision"] == "hour"


def test_an_item_is_added_with_its_file_as_multipart(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    answer = client.post(
        api(incident.reference), {"facts": json.dumps(FACTS), "file": SimpleUploadedFile("a.log", LOG)}
    )
    assert answer.status_code == 201
    assert [(file["name"], file["size"]) for file in answer.json()["files"]] == [("a.log", len(LOG))]
    assert "path" not in answer.json()["files"][0]
    more = client.post(api(incident.reference, "E-1/files/"), {"file": SimpleUploadedFile("a.log", LOG)})
    assert (more.status_code, more.json()["code"]) == (409, "evidence_file_already_held")
    none = client.post(api(incident.reference, "E-1/files/"), {})
    assert (none.status_code, list(none.json()["errors"])) == (400, ["file"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**FACTS, "kind": "rumour"}, "kind"),
        ({**FACTS, "title": ""}, "title"),
        ({**FACTS, "clock": {"zone": "Mars"}}, "clock.zone"),
        ({**FACTS, "collected": {"at": "1950-01-01T00:00:00Z", "precision": "day"}}, "collected"),
        ({**FACTS, "statement": 999999}, "statement"),
        ({"facts": "{"}, "facts"),
    ],
)
def test_what_cannot_stand_is_a_400_that_names_the_field(
    people: People, sign_in: SignIn, body: Any, field: str
) -> None:
    incident = filed(people.vela.analyst)
    answer = post(sign_in(people.vela.analyst), api(incident.reference), body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


def test_a_change_names_the_version_it_changes(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    given(people.vela.analyst, incident)
    client = sign_in(people.vela.analyst)
    address = api(incident.reference, "E-1/")

    def patch(version: str) -> Any:
        headers = {"If-Match": version} if version else {}
        return client.patch(address, {"title": "Better"}, content_type="application/json", headers=headers)

    assert patch("").status_code == 428
    assert patch('"1"').json()["title"] == "Better"
    stale = patch('"1"')
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")


@pytest.mark.duty("ATT-3")
def test_a_file_is_read_whole_or_in_part_and_every_reading_recorded(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident)
    address = api(incident.reference, f"E-1/files/{the_file(analyst, item).sha256}/content/")
    client = sign_in(analyst)
    assert client.get(address).status_code == 400
    whole = client.get(f"{address}?purpose=Panel")
    assert (whole.status_code, b"".join(whole.streaming_content)) == (200, LOG)  # type: ignore[attr-defined]
    some = post(client, address, {"purpose": "Panel"})
    assert b"".join(some.streaming_content) == LOG
    ranged = client.get(f"{address}?purpose=Panel", headers={"Range": "bytes=10-19"})
    assert (ranged.status_code, b"".join(ranged.streaming_content)) == (206, LOG[10:20])  # type: ignore[attr-defined]
    assert ranged["Content-Range"] == f"bytes 10-19/{len(LOG)}"
    beyond = client.get(f"{address}?purpose=Panel", headers={"Range": f"bytes={len(LOG)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(LOG)}")
    with acting_as(analyst.principal):
        assert CustodyEntry.objects.filter(act="opened").count() == 4
    chain = client.get(api(incident.reference, "E-1/custody/")).json()
    assert (chain["fault"], len(chain["links"])) == ("", 6)


@pytest.mark.duty("ATT-3")
def test_a_changed_byte_is_a_409_and_the_freeze_stays(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident)
    file = the_file(analyst, item)
    tamper(file)
    answer = sign_in(analyst).get(api(incident.reference, f"E-1/files/{file.sha256}/content/?purpose=Panel"))
    assert (answer.status_code, answer.json()["code"]) == (409, "evidence_integrity_lost")
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.get().status == Status.FROZEN


def test_grades_lineage_mark_verify_withdraw_through_the_api(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    given(analyst, incident)
    given(analyst, incident, data=None)
    second = people.vela.another("analyst")
    client = sign_in(analyst)
    grade = {"reliability": "B", "reliability_reason": "Known", "credibility": "2", "credibility_reason": "Fits"}
    own = post(client, api(incident.reference, "E-1/grades/"), grade)
    assert (own.status_code, own.json()["code"]) == (409, "evidence_graded_by_uploader")
    linked = post(client, api(incident.reference, "E-1/lineage/"), {"kind": "derived_from", "other": "E-2"})
    assert (linked.status_code, client.get(api(incident.reference, "E-2/lineage/")).json()[0]["item"]) == (201, "E-1")
    assert (
        post(client, api(incident.reference, "E-1/lineage/"), {"kind": "derived_from", "other": "E-9"}).status_code
        == 400
    )
    assert post(client, api(incident.reference, "E-1/mark/"), {"mark": "TLP:RED"}).json()["mark"] == "TLP:RED"
    assert post(client, api(incident.reference, "E-1/verify/"), {}).json()["integrity"] == "matches"
    assert (
        post(client, api(incident.reference, "E-1/restore/"), {"reason": "x"}).json()["code"] == "evidence_not_frozen"
    )
    assert (
        post(client, api(incident.reference, "E-1/withdraw/"), {"reason": "Retracted"}).json()["status"] == "withdrawn"
    )
    another = sign_in(second)
    assert post(another, api(incident.reference, "E-2/grades/"), grade).status_code == 201
    assert another.get(api(incident.reference, "E-2/grades/")).json()[0]["reliability"] == "B"


def test_the_list_comes_in_pages_with_few_questions(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    for _ in range(3):
        given(analyst, incident)
    graded(people.vela.another("analyst"), EvidenceItem(number=1, incident=incident))
    client = sign_in(analyst)
    first = client.get(api(incident.reference, "?page_size=2")).json()
    assert [row["item"] for row in first["results"]] == ["E-3", "E-2"]
    assert [row["item"] for row in client.get(first["next"]).json()["results"]] == ["E-1"]
    with CaptureQueriesContext(connection) as queries:
        client.get(api(incident.reference))
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 8


GETS = ["", "E-1/", "E-1/grades/", "E-1/custody/", "E-1/lineage/"]
POSTS = ["", "E-1/grades/", "E-1/lineage/", "E-1/mark/", "E-1/withdraw/", "E-1/restore/", "E-1/verify/"]


@pytest.mark.duty("SHR-1")
def test_another_tenant_finds_nothing_behind_any_address(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    file = the_file(people.vela.analyst, given(people.vela.analyst, incident))
    client = sign_in(people.orrin.analyst)
    for path in [*GETS, f"E-1/files/{file.sha256}/content/?purpose=x"]:
        assert client.get(api(incident.reference, path)).status_code == 404, path
    for path in POSTS:
        assert post(client, api(incident.reference, path), {}).status_code == 404, path
    assert (
        client.post(api(incident.reference, "E-1/files/"), {"file": SimpleUploadedFile("a", b"a")}).status_code == 404
    )


@pytest.mark.duty("SHR-2")
def test_the_summary_grade_opens_no_evidence(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    given(people.vela.analyst, incident)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.SUMMARY)
    client = sign_in(people.meridian.person("legal_assessor"))
    assert [client.get(api(incident.reference, path)).status_code for path in GETS] == [403] * len(GETS)


@pytest.mark.duty("SHR-7")
def test_the_database_itself_shows_evidence_only_from_the_evidence_grade_on(people: People) -> None:
    incident = filed(people.vela.analyst)
    given(people.vela.analyst, incident)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.SUMMARY)
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    seen = {}
    for house in (people.meridian, people.amal, people.orrin):
        with acting_as(house.analyst.principal):
            seen[house.organisation.slug] = (EvidenceItem.objects.count(), CustodyEntry.objects.count())
    assert seen == {"meridian": (0, 0), "amal": (1, 2), "orrin": (0, 0)}
