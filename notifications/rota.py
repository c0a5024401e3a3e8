"""What pages and API read of duty: a house's own rota and calls, and who is on duty at another's, for those who may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotFound
from organisations.actors import Actor
from organisations.models import Organisation

from .models import DutyCall, DutyContact
from .models.duty import WEEKDAYS


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty at this moment, and how to reach them."""

    id: int
    order: int
    name: str
    email: str
    phone: str
    time_zone: str
    starts: time
    ends: time


def on_duty(organisation: Organisation, moment: datetime | None = None) -> list[OnDuty]:
    """Who is asked first, second, … at this moment; nobody, for whoever may not know this house's duty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_duty_now(%s, %s)", [organisation.pk, moment or clock.now()])
        return [OnDuty(*row) for row in cursor.fetchall()]


def knows(organisation: Organisation, root_id: int | None = None) -> bool:
    """Whether the one who asks may know this house's duty: through any case they share, or through this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_knows(%s, %s)", [organisation.pk, root_id])
        return bool(cursor.fetchone()[0])


def house(actor: Actor, slug: str) -> Organisation:
    """An organisation whose duty one may know; 404 otherwise, as for one that does not exist."""
    found = Organisation.objects.filter(slug=slug).first()
    if found is None or not knows(found):
        raise NotFound(slug)
    return found


def contacts_of(actor: Actor) -> list[DutyContact]:
    """The rota of the organisation one acts for, in the order in which its contacts are asked."""
    found = DutyContact.objects.filter(organisation=actor.organisation, ended_at__isnull=True)
    return list(found.select_related("user").order_by("position", "pk"))


def contact_of(actor: Actor, contact_id: int) -> DutyContact:
    """One of them; 404 for another house's, and for one that was ended."""
    found = next((each for each in contacts_of(actor) if each.pk == contact_id), None)
    if found is None:
        raise NotFound(contact_id)
    return found


def calls_of(actor: Actor, most: int = 50) -> list[DutyCall]:
    """What this house was asked, the newest first, with each step."""
    found = DutyCall.objects.filter(organisation=actor.organisation).order_by("-pk")
    return list(found.prefetch_related("steps__contact").select_related("acknowledged_step__contact")[:most])


@dataclass(frozen=True, slots=True)
class Asked:
    """A call one's own organisation made to another: how far it has come."""

    reference: str
    opened_at: datetime
    state: str
    asked: int
    closed_at: datetime | None
    by_whom: str | None

    @property
    def state_label(self) -> str:
        return str(DutyCall.State(self.state).label)


def asked_of(organisation: Organisation) -> list[Asked]:
    """What one's own organisation asked of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_duty_asked_of(%s)", [organisation.pk])
        return [Asked(*row) for row in cursor.fetchall()]


def days_in_words(contact: DutyContact) -> str:
    """Monday, Tuesday, …, or every day."""
    if len(contact.weekdays) == len(WEEKDAYS):
        return _("Every day")
    return ", ".join(str(label) for number, label in WEEKDAYS if number in contact.weekdays)


def contact_as_json(contact: DutyContact) -> dict[str, Any]:
    """A contact as the API tells it."""
    return {
        "id": contact.pk, "order": contact.position, "name": contact.name, "person": contact.user_id, "email": contact.email,
        "phone": contact.phone, "weekdays": contact.weekdays, "starts": contact.starts, "ends": contact.ends,
        "time_zone": contact.time_zone, "from_on": contact.from_on, "until_on": contact.until_on,
    }  # fmt: skip


def call_as_json(call: DutyCall) -> dict[str, Any]:
    """A call with its steps."""
    given: Mapping[str, Any] = call.given
    return {
        "id": call.pk, "kind": given["kind"], "reference": given["reference"], "state": call.state, "opened_at": call.opened_at,
        "next_at": call.next_at, "closed_at": call.closed_at,
        "steps": [
            {"number": step.number, "contact": step.contact.name, "told_at": step.told_at, "mailed_at": step.mailed_at,
             "acknowledged": step.pk == call.acknowledged_step_id}
            for step in call.steps.all()
        ],
    }  # fmt: skip
