"""Verification reports by page and by program: ask, wait, see why it failed, take it. The same answers at both doors."""

# ruff: noqa: F811  (the fixture `ground` is imported and asked for)
from typing import Any

import pytest
from django.test import Client

from accountability.models import VerificationReport
from core.tenancy import acting_as
from documents.models import Job
from incidents.models import Incident
from organisations.roles import Grade
from tests.attribution.ground import Ground, ground  # noqa: F401
from tests.evidence.builders import shared

from .test_verification import Made, asked, make, opened_up, unset  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-13")]


def page(ground: Ground, rest: str = "", label: str = "F-1") -> str:
    return f"/incidents/{ground.reference}/attribution/findings/{label}/verification/{rest}"


def api(ground: Ground, rest: str = "", label: str = "F-1") -> str:
    return f"/api/v1{page(ground, rest, label)}"


def test_a_person_asks_and_takes_it_without_a_script(ground: Ground, sign_in: Any, make: Made) -> None:
    ground.ready()
    client: Client = sign_in(ground.analyst)
    assert page(ground) in client.get(f"/incidents/{ground.reference}/attribution/findings/F-1/").content.decode()
    html = client.get(page(ground)).content.decode()
    assert "asked for no report of this finding yet" in html and "TLP:GREEN" not in html
    assert html.count("button") and html.count('class="primary"') == 1
    answer = client.post(page(ground), {"mark": "TLP:AMBER", "language": "en"})
    assert answer.status_code == 303
    with acting_as(ground.analyst.principal):
        code = VerificationReport.objects.get().code
    assert answer["Location"] == page(ground, f"{code}/")
    html = client.get(page(ground, f"{code}/")).content.decode()
    assert "<progress" in html and 'data-hx-trigger="every 2s"' in html and "Look again" in html
    part = client.get(page(ground, f"{code}/progress/"))
    assert part.status_code == 200 and "<html" not in part.content.decode()
    assert client.get(page(ground, f"{code}/progress/"), HTTP_IF_NONE_MATCH=part["ETag"]).status_code == 304
    assert client.get(page(ground, f"{code}/document/")).status_code == 409
    assert client.get(page(ground, f"{code}/data/")).status_code == 409


@pytest.mark.usefixtures("unset")
def test_it_leaves_as_a_file_to_keep(ground: Ground, sign_in: Any, make: Made) -> None:
    ground.ready()
    code = make(ground.analyst).code
    client: Client = sign_in(ground.people.vela.admin)
    html = client.get(page(ground, f"{code}/")).content.decode()
    assert "every 2s" not in html and page(ground, f"{code}/document/") in html
    for rest, kind, start in (("document/", "pdf", b"%PDF"), ("data/", "json", b"{")):
        answer = client.get(page(ground, f"{code}/{rest}"))
        assert answer.content.startswith(start) and answer["Content-Type"] == f"application/{kind}"
        assert answer["Content-Disposition"].startswith(
            f'attachment; filename="{ground.reference}-F-1-verification-{code}'
        )
        assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
        assert client.get(api(ground, f"{code}/{rest}")).content == answer.content


def test_a_failure_is_seen_with_its_sentence_and_tried_again(ground: Ground, sign_in: Any) -> None:
    ground.ready()
    report = asked(ground, ground.analyst)
    with acting_as(ground.analyst.principal):
        Job.objects.filter(pk=report.job_id).update(
            state="failed", error_code="above_mark", error_detail="E-2 (TLP:RED)"
        )
    client: Client = sign_in(ground.analyst)
    html = client.get(page(ground, f"{report.code}/")).content.decode()
    assert "would contain something marked above its own mark: E-2 (TLP:RED)" in html
    assert client.post(page(ground, f"{report.code}/retry/"))["Location"] == page(ground, f"{report.code}/")
    assert client.post(page(ground, f"{report.code}/retry/")).status_code == 409
    assert client.post(api(ground, f"{report.code}/retry/")).status_code == 409


