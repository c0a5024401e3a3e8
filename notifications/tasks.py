"""The post of the inbox: e-mail at once, e-mail once a day, and forgetting."""

import structlog
from celery import shared_task
from django.db import connection, transaction

from . import mail, passing, sending
from .models import Preference

log = structlog.get_logger(__name__)


def send_all(email: str) -> None:
    """Person after person: one address that fails holds up nobody else; what was not sent is tried again."""
    for user_id in mail.people_to_mail(email):
        try:
            mail.send_to(user_id, email)
        except OSError as problem:  # SMTP errors are OSErrors
            log.warning("mail_not_sent", user_id=user_id, problem=type(problem).__name__)


@shared_task(name="notifications.tasks.send_each", ignore_result=True, expires=55)
def send_each() -> None:
    """After an act, and every minute for what was missed; safe to run twice."""
    send_all(Preference.Email.EACH)


@shared_task(name="notifications.tasks.send_digests", ignore_result=True)
def send_digests() -> None:
    """Every morning; safe to run twice: what was sent is not sent again."""
    send_all(Preference.Email.DIGEST)


@shared_task(name="notifications.tasks.forget", ignore_result=True)
def forget() -> None:
    """What was done half a year ago and needs no acknowledgement is dropped; safe to run twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT notifications_forget()")


@shared_task(name="notifications.tasks.pass_on", ignore_result=True)
def pass_on() -> None:
    """House after house: writes to mailboxes on duty and passes on what nobody acknowledged; safe to run twice, and at once."""
    passing.pass_all()


@shared_task(name="notifications.tasks.deliver", ignore_result=True)
def deliver(delivery_id: int, organisation_id: int) -> None:
    """One message to one webhook; safe to run twice: the second finds it claimed, or done."""
    sending.deliver_one(delivery_id, organisation_id)


@shared_task(name="notifications.tasks.deliver_due", ignore_result=True, expires=30)
def deliver_due() -> None:
    """Every few seconds: hands out what is due. What a lost worker or queue dropped is handed out again after two minutes."""
    for delivery_id, organisation_id in sending.take():
        deliver.delay(delivery_id, organisation_id)
