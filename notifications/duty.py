"""The published terms of duty: how long a contact has before a notice passes on to the next, and how a mailbox answers."""

from django.conf import settings
from django.core import signing

# A mailbox's link answers this long; afterwards the call is history.
ANSWER_DAYS = 30
SALT = "notifications.duty"


def pass_seconds() -> int:
    """Seconds a contact has to acknowledge before the next is asked."""
    return int(settings.DUTY_PASS_MINUTES * 60)


def answer_token(house_id: int, step_id: int) -> str:
    """What stands in a mailbox's link: made from the step's number, so that a second sending carries the same one."""
    return signing.Signer(salt=SALT).sign(f"{house_id}-{step_id}")


def read_token(token: str) -> tuple[int, int] | None:
    """House and step behind a link, or None when it is not one of ours."""
    try:
        house, _dash, step = signing.Signer(salt=SALT).unsign(token).partition("-")
        return int(house), int(step)
    except (signing.BadSignature, ValueError):
        return None
