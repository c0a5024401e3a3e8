"""The inbox by page and by API, without a script; and one's deadlines as a calendar."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar

from core import clock
from core.tenancy import acting_as
from incidents.services import revoke_grant
from ledger.models import Entry
from notifications import services
from notifications.kinds import KINDS, Kind, Reason
from notifications.models import Notification
from notifications.services import tell
from organisations.actors import Actor
from organisations.roles import Grade
from tests.doors.world import shared
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("SHR-5"), pytest.mark.django_db]

SignIn = Callable[[Actor], Client]
VOTE = Kind("test.vote", Reason.VOTE_DUE, "Vote on %(subject)s <b>", _("Saved."), Grade.SUMMARY)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, VOTE.code, VOTE)


def one(actor: Actor, key: str = "a") -> int:
    with acting_as(actor.principal):
        return Notification.objects.get(key=key).pk


def test_a_person_finds_opens_finishes_and_takes_back_on_the_page(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    client = sign_in(analyst)
    assert "Nothing waits for you" in client.get("/inbox/").content.decode()
    tell(
        kind="test.vote", to=[analyst.user], key="a", root_id=incident.pk, reference=incident.reference, mark=incident.mark,
        subject="P-1", url=f"/incidents/{incident.reference}/", due_at=clock.now() - timedelta(hours=1),
    )  # fmt: skip
    number = one(analyst)
    page = client.get("/inbox/").content.decode()
    for words in (
        "Vote on P-1 &lt;b&gt;",
        "Overdue",
        "Vote due",
        "Why am I told this?",
        incident.reference,
        "TLP:AMBER",
    ):
        assert words in page, words
    assert re.search(r'href="/inbox/"[^>]*>Inbox <span class="count"><bdi>1</bdi>', page)
    assert "Vote on" not in client.get("/inbox/?reason=mention").content.decode()
    opened = client.get(f"/inbox/{number}/open/")
    assert (opened.status_code, opened["Location"]) == (303, f"/incidents/{incident.reference}/")
    done = client.post(f"/inbox/{number}/done/", follow=True).content.decode()
    assert "Undo" in done and '<span class="count">' not in done
    assert "Vote on" in client.get("/inbox/?view=done").content.decode()
    client.post(f"/inbox/{number}/undo/")
    later = client.post(f"/inbox/{number}/later/", {"days": "3"}, follow=True).content.decode()
    assert "Comes back:" in later
    assert client.post(f"/inbox/{number}/later/", {"days": "1000"}).status_code == 303
    assert "Acknowledge<" not in later
    client.post(f"/inbox/{number}/undo/")
    muted = client.post(f"/inbox/{number}/mute/", follow=True).content.decode()
    assert "Nothing waits for you" in muted
    page = client.get("/inbox/settings/").content.decode()
    unmute = re.search(r"/inbox/muted/\d+/end/", page)
    assert unmute is not None
    client.post(unmute[0])
    assert "Vote on" in client.get("/inbox/").content.decode()


def told_thrice(actor: Actor) -> list[int]:
    for key in "abc":
        tell(kind="test.vote", to=[actor.user], key=key, subject=f"P-{key}")
    return [one(actor, key) for key in "abc"]


def test_several_are_done_in_one_act_and_taken_back_in_one(people: People, sign_in: SignIn) -> None:
    analyst, client = people.vela.analyst, sign_in(people.vela.analyst)
    first, second, third = told_thrice(analyst)
    assert "Choose first" in client.post("/inbox/done/", {"view": "you"}, follow=True).content.decode()
    page = client.post(
        "/inbox/done/", {"notice": [str(first), str(second), "x", "9" * 30]}, follow=True
    ).content.decode()
    assert "2 done." in page and "Vote on P-c" in page and "Vote on P-a" not in page
    moment = re.search(r'name="together" value="([^"]+)"', page)
    assert moment
    back = client.post("/inbox/undo/", {"together": html.unescape(moment[1])}, follow=True).content.decode()
    assert all(f"Vote on P-{key}" in back for key in "abc")
    # "All" is all that the page showed, never what came while somebody looked at it.
    shown = client.post("/inbox/done/", {"all": "yes", "shown": [str(first), str(third)]}, follow=True).content.decode()
    assert "Vote on P-b" in shown and "Vote on P-c" not in shown
    assert client.post("/inbox/undo/", {"together": "yesterday"}).status_code == 303


def test_nobody_is_done_with_what_somebody_else_was_told(people: People, sign_in: SignIn) -> None:
    mine = told_thrice(people.vela.analyst)
    theirs = sign_in(people.orrin.analyst)
    assert (
        "2 done."
        not in theirs.post("/inbox/done/", {"notice": [str(each) for each in mine]}, follow=True).content.decode()
    )
    answer = theirs.post("/api/v1/inbox/done/", {"notices": mine}, content_type="application/json")
    assert (answer.status_code, answer.json()["done"]) == (200, 0)
    answer = sign_in(people.vela.analyst).post(
        "/api/v1/inbox/done/", {"notices": [*mine, 999_999_999]}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["done"]) == (200, 3)


def test_a_program_does_the_same(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    tell(kind="test.vote", to=[analyst.user], key="a", subject="P-1", acknowledge=False)
    with acting_as(analyst.principal):
        tell(kind="test.vote", to=[analyst.user], key="ask", subject="P-2", acknowledge=True)
    client = sign_in(analyst)
    listed = client.get("/api/v1/inbox/").json()
    assert [row["words"] for row in listed["results"]] == ["Vote on P-2 <b>", "Vote on P-1 <b>"]
    address = f"/api/v1/inbox/{one(analyst)}/"

    def patch(url: str, **body: object) -> tuple[int, dict[str, object]]:
        answer = client.patch(url, body, content_type="application/json")
        return answer.status_code, answer.json()

    assert patch(address, done=True)[1]["done_at"]
    assert [row["subject"] for row in client.get("/api/v1/inbox/?view=done").json()["results"]] == ["P-1"]
    assert patch(address, done=False)[1]["done_at"] is None
    assert patch(address, snoozed_until=(clock.now() + timedelta(days=2)).isoformat())[0] == 200
    assert patch(address, snoozed_until=(clock.now() - timedelta(days=2)).isoformat())[0] == 400
    assert patch(address, acknowledged=True)[0] == 409
    assert patch(address, muted=True)[0] == 409
    assert patch(address, done=True, muted=True)[0] == 400 and patch(address)[0] == 400
    assert patch(f"/api/v1/inbox/{one(analyst, 'ask')}/", acknowledged=True)[1]["acknowledged_at"]
    assert patch("/api/v1/inbox/999999999/", done=True)[0] == 404
    put = client.put("/api/v1/inbox/settings/", {"email": "none"}, content_type="application/json")
    assert put.json() == {"email": "none", "calendar": False, "muted": [], "watched": []}
    assert client.put("/api/v1/inbox/settings/", {"email": "x"}, content_type="application/json").status_code == 400


def test_a_case_is_watched_by_page_and_by_api(people: People, sign_in: SignIn) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    client = sign_in(analyst)
    page = client.post(f"/incidents/{incident.reference}/watch/", {"watch": "on"}, follow=True).content.decode()
    assert "Stop watching" in page
    assert client.get("/api/v1/inbox/settings/").json()["watched"][0]["reference"] == incident.reference
    assert client.delete(f"/api/v1/incidents/{incident.reference}/watch/").status_code == 204
    assert client.put(f"/api/v1/incidents/{incident.reference}/watch/").status_code == 204
    assert client.put(f"/api/v1/incidents/{incident.reference}/watch/").status_code == 204
    settings = client.get("/inbox/settings/").content.decode()
    end = re.search(r"/inbox/watched/\d+/end/", settings)
    assert end is not None
    assert "You watch nothing" in client.post(end[0], follow=True).content.decode()


def test_deadlines_are_a_calendar_at_a_secret_address_that_can_be_ended(people: People, sign_in: SignIn) -> None:
    orrin = people.orrin.analyst
    incident = filed(people.vela.analyst)
    grant = shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    due = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    tell(
        kind="test.vote", to=[orrin.user], key="a", root_id=incident.pk, reference=incident.reference, mark=incident.mark,
        subject="P-1", due_at=due,
    )  # fmt: skip
    tell(kind="test.vote", to=[orrin.user], key="no deadline", subject="P-9")
    client, anybody = sign_in(orrin), Client()
    page = client.post("/inbox/settings/calendar/")
    assert page.status_code == 201
    found = re.search(r"/calendar/[\w-]{40,}\.ics", page.content.decode())
    assert found is not None
    first = found[0]

    def events() -> list[tuple[str, object]]:
        feed = anybody.get(first)
        assert feed["Content-Type"].startswith("text/calendar")
        return [
            (str(event["summary"]), event["dtstart"].dt) for event in Calendar.from_ical(feed.content).walk("VEVENT")
        ]

    assert events() == [(f"{incident.reference} P-1", due)]
    body = anybody.get(first).content.decode()
    assert incident.title not in body and "Vote" not in body
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=incident.reference, grant_id=grant.pk)
    assert events() == [], "a calendar keeps no case its reader may not see"
    assert first not in client.get("/inbox/settings/").content.decode(), "told once"
    second = client.post("/api/v1/inbox/calendar/").json()["address"]
    assert anybody.get(first).status_code == 404 and anybody.get(second).status_code == 200
    assert client.delete("/api/v1/inbox/calendar/").status_code == 204
    assert anybody.get(second).status_code == 404
    assert anybody.get("/calendar/nothing.ics").status_code == 404
    with acting_as(orrin.principal):
        verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
        assert verbs == ["calendar.opened", "calendar.revoked", "calendar.opened", "calendar.revoked"]
        services.end_calendar_address(actor=orrin)
