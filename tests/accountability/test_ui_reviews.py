"""The pages of reviews, without a script: ask, wait, see why it failed, take the document."""

from typing import Any

import pytest
from django.test import Client

from accountability.models import Recommendation, Review
from core.clock import today
from core.tenancy import acting_as
from documents.models import Job
from incidents.models import Incident
from organisations.roles import Grade
from tests.evidence.builders import shared
from tests.people import People

from .conftest import Make, asked

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-8")]


def page(incident: Incident, rest: str = "") -> str:
    return f"/incidents/{incident.reference}/reviews/{rest}"


def test_an_empty_list_says_what_to_do_first(people: People, incident: Incident, sign_in: Any) -> None:
    html = sign_in(people.vela.admin).get(page(incident)).content.decode()
    assert "No review yet" in html and page(incident, "new/") in html
    assert html.count("button primary") == 1
    html = sign_in(people.vela.analyst).get(page(incident)).content.decode()
    assert "An administrator or coordinator" in html and page(incident, "new/") not in html


def test_asking_leads_to_a_page_that_waits(people: People, incident: Incident, sign_in: Any) -> None:
    client: Client = sign_in(people.vela.admin)
    form = client.get(page(incident, "new/"))
    assert form.status_code == 200 and b"TLP:GREEN" not in form.content
    answer = client.post(page(incident, "new/"), {"mark": "TLP:AMBER", "language": "en", "what_worked": "Paper."})
    assert (answer.status_code, answer["Location"]) == (303, page(incident, "1/"))
    html = client.get(page(incident, "1/")).content.decode()
    assert "<progress" in html and 'data-hx-trigger="every 2s"' in html and "Look again" in html
    assert "Waiting for a free worker" in html
    with acting_as(people.vela.admin.principal):
        assert Review.objects.get().texts == {"what_worked": "Paper."}


