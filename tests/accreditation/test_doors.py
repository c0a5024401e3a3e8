"""Accreditation by page and by API: the same answers, nothing typed lost."""

from collections.abc import Callable

import pytest
from django.test import Client

from accreditation.models import Attestation
from core.tenancy import acting_as
from organisations.actors import Actor
from organisations.roles import Grade
from tests.accreditation.test_services import sent
from tests.incidents.cases import filed, shared
from tests.people import People, lapse

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-3")]
SignIn = Callable[[Actor], Client]


def test_in_the_browser_from_nothing_to_a_decision(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.ferrow.admin)
    page = client.get("/organisation/accreditation/")
    assert b"not accredited now" in page.content
    begun = client.post("/organisation/accreditation/new/")
    answers = begun["Location"]
    assert begun.status_code == 303
    typed = {"custody_answer": "met", "custody_how": "Half a sentence about our forms"}
    refused = client.post(answers, {**typed, "send": "1"})
    assert refused.status_code == 422
    assert b"Half a sentence about our forms" in refused.content
    assert client.post(answers, typed).status_code == 303
    assert b"Half a sentence about our forms" in client.get(answers).content
    form = client.get(answers).context["form"]
    full = {
        f"{code}_{part}": value
        for code in form.codes
        for part, value in (("answer", "met"), ("how", "In the handbook"))
    }
    to_send = client.post(answers, {**full, "send": "1"})["Location"]
    assert b"Meridian" not in client.get(to_send).content
    assert people.meridian.organisation
    assert b"Meridian" in client.get(to_send).content
    where = client.post(to_send, {"reviewer": people.meridian.organisation.pk})["Location"]
    assert b"With the reviewer" in client.get(where).content
    client = sign_in(people.meridian.admin)
    assert b"Ferrow" in client.get("/organisation/accreditation/").content
    assert b"In the handbook" in client.get(where).content
    assert client.post(f"{where}decide/", {"decision": "accredit"}).status_code == 422
    assert client.post(f"{where}decide/", {"decision": "accredit", "note": "Good"}).status_code == 303
    assert b"Accredited" in client.get(where).content
    assert client.post(f"{where}end/", {"why": "A breach"}).status_code == 303


def test_by_a_program(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.ferrow.admin)
    made = client.post("/api/v1/attestations/").json()
    url = f"/api/v1/attestations/{made['id']}/"
    assert client.post("/api/v1/attestations/").json()["code"] == "attestation_open"
    short = client.post(f"{url}send/", {"reviewer": people.meridian.organisation.slug}, content_type="application/json")
    assert short.status_code == 400
    assert "custody_answer" in short.json()["errors"]
    rules = ("custody", "integrity", "grading", "origins", "marks", "people", "access", "recall", "breach", "law")
    full = {"answers": {code: {"answer": "met", "how": "In our handbook"} for code in rules}}
    assert client.patch(url, full, content_type="application/json").status_code == 200
    own = client.post(f"{url}send/", {"reviewer": "ferrow"}, content_type="application/json")
    assert (own.status_code, own.json()["code"]) == (409, "own_review")
    assert (
        client.post(f"{url}send/", {"reviewer": "meridian"}, content_type="application/json").json()["state"] == "sent"
    )
    assert client.post(f"{url}take-back/").json()["state"] == "draft"
    assert client.post(f"{url}send/", {"reviewer": "meridian"}, content_type="application/json").status_code == 200
    client = sign_in(people.meridian.admin)
    yes = {"accredit": True, "note": "Read it"}
    assert client.post(f"{url}decide/", yes, content_type="application/json").json()["state"] == "accredited"
    assert {row["organisation"]: row["accredited"] for row in client.get("/api/v1/accreditation/").json()}["ferrow"]
    assert client.post(f"{url}end/", {"why": "A breach"}, content_type="application/json").json()["state"] == "ended"
    assert sign_in(people.vela.admin).get(url).status_code == 404


@pytest.mark.duty("SHR-2")
def test_a_share_is_refused_with_the_reason_at_every_door_and_the_form_keeps_what_was_typed(
    people: People, sign_in: SignIn
) -> None:
    incident = filed(people.vela.analyst)
    client = sign_in(people.vela.analyst)
    ferrow = people.ferrow.organisation
    page = client.post(
        f"/incidents/{incident.reference}/sharing/new/",
        {"organisation": ferrow.pk, "grade": "20", "reason": "They know the malware", "role": ""},
    )
    assert page.status_code == 409
    assert b"They know the malware" in page.content and b"not accredited" in page.content
    body = {"organisation": ferrow.slug, "grade": "evidence", "reason": "They know the malware"}
    answer = client.post(f"/api/v1/incidents/{incident.reference}/grants/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_accredited")


@pytest.mark.duty("SHR-2")
def test_what_to_recall_by_page_and_by_program(people: People, sign_in: SignIn) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    client = sign_in(people.vela.analyst)
    assert b"nothing to recall" in client.get("/organisation/shares/recall/").content
    assert client.get("/organisation/shares/recall/amal/").status_code == 404
    lapse(people.amal.organisation)
    assert incident.reference.encode() in client.get("/organisation/shares/recall/").content
    [row] = client.get("/api/v1/shares/recall/").json()
    assert (row["reference"], row["organisation"], row["given_before_accreditation"]) == (
        incident.reference,
        "amal",
        False,
    )
    assert client.get("/organisation/shares/recall/amal/").status_code == 200
    assert client.post("/organisation/shares/recall/amal/").status_code == 303
    assert client.get("/api/v1/shares/recall/").json() == []
    again = client.post("/api/v1/shares/recall/", {"organisation": "amal"}, content_type="application/json")
    assert again.status_code == 404


def test_a_reviewer_writes_nothing_into_it(people: People, sign_in: SignIn) -> None:
    attestation = sent(people.ferrow.admin, people.meridian.admin)
    client = sign_in(people.meridian.admin)
    where = f"/organisation/accreditation/{attestation.pk}/"
    assert client.get(f"{where}answers/").status_code == 404
    assert client.post(f"{where}take-back/").status_code == 409
    assert client.get("/organisation/accreditation/").status_code == 200
    with acting_as(people.ferrow.admin.principal):
        assert Attestation.objects.get(pk=attestation.pk).state == "sent"
