"""The API says of reviews what the pages say."""

from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from accountability.services import download_review
from core.clock import today
from core.tenancy import acting_as
from documents.models import Job
from incidents.models import Incident
from tests.people import People

from .conftest import asked

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-8")]
JSON = "application/json"


def api(incident: Incident, rest: str = "reviews/") -> str:
    return f"/api/v1/incidents/{incident.reference}/{rest}"


def test_a_program_asks_waits_and_takes(
    people: People, incident: Incident, sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client: Client = sign_in(people.vela.admin)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            api(incident), {"mark": "TLP:AMBER", "texts": {"implications": "Others run it too."}}, content_type=JSON
        )
    assert answer.status_code == 202 and answer.json()["job"]["state"] == "queued"
    address = answer["Location"]
    assert address.endswith(api(incident, "reviews/1/"))
    ready = client.get(address).json()
    assert ready["job"]["state"] == "done" and ready["document"]["pages"] > 3 and "path" not in ready["document"]
    pdf = client.get(f"{address}document/")
    assert pdf["Content-Type"] == "application/pdf"
    assert sha256(pdf.content).hexdigest() == ready["document"]["sha256"]
    assert client.get(api(incident)).json()["results"][0]["number"] == 1
    with acting_as(people.vela.admin.principal):
        assert download_review(actor=people.vela.admin, reference=incident.reference, number=1)[1] == pdf.content


def test_the_same_errors_with_the_same_codes(people: People, incident: Incident, sign_in: Any) -> None:
    client: Client = sign_in(people.vela.admin)
    low = client.post(api(incident), {"mark": "TLP:CLEAR"}, content_type=JSON)
    assert (low.status_code, low.json()["code"]) == (409, "mark_below_case")
    wrong = client.post(api(incident), {"mark": "TLP:AMBER", "texts": {"findings": "x"}}, content_type=JSON)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
    assert list(wrong.json()["errors"]) == ["findings"]
    assert client.post(api(incident), {"mark": "x"}, content_type=JSON).status_code == 400
    assert client.post(api(incident), {"mark": "TLP:AMBER"}, content_type=JSON).status_code == 202
    early = client.get(api(incident, "reviews/1/document/"))
    assert (early.status_code, early.json()["code"]) == (409, "review_not_ready")
    again = client.post(api(incident, "reviews/1/retry/"))
    assert (again.status_code, again.json()["code"]) == (409, "job_not_failed")
    with acting_as(people.vela.admin.principal):
        Job.objects.update(state="failed", error_code="alt_missing", error_detail="doc:people.svg")
    failed = client.get(api(incident, "reviews/1/")).json()["job"]
    assert (
        failed["error"] == {"code": "alt_missing", "detail": "doc:people.svg"} and "doc:people.svg" in failed["words"]
    )
    assert client.post(api(incident, "reviews/1/retry/")).status_code == 202


@pytest.mark.duty("SHR-7")
def test_another_tenant_finds_nothing_and_a_reader_may_not_ask(
    people: People, incident: Incident, sign_in: Any
) -> None:
    asked(people.vela.admin, incident)
    reads = ["reviews/", "reviews/1/", "reviews/1/document/", "recommendations/", "recommendations/1/"]
    writes = ["reviews/", "reviews/1/retry/", "recommendations/", "recommendations/1/close/"]
    client: Client = sign_in(people.orrin.admin)
    assert {client.get(api(incident, rest)).status_code for rest in reads} == {404}
    assert {client.post(api(incident, rest), {}, content_type=JSON).status_code for rest in writes} == {404}
    client = sign_in(people.vela.analyst)
    assert {client.post(api(incident, rest), {}, content_type=JSON).status_code for rest in writes} == {403}
    assert client.get(api(incident, "reviews/7/")).status_code == 404


def test_recommendations_by_program(people: People, incident: Incident, sign_in: Any) -> None:
    client: Client = sign_in(people.vela.coordinator)
    given = {"kind": "tactical", "text": "Keep paper forms.", "owner": "vela", "due": today().isoformat()}
    stranger = client.post(api(incident, "recommendations/"), {**given, "owner": "orrin"}, content_type=JSON)
    assert (stranger.status_code, list(stranger.json()["errors"])) == (400, ["owner"])
    made = client.post(api(incident, "recommendations/"), given, content_type=JSON)
    assert made.status_code == 201 and made["Location"].endswith(api(incident, "recommendations/1/"))
    close = api(incident, "recommendations/1/close/")
    assert client.post(close, {"status": "open", "closing_evidence": "x"}, content_type=JSON).status_code == 400
    closed = client.post(close, {"status": "dropped", "closing_evidence": "No longer needed."}, content_type=JSON)
    assert closed.json()["status"] == "dropped"
    assert client.post(close, {"status": "done", "closing_evidence": "x"}, content_type=JSON).status_code == 409
    assert [row["number"] for row in client.get(api(incident, "recommendations/")).json()["results"]] == [1]


def test_a_long_list_comes_in_pages(people: People, incident: Incident, sign_in: Any) -> None:
    for _ in range(3):
        review = asked(people.vela.admin, incident)
        with acting_as(people.vela.admin.principal):
            Job.objects.filter(pk=review.job_id).update(state="failed", error_code="lost")
    client: Client = sign_in(people.vela.admin)
    first = client.get(api(incident), {"page_size": 2}).json()
    assert [row["number"] for row in first["results"]] == [3, 2] and first["previous"] is None
    assert [row["number"] for row in client.get(first["next"]).json()["results"]] == [1]