@pytest.mark.parametrize("mark", ["TLP:PINK", ""])
def test_what_cannot_be_asked_is_said_beside_its_field(ground: Ground, sign_in: Any, mark: str) -> None:
    ground.ready()
    client: Client = sign_in(ground.analyst)
    assert client.post(page(ground), {"mark": mark, "language": "en"}).status_code == 422
    answer = client.post(api(ground), {"mark": mark}, content_type="application/json")
    assert answer.status_code == 400 and "mark" in answer.content.decode()
    assert (
        client.post(api(ground), {"mark": "TLP:RED", "language": "tlh"}, content_type="application/json").status_code
        == 400
    )


def test_a_rule_that_says_no_says_it_at_both_doors(ground: Ground, sign_in: Any) -> None:
    ground.ready()
    opened_up(ground)
    client: Client = sign_in(ground.analyst)
    answer = client.post(page(ground), {"mark": "TLP:CLEAR", "language": "ar"})
    assert answer.status_code == 409 and "right of reply" in answer.content.decode()
    assert (
        'value="TLP:CLEAR" checked' in " ".join(answer.content.decode().split()) or "checked" in answer.content.decode()
    )
    answer = client.post(api(ground), {"mark": "TLP:CLEAR"}, content_type="application/json")
    assert answer.status_code == 409 and answer.json()["code"] == "reply_awaited"
    with acting_as(ground.analyst.principal):
        Incident.objects.filter(pk=ground.incident.pk).update(mark="TLP:AMBER")
    answer = client.post(api(ground), {"mark": "TLP:GREEN"}, content_type="application/json")
    assert answer.status_code == 409 and answer.json()["code"] == "verification_mark_below_case"


@pytest.mark.usefixtures("unset")
def test_a_program_asks_polls_and_takes_it(
    ground: Ground, sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    ground.ready()
    client: Client = sign_in(ground.analyst)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(api(ground), {"mark": "TLP:RED", "language": "ar"}, content_type="application/json")
    assert answer.status_code == 202 and answer.json()["job"]["state"] == "queued"
    found = client.get(answer["Location"]).json()
    assert found["job"]["state"] == "done" and found["document"]["mark"] == "TLP:RED" and found["language"] == "ar"
    assert client.get(api(ground)).json()["results"] == [found]
    data = client.get(api(ground, f"{found['code']}/data/")).json()
    assert data["report"] == found["document"]["reference"] and data["mark"] == "TLP:RED"


@pytest.mark.duty("SHR-7")
def test_another_tenant_another_case_and_a_wrong_code_are_not_found(ground: Ground, sign_in: Any) -> None:
    ground.ready()
    code = asked(ground, ground.analyst).code
    shared(ground.analyst, ground.incident, ground.people.palaver.organisation, Grade.SUMMARY)
    for who, status in ((ground.people.orrin.admin, 404), (ground.people.palaver.person("legal_assessor"), 403)):
        client: Client = sign_in(who)
        for door in (page, api):
            for rest in ("", f"{code}/", f"{code}/document/", f"{code}/data/"):
                assert client.get(door(ground, rest)).status_code == status, rest
            assert client.post(door(ground)).status_code == status
            assert client.post(door(ground, f"{code}/retry/")).status_code == status
    client = sign_in(ground.analyst)
    for door in (page, api):
        for rest in ("", f"{code}/", f"{code}/document/", f"{code}/data/"):
            assert client.get(door(ground, rest, "F-9")).status_code == 404, rest
        for rest in ("NOSUCH22/", "NOSUCH22/document/", "NOSUCH22/data/"):
            assert client.get(door(ground, rest)).status_code == 404, rest
        assert client.post(door(ground, "NOSUCH22/retry/")).status_code == 404


def test_pages_ask_the_database_no_more_when_there_is_more(
    ground: Ground, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    ground.ready()
    for _each in range(6):
        report = asked(ground, ground.analyst)
        with acting_as(ground.analyst.principal):
            Job.objects.filter(pk=report.job_id).update(state="failed", error_code="lost")
    client: Client = sign_in(ground.analyst)
    client.get(page(ground))
    with django_assert_max_num_queries(11):
        assert client.get(page(ground)).content.decode().count("VR-") >= 6
    with django_assert_max_num_queries(11):
        client.get(page(ground, f"{report.code}/"))
    with django_assert_max_num_queries(11):
        client.get(page(ground, f"{report.code}/progress/"))
