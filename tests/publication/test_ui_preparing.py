"""The publishers' pages: begin, look, publish by a second person, discard."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from publication import selectors
from publication.models import Release
from tests.publication.figures import Bureau

pytestmark = [pytest.mark.duty("PUB-2"), pytest.mark.django_db]
PAGES = ["/data/prepare/", "/data/prepare/progress/", "/data/prepare/publish/", "/data/prepare/discard/"]


@pytest.mark.parametrize("page", PAGES)
def test_only_publishers_of_the_secretariat_come_in(bureau: Bureau, sign_in: Any, client: Any, page: str) -> None:
    bureau.cases(4)
    bureau.prepare()
    assert client.get(page).status_code == 302
    for house, role in (
        ("vela", "analyst"),
        ("vela", "publisher"),
        ("secretariat", "org_admin"),
        ("secretariat", "researcher"),
    ):
        assert sign_in(getattr(bureau.people, house).person(role)).get(page).status_code == 403
    assert sign_in(bureau.first).get(page).status_code == 200


def test_a_release_goes_from_form_to_public_by_two_people(bureau: Bureau, sign_in: Any, on_commit: Any) -> None:
    bureau.cases(12)
    client = sign_in(bureau.first)
    assert b"Count the cases" in client.get("/data/prepare/").content
    with on_commit():
        answer = client.post("/data/prepare/", {"key_points": "Twelve.", "revision_notes": ""})
    assert (answer.status_code, answer["Location"]) == (303, "/data/prepare/")
    page = client.get("/data/prepare/").content.decode()
    assert "Disclosure check passed" in page
    assert "Another publisher has to read and publish it." in page
    assert 'href="/data/prepare/publish/"' not in page
    assert client.post("/data/prepare/publish/", {"read": "on"}).status_code == 409

    client = sign_in(bureau.second)
    assert 'href="/data/prepare/publish/"' in client.get("/data/prepare/").content.decode()
    refused = client.post("/data/prepare/publish/", {})
    assert refused.status_code == 422
    assert b"Read the figures first" in refused.content
    answer = client.post("/data/prepare/publish/", {"read": "on"})
    release = selectors.published().release
    assert (answer.status_code, answer["Location"]) == (303, f"/data/releases/{release.version}/")
    assert release.key_points == "Twelve."


def test_while_it_is_counted_the_page_says_so(bureau: Bureau, sign_in: Any) -> None:
    client = sign_in(bureau.first)
    client.post("/data/prepare/", {})
    assert b"Counting the cases" in client.get("/data/prepare/").content
    assert b"every 2s" in client.get("/data/prepare/progress/").content
    assert client.post("/data/prepare/", {"key_points": "again"}).status_code == 409
    assert client.post("/data/prepare/again/").status_code == 409


def test_a_lost_counting_can_be_sent_again(bureau: Bureau, sign_in: Any, on_commit: Any, time_machine: Any) -> None:
    client = sign_in(bureau.first)
    client.post("/data/prepare/", {})
    release = Release.objects.filter(status="preparing")
    time_machine.move_to(clock.now() + timedelta(minutes=5))
    assert b"Send it to a worker again" in client.get("/data/prepare/").content
    with on_commit():
        assert client.post("/data/prepare/again/").status_code == 303
    assert not release.exists()
    assert b"Disclosure check passed" in client.get("/data/prepare/").content


def test_what_was_typed_is_kept_when_a_rule_says_no(bureau: Bureau, sign_in: Any) -> None:
    bureau.cases(12)
    bureau.publish()
    answer = sign_in(bureau.first).post("/data/prepare/", {"key_points": "Keep <me>.", "revision_notes": ""})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Keep &lt;me&gt;." in html
    assert "Say what is revised and why." in html


def test_a_release_is_discarded_with_a_reason(bureau: Bureau, sign_in: Any) -> None:
    bureau.prepare()
    client = sign_in(bureau.first)
    assert client.post("/data/prepare/discard/", {"reason": ""}).status_code == 422
    assert client.post("/data/prepare/discard/", {"reason": "Counted too early."}).status_code == 303
    page = client.get("/data/prepare/").content.decode()
    assert "Counted too early." in page
    assert client.get("/data/prepare/publish/").status_code == 404
