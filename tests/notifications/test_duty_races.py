"""Duty, two at once and killed in the middle: one outcome, and nothing lost (ESC-8)."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

from core.tenancy import acting_as
from ledger.models import Entry
from notifications import passing, services
from notifications.models import DutyCall, DutyStep, Notification
from notifications.tasks import pass_on
from organisations.actors import Actor, system_for
from organisations.founding import found_platform
from tests.people import House, People
from tests.races.test_case_and_house import at_once

from .duties import asked_now, called, notice, on_rota, ticks

pytestmark = [pytest.mark.races, pytest.mark.duty("ESC-8")]


def test_acknowledging_and_passing_on_at_once_have_one_outcome(committed_db: str, settings: Any) -> None:
    with transaction.atomic():
        found_platform()
        people = People()
        orrin = people.orrin
        on_rota(orrin, orrin.analyst)
        on_rota(orrin, orrin.coordinator, order=2)
        called(people)
        number = notice(orrin.analyst)
        system = system_for(orrin.organisation.pk)
    with acting_as(system.principal), transaction.atomic():
        call = DutyCall.objects.get().pk
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE notifications_dutycall DISABLE TRIGGER USER")
        cursor.execute("UPDATE notifications_dutycall SET next_at = now() - interval '1 minute'")
        cursor.execute("ALTER TABLE notifications_dutycall ENABLE TRIGGER USER")

    def acknowledge() -> str:
        services.acknowledge(actor=orrin.analyst, notification_id=number)
        return "acknowledged"

    answers = at_once(
        (orrin.analyst, acknowledge), *[(system, lambda: passing.pass_one(system, call)) for _ in range(4)]
    )
    assert answers[0] == "acknowledged" and answers.count("passed") <= 1
    with acting_as(system.principal), transaction.atomic():
        assert DutyCall.objects.get().state == "acknowledged"
        assert DutyStep.objects.count() == 1 + answers.count("passed")
        verbs = list(Entry.objects.filter(verb="duty.passed_on"))
        assert len(verbs) == answers.count("passed")
    with acting_as(orrin.coordinator.principal), transaction.atomic():
        assert not Notification.objects.filter(done_at__isnull=True).exists(), "nobody is left waiting"


def test_a_worker_killed_while_passing_on_leaves_it_to_the_next(committed_db: str, monkeypatch: Any) -> None:
    with transaction.atomic():
        found_platform()
        people = People()
        orrin = people.orrin
        on_rota(orrin, orrin.analyst)
        on_rota(orrin, email="duty@orrin.example", order=2)
        called(people)
    monkeypatch.setattr("notifications.duty.pass_seconds", lambda: 0)

    class Killed(BaseException):
        pass

    def killed(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    mail.outbox.clear()  # what the inbox sent the first contact
    with ticks(60):
        with monkeypatch.context() as context:
            context.setattr(passing, "record", killed)
            with pytest.raises(Killed):
                pass_on()
        assert len(asked(orrin)) == 1
        with monkeypatch.context() as context:
            context.setattr(passing, "send_mail", killed)
            with pytest.raises(Killed):
                pass_on()
        assert len(asked(orrin)) == 2 and mail.outbox == []
        passing.write_to_mailboxes(system(orrin))
        passing.write_to_mailboxes(system(orrin))
        assert len(mail.outbox) == 1


def asked(house: House) -> list[str]:
    with transaction.atomic():
        return asked_now(house)


def system(house: House) -> Actor:
    with transaction.atomic():
        return system_for(house.organisation.pk)
