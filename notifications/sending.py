"""Sending to webhooks: claimed, sent outside any transaction, noted. Killed in the middle, it is sent again with the same id.

Each attempt asks again what the organisation may see at this moment, and sends nothing when that is not the case any more.
"""

import random
import time
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.urls import reverse

from core import clock, outward, vault
from ledger.services import record
from organisations.actors import Actor, acting, system_for

from . import hooks
from .models import Attempt, Delivery, Endpoint
from .passing import administrators

log = structlog.get_logger(__name__)
PURPOSE = "webhooks"
# Handed out at one tick: in all, and of one endpoint.
MOST, OF_EACH = 500, 50
GONE = 410


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent, with what is needed to note its end."""

    delivery_id: int
    endpoint_id: int
    tries: int
    url: str
    text: str
    headers: dict[str, str]


def take() -> list[tuple[int, int]]:
    """What is due now, each with its organisation; handed out again only after two minutes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_deliveries_take(%s, %s, %s)", [clock.now(), MOST, OF_EACH])
        return [(delivery, organisation) for delivery, organisation in cursor.fetchall()]


def secrets_of(endpoint_id: int, at: datetime) -> list[str]:
    """The secrets in force, the current one first."""
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    found = endpoint.secrets.filter(live).order_by(F("expires_at").desc(nulls_first=True))
    return [vault.open_(each.sealed, PURPOSE) for each in found]


def marks_for(house: int, delivery: Delivery) -> list[str] | None:
    """The marks that bind a message: as told and as now; None when the organisation may not see the case any more."""
    if delivery.root_id is None:
        return [delivery.mark]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_mark_for(%s, %s, %s)", [house, delivery.root_id, delivery.grade])
        row = cursor.fetchone()
    return [delivery.mark, row[0]] if row else None


def claim(system: Actor, delivery_id: int) -> Message | None:
    """Takes one delivery for this worker alone and makes its message; None when there is nothing to send."""
    now = clock.now()
    with acting(system):
        ours = Delivery.objects.filter(
            pk=delivery_id, state=Delivery.State.PENDING, next_at__lte=now, endpoint__disabled_at__isnull=True,
            endpoint__ended_at__isnull=True,
        )  # fmt: skip
        found = ours.select_for_update(of=("self",), skip_locked=True).first()
        marks = marks_for(system.organisation.pk, found) if found else None
        if found is None or marks is None:
            # Somebody else has it, or its case was taken away and the row with it: then it is noted as withheld.
            with connection.cursor() as cursor:
                cursor.execute("SELECT notifications_withhold(%s, %s)", [delivery_id, now])
            return None
        found.next_at, found.tries = now + hooks.LEASE, found.tries + 1
        found.save(update_fields=["next_at", "tries"])
        path = found.url or reverse("webhook", args=[found.endpoint_id])
        text = hooks.body(
            kind=found.kind, message_id=found.message_id, made_at=found.made_at, reference=found.reference,
            link=f"{settings.BASE_URL}{path}", marks=marks, subject=found.subject, due_at=found.due_at,
        )  # fmt: skip
        signed = hooks.headers(found.message_id, now, text, secrets_of(found.endpoint_id, now))
        endpoint = Endpoint.objects.get(pk=found.endpoint_id)
        return Message(found.pk, endpoint.pk, found.tries, endpoint.url, text, dict(signed))


def deliver_one(delivery_id: int, organisation_id: int) -> str:
    """Claims, sends and notes one delivery; the state it is in then, or nothing when there was nothing to send."""
    with transaction.atomic():
        system = system_for(organisation_id)
    message = claim(system, delivery_id)
    if message is None:
        return ""
    begun = time.monotonic()
    status: int | None = None
    problem = ""
    try:
        check_scheme(message.url)
        answer = outward.post(
            message.url, message.text.encode(), message.headers, allow=settings.WEBHOOK_ALLOW, seconds=hooks.SECONDS,
            most_bytes=hooks.MOST_ANSWER,
        )  # fmt: skip
        status = answer.status
    except outward.Refused as refusal:
        problem = refusal.code
    return note(system, message, status, problem, int((time.monotonic() - begun) * 1000))


def check_scheme(url: str) -> None:
    """https, except to a server the settings name. Raises Refused."""
    scheme, host, port = outward.check_url(url)
    if scheme != "https" and f"{host}:{port}" not in settings.WEBHOOK_ALLOW:
        raise outward.Refused("scheme")


def note(system: Actor, message: Message, status: int | None, problem: str, milliseconds: int) -> str:
    """Writes down what became of an attempt, and when the next one is. A claim that was taken over notes only the attempt."""
    arrived = status is not None and 200 <= status < 300
    now = clock.now()
    with acting(system):
        endpoint = Endpoint.objects.select_for_update().get(pk=message.endpoint_id)
        Attempt.objects.create(
            delivery_id=message.delivery_id, organisation=system.organisation, status=status, problem=problem,
            milliseconds=milliseconds,
        )  # fmt: skip
        wait = None if arrived else hooks.wait_after(message.tries, random.random())  # noqa: S311  (spreads load)
        state = Delivery.State.DELIVERED if arrived else Delivery.State.PENDING if wait else Delivery.State.FAILED
        Delivery.objects.filter(pk=message.delivery_id, state=Delivery.State.PENDING, tries=message.tries).update(
            state=state, next_at=now + wait if wait else None, queued_until=None, finished_at=None if wait else now,
            last_status=status, last_problem=problem,
        )  # fmt: skip
        if arrived and endpoint.failing_since is not None:
            endpoint.failing_since = None
            endpoint.save(update_fields=["failing_since"])
        elif not arrived and endpoint.ended_at is None:
            note_failure(system, endpoint, now, gone=status == GONE)
    return str(state)


def note_failure(system: Actor, endpoint: Endpoint, now: datetime, *, gone: bool) -> None:
    """Begins to count, and disables an endpoint that says it is gone, or that nothing has reached for days."""
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    too_long = (now - endpoint.failing_since).days >= hooks.FAILING_DAYS
    if endpoint.disabled_at is not None or not (gone or too_long):
        return
    from .services import tell

    endpoint.disabled_at, endpoint.disabled_because = now, "gone" if gone else "failing"
    endpoint.save(update_fields=["disabled_at", "disabled_because"])
    record(actor=system, verb="webhook.disabled", subject=endpoint, payload={"because": endpoint.disabled_because})
    tell(
        kind="webhook.disabled", to=administrators(system.organisation), subject=endpoint.name,
        key=f"webhook.disabled:{endpoint.pk}:{int(now.timestamp())}", url=reverse("webhook", args=[endpoint.pk]),
    )  # fmt: skip
