"""Telling: once, to those concerned, and only while they may see what it is about (SHR-5, SHR-7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from core.tenancy import acting_as
from incidents.models import Incident
from incidents.services import edit_incident, revoke_grant
from ledger.models import Entry
from notifications import errors, selectors, services
from notifications.kinds import KINDS, Kind, Reason, declare
from notifications.mail import people_to_mail, send_to
from notifications.models import Notification
from notifications.services import tell
from notifications.tasks import send_digests, send_each
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Grade
from tests.doors.world import shared
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("SHR-5"), pytest.mark.django_db]

SUMMARY = Kind("test.summary", Reason.ASSIGNED, _("Saved."), _("Saved."), Grade.SUMMARY)
EVIDENCE = Kind("test.evidence", Reason.DEADLINE, "Review of %(subject)s", _("Saved."))


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (SUMMARY, EVIDENCE):
        monkeypatch.setitem(KINDS, kind.code, kind)


def about(incident: Incident, **more: Any) -> dict[str, Any]:
    return {"root_id": incident.pk, "reference": incident.reference, "mark": incident.mark, **more}


def keys(actor: Actor, view: str = "you") -> list[str]:
    with acting_as(actor.principal):
        return [row.key for row in selectors.inbox(actor, view)]


def in_inbox(actor: Actor, key: str) -> int:
    with acting_as(actor.principal):
        return Notification.objects.get(key=key).pk


def test_who_is_told_twice_with_one_key_is_told_once(people: People) -> None:
    vela = people.vela.analyst
    for _again in range(3):
        tell(kind="test.summary", to=[vela.user], key="a")
    tell(kind="test.summary", to=[vela.user], key="b")
    assert keys(vela) == ["b", "a"]
    assert keys(people.vela.coordinator) == []


def test_an_organisation_means_its_coordinators_or_else_its_administrators(people: People) -> None:
    admin, analyst = people.vela.admin, people.vela.analyst
    tell(kind="test.summary", to=[people.vela.organisation], key="first")
    assert keys(admin) == ["first"] and keys(analyst) == []
    first, second = people.vela.coordinator, people.vela.another("coordinator")
    with acting_as(first.principal):
        tell(kind="test.summary", to=[people.vela.organisation], key="second")
    assert keys(admin) == ["first"] and keys(second) == ["second"]
    assert keys(first) == [], "whoever acts is not told through their house"


@pytest.mark.duty("SHR-7")
def test_what_is_about_a_case_is_there_only_while_its_reader_may_see_the_case(people: People) -> None:
    incident = filed(people.vela.analyst)
    orrin = people.orrin.analyst
    tell(kind="test.summary", to=[orrin.user], key="s", **about(incident))
    tell(kind="test.evidence", to=[orrin.user], key="e", subject="F-1", **about(incident))
    assert keys(orrin) == []
    grant = shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    assert keys(orrin) == ["s"]
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    assert keys(orrin) == ["e", "s"]
    seen = in_inbox(orrin, "e")
    with acting_as(people.vela.analyst.principal):
        for each in (grant, incident.incidentgrouppermission_set.exclude(pk=grant.pk).get()):
            revoke_grant(actor=people.vela.analyst, reference=incident.reference, grant_id=each.pk)
    assert keys(orrin) == []
    with acting_as(orrin.principal):
        assert selectors.count_waiting(orrin) == 0 and not Notification.objects.exists()
        for act in (
            services.finish,
            services.open_notification,
            services.undo,
            services.acknowledge,
            services.mute_case,
        ):
            with pytest.raises(NotFound):
                act(actor=orrin, notification_id=seen)


@pytest.mark.duty("SHR-7")
def test_a_share_that_ran_out_silences_before_any_sweep(people: People) -> None:
    incident, orrin = filed(people.vela.analyst), people.orrin.analyst
    shared(
        people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE, until=clock.now() + timedelta(days=1)
    )
    tell(kind="test.summary", to=[orrin.user], key="s", **about(incident))
    assert keys(orrin) == ["s"]
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("UPDATE incidents_access SET until = now() - interval '1 second' WHERE until IS NOT NULL")
        cursor.execute("SET LOCAL ROLE norms_app")
    assert keys(orrin) == []


@pytest.mark.duty("SHR-7")
def test_nobody_reads_or_writes_anothers_inbox(people: People) -> None:
    analyst, other = people.vela.analyst, people.vela.another("analyst")
    tell(kind="test.summary", to=[analyst.user], key="a")
    number = in_inbox(analyst, "a")
    with acting_as(other.principal):
        assert not Notification.objects.exists()
        assert Notification.objects.update(done_at=clock.now()) == 0
        with pytest.raises(NotFound):
            services.finish(actor=other, notification_id=number)
        for statement in (
            f"INSERT INTO notifications_notification SELECT * FROM notifications_notification WHERE id = {number}",
            "INSERT INTO notifications_mute (user_id, root_id, reference) VALUES (%s, 1, 'x')",
            "INSERT INTO notifications_watch (user_id, root_id, reference, subject, url) VALUES (%s, 1, 'x', '', '')",
            "INSERT INTO notifications_preference (user_id, email) VALUES (%s, 'none')",
        ):
            if "%s" not in statement:
                continue
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [analyst.user.pk])
        with pytest.raises(DatabaseError), transaction.atomic():
            Notification.objects.create(
                recipient=other.user, key="forged", kind="test.summary", reason=Reason.ASSIGNED, grade=10
            )
    with acting_as(analyst.principal):
        for field, value in (
            ("key", "b"),
            ("url", "/elsewhere/"),
            ("words", {"n": 1}),
            ("recipient_id", other.user.pk),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                Notification.objects.filter(pk=number).update(**{field: value})
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT notifications_people_of(%s)", [[people.orrin.organisation.pk]])


def test_only_declared_kinds_labels_and_addresses_of_ours_are_told(people: People) -> None:
    to = [people.vela.analyst.user]
    for wrong in (
        {"kind": "test.unknown"},
        {"kind": "test.summary", "url": "https://elsewhere.example/"},
        {"kind": "test.summary", "url": "//elsewhere.example/"},
        {"kind": "test.summary", "words": {"what": "A whole sentence of content. " * 10}},
        {"kind": "test.summary", "words": {"what": {"nested": 1}}},
    ):
        with pytest.raises(ValueError):
            tell(to=to, key="x", **wrong)
    with pytest.raises(ValueError):
        declare(Kind("test.summary", Reason.ASSIGNED, "other words", ""))


def test_done_snooze_mute_and_undo(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    tell(kind="test.summary", to=[analyst.user], key="a", **about(incident))
    tell(kind="test.summary", to=[analyst.user], key="b")
    a, b = in_inbox(analyst, "a"), in_inbox(analyst, "b")
    with acting_as(analyst.principal):
        services.finish(actor=analyst, notification_id=b)
        assert keys(analyst) == ["a"] and keys(analyst, "done") == ["b"]
        services.undo(actor=analyst, notification_id=b)
        services.snooze(actor=analyst, notification_id=b, until=clock.now() + timedelta(hours=1))
        assert keys(analyst) == ["a"] and [told.row.key for told in selectors.later(analyst)] == ["b"]
        with pytest.raises(Invalid):
            services.snooze(actor=analyst, notification_id=b, until=clock.now())
        Notification.objects.filter(pk=b).update(snoozed_until=clock.now() - timedelta(seconds=1))
        assert keys(analyst) == ["b", "a"]
        mute = services.mute_case(actor=analyst, notification_id=a)
        assert keys(analyst) == ["b"]
        tell(kind="test.summary", to=[analyst.user], key="asks", acknowledge=True, **about(incident))
        assert keys(analyst) == ["asks", "b"], "a mute does not silence what asks for an acknowledgement"
        services.unmute(actor=analyst, mute_id=mute.pk)
        assert keys(analyst) == ["asks", "b", "a"]
        with pytest.raises(errors.NoCase):
            services.mute_case(actor=analyst, notification_id=b)


def test_who_has_acknowledged_is_seen_by_whoever_asked_and_nobody_else(people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    orrin, amal = people.orrin.coordinator, people.amal.coordinator
    with acting_as(people.vela.analyst.principal):
        tell(
            kind="test.evidence", to=[people.orrin.organisation, amal.user], key="ask", subject="F-1", acknowledge=True,
            **about(incident),
        )  # fmt: skip
    number = in_inbox(orrin, "ask")
    with acting_as(orrin.principal):
        services.acknowledge(actor=orrin, notification_id=number)
        services.acknowledge(actor=orrin, notification_id=number)
        assert selectors.acknowledgements(["ask"]) == {}
        assert Entry.objects.filter(verb="notification.acknowledged").count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            Notification.objects.filter(pk=number).update(acknowledged_at=None)
    with acting_as(people.vela.admin.principal):
        asked = selectors.acknowledgements(["ask"])["ask"]
        assert [(each.name, each.organisation, each.acknowledged_at is not None) for each in asked] == [
            ("amal coordinator", "", False),
            ("orrin coordinator", "Orrin National CERT", True),
        ]
        assert not Entry.objects.filter(verb="notification.acknowledged").exists(), "the entry is theirs"
    tell(kind="test.summary", to=[orrin.user], key="plain")
    with acting_as(orrin.principal), pytest.raises(errors.NothingAsked):
        services.acknowledge(actor=orrin, notification_id=in_inbox(orrin, "plain"))


def test_watchers_are_told_of_changes_a_row_a_day_and_not_of_their_own(people: People) -> None:
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    orrin, analyst = people.orrin.analyst, people.vela.analyst
    for actor in (orrin, analyst):
        with acting_as(actor.principal):
            services.watch(actor=actor, root_id=incident.pk, reference=incident.reference, url="/x/")
    with acting_as(analyst.principal):
        for version, title in ((1, "One more ward"), (2, "Two more wards")):
            edit_incident(actor=analyst, reference=incident.reference, version=version, facts={"title": title})
    assert keys(analyst, "watching") == []
    with acting_as(orrin.principal):
        (row,) = selectors.inbox(orrin, "watching")
        assert selectors.as_told(row).words == "2 changes; the last: changed the facts"
        assert selectors.count_waiting(orrin) == 0, "watched changes are not counted in the header"
        services.finish(actor=orrin, notification_id=row.pk)
    with acting_as(analyst.principal):
        edit_incident(actor=analyst, reference=incident.reference, version=3, facts={"title": "Three"})
    assert len(keys(orrin, "watching")) == 1, "what is done comes back when there is more"
    with acting_as(orrin.principal):
        services.unwatch(actor=orrin, root_id=incident.pk)
    with acting_as(analyst.principal):
        edit_incident(actor=analyst, reference=incident.reference, version=4, facts={"title": "Four"})
    with acting_as(orrin.principal):
        assert selectors.as_told(Notification.objects.get()).words.startswith("3 changes")


def wants(actor: Actor, email: str) -> None:
    with acting_as(actor.principal):
        services.choose_email(actor=actor, email=email)


def marked(actor: Actor, mark: str) -> Incident:
    return filed(actor, mark=mark)


@pytest.mark.parametrize("mark", ["TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"])
def test_at_amber_and_above_an_email_carries_a_reference_and_a_link_only(people: People, mark: str) -> None:
    analyst = people.vela.analyst
    wants(analyst, "each")
    incident = marked(analyst, mark)
    tell(kind="test.evidence", to=[analyst.user], key="a", subject="F-77", due_at=clock.now(), **about(incident))
    send_each()
    (message,) = mail.outbox
    assert message.to == [analyst.user.email] and message.subject == f"[Norms] {incident.reference}"
    lines = [line for line in str(message.body).splitlines() if line]
    address = f"http://127.0.0.1:8000/inbox/{in_inbox(analyst, 'a')}/open/"
    assert lines[:2] == [incident.reference, address]
    for word in ("Review", "F-77", incident.title):
        assert word not in message.subject + str(message.body)
    send_each()
    assert len(mail.outbox) == 1, "sent once"


def test_below_amber_an_email_says_what_it_is(people: People) -> None:
    analyst = people.vela.analyst
    wants(analyst, "each")
    incident = marked(analyst, "TLP:GREEN")
    tell(kind="test.evidence", to=[analyst.user], key="a", subject="F-77", **about(incident))
    send_each()
    assert f"Review of F-77 ({incident.reference}, F-77)" in str(mail.outbox[0].body)
    assert incident.title not in str(mail.outbox[0].body)


def test_the_mark_a_case_has_now_counts_and_not_only_the_one_it_was_told_with(people: People) -> None:
    analyst = people.vela.analyst
    wants(analyst, "each")
    incident = marked(analyst, "TLP:GREEN")
    tell(kind="test.evidence", to=[analyst.user], key="a", subject="F-77", **about(incident))
    with acting_as(analyst.principal):
        edit_incident(actor=analyst, reference=incident.reference, version=1, facts={"mark": "TLP:RED"})
    send_each()
    assert "F-77" not in mail.outbox[0].subject + str(mail.outbox[0].body)


@pytest.mark.duty("SHR-7")
def test_nothing_is_sent_to_somebody_who_may_not_see_the_case_any_more(people: People) -> None:
    incident, orrin = filed(people.vela.analyst), people.orrin.analyst
    wants(orrin, "each")
    grant = shared(people.vela.analyst, incident, people.orrin.organisation, Grade.EVIDENCE)
    tell(kind="test.evidence", to=[orrin.user], key="a", subject="F-1", **about(incident))
    assert people_to_mail("each") == [orrin.user.pk]
    with acting_as(people.vela.analyst.principal):
        revoke_grant(actor=people.vela.analyst, reference=incident.reference, grant_id=grant.pk)
    send_each()
    assert mail.outbox == []


def test_the_digest_is_one_message_in_the_readers_language(people: People) -> None:
    analyst, silent = people.vela.analyst, people.vela.coordinator
    User.objects.filter(pk=analyst.user.pk).update(language="ar")
    wants(silent, "none")
    for key in ("a", "b", "c"):
        tell(kind="test.summary", to=[analyst.user, silent.user], key=key)
    with acting_as(analyst.principal):
        services.finish(actor=analyst, notification_id=in_inbox(analyst, "c"))
    send_each()
    assert mail.outbox == [], "the digest is what people get who chose nothing"
    send_digests()
    (message,) = mail.outbox
    assert message.to == [analyst.user.email]
    assert str(message.body).count("/open/") == 2 and "حُفظ" in str(message.body)
    send_digests()
    assert len(mail.outbox) == 1


def test_an_address_that_fails_holds_up_nobody_and_is_tried_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst, other = people.vela.analyst, people.vela.coordinator
    wants(analyst, "each")
    wants(other, "each")
    tell(kind="test.summary", to=[analyst.user, other.user], key="a")
    sending: Callable[..., Any] = mail.EmailMessage.send

    def fails(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.to == [analyst.user.email]:
            raise OSError("no route")
        return sending(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", fails)
        send_each()
    assert [message.to for message in mail.outbox] == [[other.user.email]]
    assert send_to(analyst.user.pk, "each") == 1


def test_however_many_are_told_it_is_one_statement(people: People, django_assert_num_queries: Any) -> None:
    house: Organisation = people.vela.organisation
    made = [User.objects.create(email=f"p{n}@x.example", name=f"p{n}") for n in range(200)]
    with django_assert_num_queries(1):
        tell(kind="test.summary", to=[*made, house], key="a")
    assert len(people_to_mail("digest")) == 200
