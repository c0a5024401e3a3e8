"""Passing on what nobody acknowledged: each step in a transaction of its own, acting for the house whose rota it is (ESC-8).

A worker killed in the middle leaves the call as it was, and the next tick takes it up. Two workers at once: the call's
row is locked, and the second finds that there is nothing to do.
"""

from typing import Any

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.dateparse import parse_datetime

from core import clock
from ledger.services import record
from organisations.actors import Actor, acting, system_for
from organisations.models import Membership, Organisation, User
from organisations.roles import Role

from . import duty
from .models import DutyCall, DutyStep, Notification

log = structlog.get_logger(__name__)


def pass_all() -> None:
    """House after house; one that fails holds up no other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT notifications_duty_houses(%s)", [clock.now()])
        houses = [row[0] for row in cursor.fetchall()]
    for house in houses:
        with transaction.atomic():
            system = system_for(house)
        try:
            write_to_mailboxes(system)
            with acting(system):
                due = list(
                    DutyCall.objects.filter(state="waiting", next_at__lte=clock.now()).values_list("pk", flat=True)
                )
            for call_id in due:
                pass_one(system, call_id)
            write_to_mailboxes(system)
        except Exception:
            log.exception("duty_not_passed_on", house=house)


def pass_one(system: Actor, call_id: int) -> str:
    """One call, one step further if it is due; what was done: passed, unanswered, lapsed or nothing."""
    with acting(system):
        with connection.cursor() as cursor:
            cursor.execute("SELECT notifications_duty_pass(%s, %s, %s)", [call_id, clock.now(), duty.pass_seconds()])
            done = str(cursor.fetchone()[0])
        if not done:
            return ""
        call = DutyCall.objects.get(pk=call_id)
        asked = call.steps.count()
        verb = "duty.passed_on" if done == "passed" else f"duty.{done}"
        record(actor=system, verb=verb, subject=call, root_id=call.root_id, payload={"asked": asked})
        if done == "unanswered":
            tell_unanswered(system, call, asked)
    return done


def administrators(house: Organisation) -> list[User]:
    """Who administers a house now."""
    held = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=clock.now()), organisation=house, roles__contains=[Role.ORG_ADMIN],
        user__is_active=True, suspended_at__isnull=True,
    )  # fmt: skip
    return [each.user for each in held.select_related("user").order_by("pk")]


def tell_unanswered(system: Actor, call: DutyCall, asked: int) -> None:
    """The house's administrators and whoever asked: the person, and their organisation."""
    from .services import tell

    sender = Organisation.objects.get(pk=call.asked_by)
    people: list[User | Organisation] = [*administrators(system.organisation), sender]
    if call.asked_by_user is not None:
        people.append(call.asked_by_user)
    given = call.given
    tell(
        kind="duty.unanswered", to=people, key=f"duty.unanswered:{call.pk}", root_id=call.root_id,
        reference=given["reference"], mark=given["mark"], subject=given["subject"],
        url=given["url"] or reverse("duty-of", args=[system.organisation.slug]),
        words={"house": system.organisation.name[:80], "asked": asked},
    )  # fmt: skip


def write_to_mailboxes(system: Actor) -> int:
    """E-mails the mailboxes that were asked and not written to yet; how many. One that fails is tried again, and stops no other."""
    with acting(system):
        waiting = DutyStep.objects.filter(mailed_at__isnull=True).exclude(contact__email="")
        numbers = list(waiting.order_by("pk").values_list("pk", flat=True)[:200])
    sent = 0
    for number in numbers:
        try:
            sent += write_to_mailbox(system, number)
        except OSError as problem:  # SMTP errors are OSErrors
            log.warning("duty_mail_not_sent", step=number, problem=type(problem).__name__)
    return sent


def write_to_mailbox(system: Actor, step_id: int) -> bool:
    """One mailbox: sent, then marked, in one transaction. Killed between the two, it is sent again with the same link."""
    from .mail import line, marks_now

    with acting(system), translation.override(settings.LANGUAGE_CODE):
        rows = DutyStep.objects.select_for_update(of=("self",), skip_locked=True)
        step = rows.select_related("call", "contact").filter(pk=step_id, mailed_at__isnull=True).first()
        if step is None:
            return False
        call = step.call
        open_still = call.state in (DutyCall.State.WAITING, DutyCall.State.UNANSWERED)
        if open_still:
            path = reverse("duty-answer", args=[duty.answer_token(system.organisation.pk, step.pk)])
            marks = marks_now([call.root_id] if call.root_id else [])
            shown = line(as_notification(call), marks.get(call.root_id or 0, ""), f"{settings.BASE_URL}{path}")
            words = {"line": shown, "organisation": system.organisation, "minutes": settings.DUTY_PASS_MINUTES}
            body = render_to_string("notifications/mail/duty.txt", words)
            send_mail(f"[Norms] {shown['title']}", body, None, [step.contact.email])
        step.mailed_at = clock.now()
        step.save(update_fields=["mailed_at"])
    return open_still


def as_notification(call: DutyCall) -> Notification:
    """What a call says, in the shape of an inbox's row; it is stored nowhere."""
    given: dict[str, Any] = call.given
    names = ("kind", "reason", "grade", "reference", "mark", "subject", "url", "words")
    due = parse_datetime(given["due_at"]) if given["due_at"] else None
    return Notification(pk=0, root_id=call.root_id, due_at=due, **{name: given[name] for name in names})
