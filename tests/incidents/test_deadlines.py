"""Every deadline of a case in one place; stopped only with a reason, and told before and after (SHR-5)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from icalendar import Calendar

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from core.terms import resumed
from escalation import services as escalation
from incidents import errors, moving
from incidents.access import case_for
from incidents.deadlines import CLOCKS, Shown, of_case, of_house
from incidents.models import DeadlineChange, Incident
from incidents.tasks import remind_deadlines
from ledger.models import Entry
from notifications.models import Notification
from notifications.services import make_calendar_address
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.roles import Grade
from remediation import services as remediation
from remediation.models import RemediationTask
from tests.attribution.ground import Ground
from tests.doors.world import shared
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("SHR-5"), pytest.mark.django_db]
SignIn = Callable[[Actor], Client]
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True)
def _platform(db: None) -> None:
    found_platform()


@pytest.fixture
def monday() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def tasked(people: People, due: date) -> Incident:
    analyst = people.vela.analyst
    incident = filed(analyst)
    with acting_as(analyst.principal):
        remediation.add_task(
            actor=analyst, reference=incident.reference,
            task={"title": "Rebuild", "organisation": people.vela.organisation.slug, "due": due.isoformat()},
        )  # fmt: skip
    return incident


def seen(actor: Actor, incident: Incident) -> list[Shown]:
    with acting_as(actor.principal):
        return of_case(case_for(actor, incident.reference))


def codes(actor: Actor, incident: Incident) -> list[str]:
    return [row.clock.code for row in seen(actor, incident)]


def test_a_case_shows_what_is_due_to_each_as_far_as_they_may_see_it(people: People) -> None:
    vela = people.vela
    incident = tasked(people, clock.today() + timedelta(days=5))
    ground = Ground(people, incident)
    ground.ready()
    ground.convened()
    with acting_as(vela.coordinator.principal):
        measure = escalation.propose_measure(
            actor=vela.coordinator, reference=incident.reference,
            proposal={"code": "R02", "title": "Block", "expires_on": (clock.today() + timedelta(days=20)).isoformat()},
        )  # fmt: skip
    found = codes(vela.analyst, incident)
    assert {"task.due", "finding.review", "panel.opinions"} <= set(found)
    assert ("measure.end" in found) is (measure.status in ("approved", "in_force"))
    assert [row.due.due_at for row in seen(vela.analyst, incident)] == sorted(
        row.due.due_at for row in seen(vela.analyst, incident)
    )
    shared(vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    assert codes(people.orrin.analyst, incident) == ["task.due"]
    with acting_as(people.amal.analyst.principal), pytest.raises(NotFound):
        case_for(people.amal.analyst, incident.reference)
    with acting_as(vela.analyst.principal):
        mine = {row.clock.code for row in of_house(vela.analyst, clock.now() + timedelta(days=90))}
    with acting_as(people.orrin.analyst.principal):
        assert of_house(people.orrin.analyst, clock.now() + timedelta(days=90)) == []
    assert "task.due" in mine


def test_every_clock_says_what_it_is_and_only_some_can_be_moved() -> None:
    assert {code for code, found in CLOCKS.items() if found.move} == {"task.due", "panel.opinions"}
    assert set(CLOCKS) == {
        "finding.review", "panel.opinions", "reply.awaited", "measure.review", "measure.end", "task.due", "recommendation.due",
    }  # fmt: skip


def test_a_pause_keeps_the_working_time_that_was_left_and_says_who_when_and_why(people: People, monday: Any) -> None:
    vela = people.vela
    incident = tasked(people, date(2026, 12, 3))
    reference, due = incident.reference, datetime(2026, 12, 3, 23, 59, 59, tzinfo=UTC)
    until = NOW + timedelta(days=4)  # over to Friday
    named: dict[str, Any] = {"actor": vela.analyst, "reference": reference, "code": "task.due", "key": "R-1"}
    with acting_as(vela.analyst.principal):
        change = moving.pause_deadline(**named, until=until, reason="The site is shut.")
        moved = resumed(due, NOW, until, "")
        assert change.due_after.date() == moved.date() == date(2026, 12, 9)
        (row,) = of_case(case_for(vela.analyst, reference))
        assert row.paused == change and row.due.due_at == change.due_after
        assert RemediationTask.objects.get().due == date(2026, 12, 9)
        again: list[Callable[[], Any]] = [
            lambda: moving.pause_deadline(**named, until=until, reason="Again"),
            lambda: moving.extend_deadline(**named, to=until + timedelta(days=30), reason="Again"),
        ]
        for act in again:
            with pytest.raises(errors.DeadlinePaused):
                act()
        monday.shift(timedelta(days=1))
        back = moving.resume_deadline(**named)
        assert back.due_after.date() == date(2026, 12, 4) and back.ends == change
        with pytest.raises(errors.DeadlineNotPaused):
            moving.resume_deadline(**named)
        assert list(Entry.objects.filter(verb__startswith="deadline.").order_by("pk").values_list("verb", flat=True)) == [
            "deadline.paused", "deadline.resumed",
        ]  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            DeadlineChange.objects.update(reason="x")


def test_nothing_is_moved_without_a_reason_nor_to_where_it_cannot_go(people: People, monday: Any) -> None:
    vela = people.vela
    incident = tasked(people, date(2026, 12, 3))
    named: dict[str, Any] = {"actor": vela.analyst, "reference": incident.reference, "code": "task.due", "key": "R-1"}
    with acting_as(vela.analyst.principal):
        refused: list[tuple[Callable[[], Any], str]] = [
            (lambda: moving.pause_deadline(**named, until=NOW + timedelta(days=1), reason=" "), "reason"),
            (lambda: moving.pause_deadline(**named, until=NOW, reason="a"), "until"),
            (lambda: moving.pause_deadline(**named, until=NOW + timedelta(days=91), reason="a"), "until"),
            (lambda: moving.extend_deadline(**named, to=NOW + timedelta(days=1), reason="a"), "to"),
            (lambda: moving.extend_deadline(**named, to=NOW + timedelta(days=400), reason="a"), "to"),
            (lambda: moving.extend_deadline(**named, to=NOW + timedelta(days=40), reason=""), "reason"),
        ]
        for act, field in refused:
            with pytest.raises(Invalid) as caught:
                act()
            assert set(caught.value.fields) == {field}
        assert not DeadlineChange.objects.exists()
        moving.extend_deadline(**named, to=NOW + timedelta(days=10), reason="More to do")
        assert RemediationTask.objects.get().due == date(2026, 12, 10)
        with pytest.raises(NotFound):
            moving.extend_deadline(**{**named, "key": "R-9"}, to=NOW + timedelta(days=40), reason="a")
        with pytest.raises(NotFound):
            moving.extend_deadline(**{**named, "code": "no.such"}, to=NOW + timedelta(days=40), reason="a")
        monday.shift(timedelta(days=30))
        with pytest.raises(errors.DeadlinePassed):
            moving.pause_deadline(**named, until=clock.now() + timedelta(days=1), reason="a")
    shared(vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    with acting_as(people.orrin.analyst.principal), pytest.raises(NotAllowed):
        moving.extend_deadline(
            **{**named, "actor": people.orrin.analyst}, to=clock.now() + timedelta(days=9), reason="a"
        )


def test_what_a_rule_sets_is_not_moved_here(people: People) -> None:
    incident = filed(people.vela.analyst)
    ground = Ground(people, incident)
    ground.ready()
    (review,) = [row for row in seen(people.vela.analyst, incident) if row.clock.code == "finding.review"]
    with acting_as(people.vela.analyst.principal), pytest.raises(errors.DeadlineFixed):
        moving.extend_deadline(
            actor=people.vela.analyst, reference=incident.reference, code="finding.review", key=review.due.key,
            to=clock.now() + timedelta(days=300), reason="a",
        )  # fmt: skip


def told(actor: Actor) -> list[tuple[str, str]]:
    with acting_as(actor.principal):
        rows = Notification.objects.filter(kind__startswith="deadline.").order_by("pk")
        return [(row.kind, row.subject) for row in rows]


def test_whoever_answers_for_it_is_told_before_and_after_once_for_each_date(people: People, monday: Any) -> None:
    coordinator = people.vela.coordinator
    incident = tasked(people, date(2026, 12, 4))
    remind_deadlines()
    assert told(coordinator) == [], "four working days ahead"
    monday.shift(timedelta(days=1))
    remind_deadlines()
    remind_deadlines()
    assert told(coordinator) == [("deadline.due", "R-1")]
    monday.shift(timedelta(days=5))
    remind_deadlines()
    remind_deadlines()
    assert told(coordinator) == [("deadline.due", "R-1"), ("deadline.overdue", "R-1")]
    assert told(people.orrin.coordinator) == []
    (row,) = seen(people.vela.analyst, incident)
    assert row.overdue


def test_a_calendar_shows_the_deadlines_of_ones_house(people: People, client: Client, monday: Any) -> None:
    analyst = people.vela.analyst
    incident = tasked(people, date(2026, 12, 4))
    other = people.orrin.analyst
    for person, expected in ((analyst, 1), (other, 0)):
        with acting_as(person.principal):
            secret = make_calendar_address(actor=person)
        feed = client.get(f"/calendar/{secret}.ics").content
        events = list(Calendar.from_ical(feed).walk("VEVENT"))
        assert len(events) == expected
        if events:
            assert events[0]["summary"] == f"{incident.reference} R-1"
            assert incident.title not in feed.decode()


def test_a_person_pauses_puts_off_and_reads_why_on_the_page_and_a_program_too(people: People, sign_in: SignIn) -> None:
    vela = people.vela
    soon = clock.today() + timedelta(days=10)
    incident = tasked(people, soon)
    client = sign_in(vela.analyst)
    where = f"/incidents/{incident.reference}/deadlines/"
    one = f"{where}task.due/R-1/"
    assert "Pause or put off" in client.get(where).content.decode()
    until = f"{soon + timedelta(days=20):%Y-%m-%d}T12:00"
    wrong = client.post(one, {"act": "extend", "until": until, "reason": ""})
    assert wrong.status_code == 422 and "Say why." in wrong.content.decode() and until in wrong.content.decode()
    assert client.post(one, {"act": "extend", "until": until, "reason": "The parts are late"}).status_code == 303
    assert "The parts are late" in client.get(where).content.decode()
    assert client.post(one, {"act": "pause", "until": until, "reason": "Strike"}).status_code == 303
    assert "Paused until" in client.get(one).content.decode()
    assert incident.reference in client.get("/deadlines/").content.decode()
    api = f"/api/v1/incidents/{incident.reference}/deadlines/"
    (row,) = client.get(api).json()
    assert row["paused_until"] is not None and row["movable"]
    moved = client.post(f"{api}task.due/R-1/", {"act": "resume"}, content_type="application/json")
    assert moved.status_code == 201 and [each["act"] for each in moved.json()["changes"]] == [
        "resumed",
        "paused",
        "extended",
    ]
    refused = client.post(f"{api}task.due/R-1/", {"act": "resume"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "deadline_not_paused")
    assert client.post(f"{api}task.due/R-1/", {"act": "pause"}, content_type="application/json").status_code == 400
    assert [each["reference"] for each in client.get("/api/v1/deadlines/").json()] == [incident.reference]
    shared(vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    reader = sign_in(people.orrin.analyst)
    assert reader.get(one).status_code == 200 and "Move it" not in reader.get(one).content.decode()
    assert reader.post(one, {"act": "extend", "until": until, "reason": "a"}).status_code == 403
    assert sign_in(people.amal.analyst).get(where).status_code == 404