def test_a_wrong_answer_comes_back_with_everything_typed(people: People, incident: Incident, sign_in: Any) -> None:
    answer = sign_in(people.vela.admin).post(
        page(incident, "new/"), {"mark": "TLP:GREEN", "language": "en", "implications": "<b>kept</b>" + "x" * 20_000}
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "&lt;b&gt;kept&lt;/b&gt;" in html and "x" * 20_000 in html
    with acting_as(people.vela.admin.principal):
        assert not Review.objects.exists()


def test_progress_is_asked_for_until_it_ends(people: People, incident: Incident, sign_in: Any, make: Make) -> None:
    review = asked(people.vela.admin, incident)
    client: Client = sign_in(people.vela.admin)
    first = client.get(page(incident, "1/progress/"))
    assert first.content.decode().count('id="review-state"') == 1 and "<html" not in first.content.decode()
    assert client.get(page(incident, "1/progress/"), HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    with acting_as(people.vela.admin.principal):
        Job.objects.filter(pk=review.job_id).update(progress=7)
    moved = client.get(page(incident, "1/progress/"), HTTP_IF_NONE_MATCH=first["ETag"])
    assert moved.status_code == 200 and moved["ETag"] != first["ETag"]
    make(people.vela.admin, incident, mark="TLP:RED")
    ended = client.get(page(incident, "2/progress/")).content.decode()
    assert "every 2s" not in ended and page(incident, "2/document/") in ended


def test_the_document_is_a_file_to_keep(people: People, incident: Incident, sign_in: Any, make: Make) -> None:
    make(people.vela.admin, incident)
    client: Client = sign_in(people.vela.analyst)
    assert page(incident, "1/document/") in client.get(page(incident)).content.decode()
    answer = client.get(page(incident, "1/document/"))
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == f'attachment; filename="{incident.reference}-review-1-en.pdf"'
    assert (
        answer["X-Content-Type-Options"] == "nosniff"
        and answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    )


def test_a_failure_is_seen_with_its_sentence_and_tried_again(people: People, incident: Incident, sign_in: Any) -> None:
    review = asked(people.vela.admin, incident)
    with acting_as(people.vela.admin.principal):
        Job.objects.filter(pk=review.job_id).update(state="failed", error_code="memory")
    html = sign_in(people.vela.analyst).get(page(incident, "1/")).content.decode()
    assert "needed more memory" in html and page(incident, "1/retry/") not in html
    assert sign_in(people.vela.analyst).post(page(incident, "1/retry/")).status_code == 403
    client: Client = sign_in(people.vela.admin)
    assert page(incident, "1/retry/") in client.get(page(incident, "1/")).content.decode()
    assert client.get(page(incident, "1/retry/")).status_code == 405
    assert client.post(page(incident, "1/retry/"))["Location"] == page(incident, "1/")
    assert client.post(page(incident, "1/retry/")).status_code == 409


def test_before_it_is_ready_there_is_nothing_to_take(people: People, incident: Incident, sign_in: Any) -> None:
    asked(people.vela.admin, incident)
    assert sign_in(people.vela.admin).get(page(incident, "1/document/")).status_code == 409


def test_a_recommendation_is_added_and_closed(people: People, incident: Incident, sign_in: Any) -> None:
    client: Client = sign_in(people.vela.admin)
    new, close = page(incident, "recommendations/new/"), page(incident, "recommendations/1/close/")
    wrong = client.post(new, {"kind": "strategic", "text": "Train <b>all</b>.", "owner": "vela", "due": "2001-01-01"})
    assert wrong.status_code == 422 and "must not be in the past" in wrong.content.decode()
    assert "Train &lt;b&gt;all&lt;/b&gt;." in wrong.content.decode()
    assert (
        client.post(new, {"kind": "strategic", "text": "Train all.", "owner": "vela", "due": today()}).status_code
        == 303
    )
    assert "Train all." in client.get(page(incident)).content.decode()
    assert client.get(close).status_code == 200
    assert client.post(close, {"status": "done"}).status_code == 422
    assert client.post(close, {"status": "done", "closing_evidence": "Done in May."}).status_code == 303
    assert client.post(close, {"status": "done", "closing_evidence": "Again."}).status_code == 409
    assert "Done in May." in client.get(page(incident)).content.decode()


PAGES = ["", "new/", "1/", "1/progress/", "1/document/", "recommendations/new/", "recommendations/1/close/"]


@pytest.mark.duty("SHR-7")
def test_another_tenant_and_a_wrong_number_are_not_found(people: People, incident: Incident, sign_in: Any) -> None:
    asked(people.vela.admin, incident)
    client: Client = sign_in(people.orrin.admin)
    for rest in PAGES:
        assert client.get(page(incident, rest)).status_code == 404, rest
    for rest in ("new/", "1/retry/", "recommendations/new/", "recommendations/1/close/"):
        assert client.post(page(incident, rest)).status_code == 404, rest
    client = sign_in(people.vela.admin)
    for rest in ("9/", "9/progress/", "9/document/", "recommendations/9/close/"):
        assert client.get(page(incident, rest)).status_code == 404, rest


def test_a_review_of_another_case_is_not_found_through_this_one(
    people: People, incident: Incident, sign_in: Any
) -> None:
    from tests.tenancy.test_walls import filed

    other = filed(people.vela.analyst)
    asked(people.vela.admin, other)
    assert sign_in(people.vela.admin).get(page(incident, "1/")).status_code == 404


@pytest.mark.parametrize("rest", PAGES)
def test_nobody_comes_in_without_signing_in(incident: Incident, client: Client, rest: str) -> None:
    assert client.get(page(incident, rest)).status_code == 302


def test_the_summary_alone_opens_no_reviews(people: People, incident: Incident, sign_in: Any) -> None:
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    client: Client = sign_in(people.orrin.admin)
    assert client.get(page(incident)).status_code == 403
    assert page(incident) not in client.get(f"/incidents/{incident.reference}/").content.decode()


def test_pages_ask_the_database_no_more_when_there_is_more(
    people: People, incident: Incident, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    admin = people.vela.admin
    with acting_as(admin.principal):
        Recommendation.objects.bulk_create(
            Recommendation(
                incident=incident,
                number=n,
                kind="strategic",
                text="x",
                owner=admin.organisation,
                due=today(),
                added_by=admin.user,
            )
            for n in range(1, 30)
        )
    for n in range(10):
        review = asked(admin, incident)
        with acting_as(admin.principal):
            Job.objects.filter(pk=review.job_id).update(state="failed", error_code="lost")
        assert review.number == n + 1
    client: Client = sign_in(admin)
    client.get(page(incident))
    with django_assert_max_num_queries(12):
        assert client.get(page(incident)).content.decode().count("REV-") >= 10
    with django_assert_max_num_queries(10):
        client.get(page(incident, "1/"))
    with django_assert_max_num_queries(10):
        client.get(page(incident, "1/progress/"))
