"""Duty: a notice that asks for an answer goes from one contact to the next until somebody gives it (ESC-8)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from incidents import hiding
from incidents.services import revoke_grant
from ledger.models import Entry
from notifications import errors, rota, services
from notifications.models import DutyCall, DutyContact, Notification
from notifications.selectors import acknowledgements
from notifications.tasks import pass_on, send_digests, send_each
from organisations.actors import Actor, system_for
from organisations.founding import found_platform
from organisations.models import Membership
from organisations.roles import Grade
from tests.doors.world import shared
from tests.people import People
from tests.tenancy.test_walls import filed

from .duties import ALWAYS, asked_now, called, notice, on_rota, state, ticks

pytestmark = [pytest.mark.duty("ESC-8"), pytest.mark.duty("SHR-5"), pytest.mark.django_db]
SignIn = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _platform(db: None) -> None:
    found_platform()


def test_it_goes_to_the_first_and_passes_on_until_somebody_acknowledges(people: People, settings: Any) -> None:
    orrin = people.orrin
    first, second = orrin.analyst, orrin.coordinator
    on_rota(orrin, second, order=2)
    on_rota(orrin, first, order=1)
    called(people)
    assert asked_now(orrin) == [str(first.user)]
    pass_on()
    assert asked_now(orrin) == [str(first.user)], "the published time has not passed"
    with ticks(settings.DUTY_PASS_MINUTES + 1):
        pass_on()
        pass_on()
    assert asked_now(orrin) == [str(first.user), str(second.user)]
    with acting_as(second.principal):
        services.acknowledge(actor=second, notification_id=notice(second))
    assert state(orrin) == "acknowledged"
    with ticks(600):
        pass_on()
    assert asked_now(orrin) == [str(first.user), str(second.user)]
    with acting_as(first.principal):
        assert Notification.objects.get(kind="duty.called").done_at is not None, "nobody else need answer"
    with acting_as(people.vela.analyst.principal):
        (seen,) = rota.asked_of(orrin.organisation)
        assert (seen.state, seen.asked, seen.by_whom) == ("acknowledged", 2, str(second.user))
    with acting_as(system_for(orrin.organisation.pk).principal):
        assert list(Entry.objects.filter(verb__startswith="duty.").order_by("pk").values_list("verb", flat=True)) == [
            "duty.contact_added", "duty.contact_added", "duty.passed_on",
        ]  # fmt: skip


def test_when_the_list_ends_the_administrators_and_whoever_asked_are_told(people: People, settings: Any) -> None:
    orrin, vela = people.orrin, people.vela
    on_rota(orrin, orrin.analyst)
    assert vela.coordinator
    called(people)
    with ticks(settings.DUTY_PASS_MINUTES + 1):
        pass_on()
        pass_on()
    assert state(orrin) == "unanswered"
    for person in (orrin.admin, vela.analyst, vela.coordinator):
        with acting_as(person.principal):
            told = Notification.objects.get(kind="duty.unanswered")
            assert told.words == {"house": "Orrin National CERT", "asked": 1}
    # A late answer still counts, once.
    with acting_as(orrin.analyst.principal):
        services.acknowledge(actor=orrin.analyst, notification_id=notice(orrin.analyst))
    assert state(orrin) == "acknowledged"


def test_a_mailbox_is_written_to_once_and_acknowledges_by_its_link(people: People, client: Client) -> None:
    orrin = people.orrin
    on_rota(orrin, email="duty@orrin.example")
    incident = called(people)
    pass_on()
    pass_on()
    (message,) = mail.outbox
    assert message.to == ["duty@orrin.example"]
    assert incident.reference in message.body and "asks your organisation" not in message.body, (
        "AMBER: id and link only"
    )
    path = re.findall(r"http://[^/]+(/duty/\S+)", str(message.body))[0]
    page = client.get(path)
    assert page.status_code == 200 and state(orrin) == "waiting", "mail scanners look at links"
    assert incident.title not in page.content.decode()
    assert client.post(path).status_code == 303
    assert client.post(path).status_code == 303
    assert state(orrin) == "acknowledged"
    with acting_as(system_for(orrin.organisation.pk).principal):
        assert Entry.objects.filter(verb="duty.acknowledged").count() == 1
    with acting_as(people.vela.analyst.principal):
        assert rota.asked_of(orrin.organisation)[0].by_whom == "Mailbox"
    for wrong in (path[:-2] + "/", "/duty/1-1:x/", path.replace("-", "-9", 1)):
        assert client.get(wrong).status_code == 404 == client.post(wrong).status_code


def test_whoever_asked_sees_a_mailbox_among_those_asked(people: People) -> None:
    vela = people.vela
    on_rota(vela, email="duty@vela.example")
    with acting_as(vela.admin.principal):
        services.try_rota(actor=vela.admin)
        key = DutyCall.objects.get().key
        (row,) = acknowledgements([key])[key]
        assert (row.name, row.acknowledged_at) == ("Mailbox", None)


def test_whoever_is_on_duty_is_mailed_at_once_whatever_they_chose(people: People) -> None:
    orrin = people.orrin
    on_rota(orrin, orrin.analyst)
    with acting_as(orrin.analyst.principal):
        services.choose_email(actor=orrin.analyst, email="none")
    called(people)
    services.tell(kind="duty.unanswered", to=[orrin.analyst.user], key="x", words={"house": "a", "asked": 1})
    send_digests()
    assert mail.outbox == []
    send_each()
    assert len(mail.outbox) == 1


def test_where_nobody_is_on_duty_coordinators_are_asked_as_before(people: People) -> None:
    orrin = people.orrin
    assert orrin.coordinator
    yesterday = clock.today() - timedelta(days=1)
    on_rota(orrin, orrin.analyst, until_on=yesterday)
    called(people)
    assert asked_now(orrin) == []
    with acting_as(orrin.coordinator.principal):
        assert Notification.objects.get(kind="duty.called").acknowledge
    with acting_as(orrin.admin.principal), pytest.raises(errors.NobodyOnDuty):
        services.try_rota(actor=orrin.admin)


def test_a_contact_whose_membership_ended_is_not_asked(people: People) -> None:
    orrin = people.orrin
    on_rota(orrin, orrin.analyst)
    with acting_as(orrin.admin.principal):
        Membership.objects.filter(user=orrin.analyst.user).update(until=clock.now())
        assert rota.on_duty(orrin.organisation) == []


def test_a_share_that_ended_stops_the_passing_on(people: People, settings: Any) -> None:
    orrin = people.orrin
    on_rota(orrin, orrin.analyst)
    on_rota(orrin, orrin.coordinator, order=2)
    incident = called(people)
    with acting_as(people.vela.analyst.principal):
        grant = incident.incidentgrouppermission_set.get()
        revoke_grant(actor=people.vela.analyst, reference=incident.reference, grant_id=grant.pk)
    with ticks(settings.DUTY_PASS_MINUTES + 1):
        pass_on()
    assert state(orrin) == "lapsed" and len(asked_now(orrin)) == 1


def test_one_click_twice_is_one_call(people: People) -> None:
    orrin = people.orrin
    on_rota(orrin, orrin.analyst)
    incident = called(people)
    with acting_as(people.vela.analyst.principal):
        services.call_duty(actor=people.vela.analyst, slug="orrin", reference=incident.reference)
    assert len(asked_now(orrin)) == 1


@pytest.mark.duty("SHR-7")
def test_duty_is_known_to_those_who_share_a_case_as_far_as_they_may_know_it(people: People, sign_in: SignIn) -> None:
    """The holder is known to whoever sees the case; who else sees it, to the holder and to overseers alone."""
    vela, orrin, amal, tessera = people.vela, people.orrin, people.amal, people.tessera
    for house in (vela, orrin, amal):
        on_rota(house, house.analyst)
    incident = filed(vela.analyst)

    def answers(reader: Actor) -> list[int]:
        client = sign_in(reader)
        asked = [client.get(f"/organisations/{slug}/duty/").status_code for slug in ("vela", "orrin", "amal")]
        api = [client.get(f"/api/v1/organisations/{slug}/duty/").status_code for slug in ("vela", "orrin", "amal")]
        assert asked == api
        return asked

    assert answers(orrin.analyst) == [404, 200, 404]
    shared(vela.analyst, incident, orrin.organisation, Grade.ASSESS)
    shared(vela.analyst, incident, amal.organisation, Grade.SUMMARY)
    shared(vela.analyst, incident, tessera.organisation, Grade.OVERSEE)
    assert answers(vela.analyst) == [200, 200, 200]
    assert answers(orrin.analyst) == [200, 200, 404]
    assert answers(amal.analyst) == [200, 404, 200]
    assert answers(tessera.analyst) == [200, 200, 200]
    with acting_as(amal.analyst.principal):
        assert rota.on_duty(orrin.organisation) == [], "the database says so too"
        assert not DutyContact.objects.filter(organisation=vela.organisation).exists()
        for reference in ("INC-0000-000000", "nonsense"):
            with pytest.raises(Invalid):
                services.call_duty(actor=amal.analyst, slug="vela", reference=reference)
        with pytest.raises(NotFound):
            services.call_duty(actor=amal.analyst, slug="orrin", reference=incident.reference)


@pytest.mark.duty("SHR-7")
def test_a_case_that_hides_its_organisations_opens_no_duty(people: People, sign_in: SignIn) -> None:
    vela, orrin = people.vela, people.orrin
    on_rota(vela, vela.analyst)
    incident = filed(vela.analyst)
    shared(vela.analyst, incident, orrin.organisation, Grade.ASSESS)
    client = sign_in(orrin.analyst)
    assert client.get("/organisations/vela/duty/").status_code == 200
    with acting_as(vela.coordinator.principal):
        hiding.set_blind(actor=vela.coordinator, reference=incident.reference, hidden=True)
    assert client.get("/organisations/vela/duty/").status_code == 404
    assert "/duty/" not in client.get(f"/incidents/{incident.reference}/").content.decode()


def test_only_administrators_keep_the_rota_and_it_is_never_rewritten(people: People) -> None:
    vela = people.vela
    contact = on_rota(vela, vela.analyst)
    with acting_as(vela.analyst.principal):
        for act in (
            lambda: services.add_contact(actor=vela.analyst, facts=ALWAYS),
            lambda: services.change_contact(actor=vela.analyst, contact_id=contact.pk, facts=ALWAYS),
            lambda: services.end_contact(actor=vela.analyst, contact_id=contact.pk),
            lambda: services.try_rota(actor=vela.analyst),
        ):
            with pytest.raises(NotAllowed):
                act()
    with acting_as(people.orrin.admin.principal), pytest.raises(NotFound):
        services.end_contact(actor=people.orrin.admin, contact_id=contact.pk)
    with acting_as(vela.admin.principal):
        for change in ({"name": "x"}, {"email": "x@example.org"}, {"weekdays": [1]}):
            with pytest.raises(DatabaseError), transaction.atomic():
                DutyContact.objects.filter(pk=contact.pk).update(**change)
        changed = services.change_contact(
            actor=vela.admin, contact_id=contact.pk, facts={**ALWAYS, "person": vela.coordinator.user.pk}
        )
        assert [each.pk for each in rota.contacts_of(vela.admin)] == [changed.pk]
        services.end_contact(actor=vela.admin, contact_id=changed.pk)
        with pytest.raises(NotFound):
            services.end_contact(actor=vela.admin, contact_id=changed.pk)
        for wrong, field in (
            ({"person": people.orrin.analyst.user.pk}, "person"), ({}, "person"), ({"email": "nobody", "name": "a"}, "email"),
            ({"email": "a@b.example"}, "name"), ({"person": vela.analyst.user.pk, "time_zone": "Mars/Olympus"}, "time_zone"),
            ({"person": vela.analyst.user.pk, "weekdays": []}, "weekdays"),
            ({"person": vela.analyst.user.pk, "from_on": date(2026, 2, 2), "until_on": date(2026, 2, 1)}, "until_on"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as caught:
                services.add_contact(actor=vela.admin, facts={**ALWAYS, **wrong})
            assert set(caught.value.fields) == {field}
        with pytest.raises(DatabaseError), transaction.atomic():
            DutyContact.objects.create(
                organisation=vela.organisation, position=1, name="x", email="a@b.example", weekdays=[1], starts=time(0),
                ends=time(0), time_zone="Mars/Olympus",
            )  # fmt: skip


def test_a_person_keeps_the_rota_and_calls_another_on_pages_and_a_program_too(people: People, sign_in: SignIn) -> None:
    orrin, vela = people.orrin, people.vela
    client = sign_in(orrin.admin)
    assert "The rota is empty" in client.get("/organisation/duty/").content.decode()
    facts = {
        "order": "1", "person": str(orrin.admin.user.pk), "weekdays": ["1", "2", "3", "4", "5", "6", "7"], "starts": "00:00",
        "ends": "00:00", "time_zone": "UTC",
    }  # fmt: skip
    wrong = client.post("/organisation/duty/new/", {**facts, "time_zone": "Nowhere", "phone": "+82 2 1234"})
    assert wrong.status_code == 422 and "+82 2 1234" in wrong.content.decode()
    assert client.post("/organisation/duty/new/", facts).status_code == 303
    assert client.post("/organisation/duty/test/").status_code == 303
    page = client.get("/organisation/duty/").content.decode()
    assert "Waiting for an acknowledgement" in page and str(orrin.admin.user) in page
    body = {"email": "duty@orrin.example", "name": "Desk", "weekdays": [1, 2, 3, 4, 5, 6, 7], "order": 2}
    made = client.post("/api/v1/duty/", body, content_type="application/json")
    assert made.status_code == 201
    where = f"/api/v1/duty/{made.json()['id']}/"
    changed = client.put(where, {**body, "order": 3}, content_type="application/json")
    assert (changed.status_code, changed.json()["order"]) == (200, 3)
    assert client.get(where).status_code == 404, "a change is a new line"
    assert [each["order"] for each in client.get("/api/v1/duty/").json()] == [1, 3]
    incident = filed(vela.analyst)
    shared(vela.analyst, incident, orrin.organisation, Grade.SUMMARY)
    caller = sign_in(vela.analyst)
    assert (
        f'href="/organisations/vela/duty/?case={incident.reference}"'
        in caller.get(f"/incidents/{incident.reference}/").content.decode()
    )
    assert caller.post("/organisations/orrin/duty/", {"reference": "INC-1"}).status_code == 422
    assert caller.post("/organisations/orrin/duty/", {"reference": incident.reference}).status_code == 303
    told = caller.get("/api/v1/organisations/orrin/duty/").json()
    assert [each["name"] for each in told["on_duty"]] == [str(orrin.admin.user), "Desk"]
    assert [each["state"] for each in told["calls"]] == ["waiting"]
    client = sign_in(orrin.admin)
    assert len(client.get("/api/v1/duty/calls/").json()) == 2
    assert client.delete(f"/api/v1/duty/{changed.json()['id']}/").status_code == 204


ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Tehran",
]
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 59]))


def expected(contact: dict[str, Any], moment: datetime) -> bool:
    """The rule once more, by way of a wall clock and a calendar."""
    here = moment.astimezone(ZoneInfo(contact["time_zone"]))
    began = here.date()
    hour, starts, ends = here.time().replace(tzinfo=None), contact["starts"], contact["ends"]
    if starts < ends and not starts <= hour < ends:
        return False
    if starts > ends:
        if ends <= hour < starts:
            return False
        if hour < ends:
            began -= timedelta(days=1)
    inside = contact["from_on"] is None or contact["from_on"] <= began
    return (
        began.isoweekday() in contact["weekdays"]
        and inside
        and (contact["until_on"] is None or began <= contact["until_on"])
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.sets(st.integers(1, 7), min_size=1), starts=TIMES, ends=TIMES, zone=st.sampled_from(ZONES),
    first=st.none() | st.dates(date(2026, 3, 20), date(2026, 4, 5)), more=st.none() | st.integers(0, 20),
    moment=st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 10), timezones=st.just(UTC)),  # noqa: DTZ001
)  # fmt: skip
def test_who_is_on_duty_is_what_the_wall_clock_there_says(
    people: People, days: set[int], starts: time, ends: time, zone: str, first: date | None, more: int | None, moment: datetime,
) -> None:  # fmt: skip
    """Through nights, half-hour zones and the changes of the clock in March and April."""
    facts: dict[str, Any] = {
        "weekdays": sorted(days), "starts": starts, "ends": ends, "time_zone": zone, "from_on": first,
        "until_on": first + timedelta(days=more) if first and more is not None else None,
    }  # fmt: skip
    vela = people.vela
    with acting_as(vela.admin.principal), transaction.atomic():
        services.add_contact(actor=vela.admin, facts={**facts, "email": "a@b.example", "name": "x"})
        assert bool(rota.on_duty(vela.organisation, moment)) is expected(facts, moment)
        transaction.set_rollback(True)
