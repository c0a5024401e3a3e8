"""A rota with people on it, and a call to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from core.tenancy import acting_as
from incidents.models import Incident
from notifications import services
from notifications.models import DutyCall, DutyContact, DutyStep, Notification
from organisations.actors import Actor
from organisations.roles import Grade
from tests.doors.world import shared
from tests.people import House, People
from tests.tenancy.test_walls import filed

ALWAYS = {"weekdays": [1, 2, 3, 4, 5, 6, 7]}


def on_rota(house: House, person: Actor | None = None, email: str = "", order: int = 1, **more: Any) -> DutyContact:
    facts = {**ALWAYS, "order": order, "email": email, "name": "Mailbox" if email else "", **more}
    with acting_as(house.admin.principal):
        return services.add_contact(actor=house.admin, facts={**facts, "person": person.user.pk if person else None})


def called(people: People) -> Incident:
    """Vela calls Orrin's duty about a case they share."""
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.orrin.organisation, Grade.SUMMARY)
    with acting_as(people.vela.analyst.principal):
        services.call_duty(actor=people.vela.analyst, slug=people.orrin.organisation.slug, reference=incident.reference)
    return incident


def asked_now(house: House) -> list[str]:
    """Who was asked, in turn."""
    with acting_as(house.admin.principal):
        return [step.contact.name for step in DutyStep.objects.select_related("contact").order_by("pk")]


def state(house: House) -> str:
    with acting_as(house.admin.principal):
        return DutyCall.objects.get().state


def notice(actor: Actor) -> int:
    with acting_as(actor.principal):
        return Notification.objects.get(kind__startswith="duty.called").pk


def ticks(minutes: int) -> Any:
    return time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=False)
