"""The published terms of webhooks, and what a message says: pure, besides signing (Standard Webhooks 1.0).

A message carries an id and a link. Only where every mark is TLP:CLEAR or TLP:GREEN does it also say which kind of news it is and
of which thing; content is in no message.
"""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from standardwebhooks import Webhook

from core.marks import Way, may_leave

from .kinds import KINDS, Kind

# Attempts come after 10 s, 40 s, 160 s, …, never further apart than 12 h, each up to a quarter later; the tenth is the last.
MOST_TRIES = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=12)
JITTER = 0.25
# A claim nobody finished (a killed worker) is tried again after this.
LEASE = timedelta(minutes=2)
# Seconds for one sending, and bytes of an answer that are read.
SECONDS, MOST_ANSWER = 15, 16 * 1024
# Nothing has arrived for so long: the endpoint is disabled, and its administrators are told.
FAILING_DAYS = 5
# After a rotation the old secret signs too, so long.
GRACE = timedelta(hours=24)
TEST = "webhook.test"


def wait_after(tries: int, chance: float) -> timedelta | None:
    """How long after the attempt number `tries` the next one comes; None after the last. `chance` is 0 up to 1."""
    if tries >= MOST_TRIES:
        return None
    wait: timedelta = min(FIRST_WAIT * int(4 ** (tries - 1)), LONGEST_WAIT)
    return wait * (1 + JITTER * chance)


def new_secret() -> str:
    """32 random bytes, as the standard writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def subscribable() -> list[Kind]:
    """What an endpoint can be told of, by code: everything organisations are told, and changes of cases they see."""
    return sorted((kind for kind in KINDS.values() if not kind.personal), key=lambda kind: kind.code)


class Blank(dict[str, Any]):
    """Stands for the values of a kind's words where there is nothing to tell yet."""

    def __missing__(self, name: str) -> Any:
        return 1 if name in {"n", "asked", "shares", "days"} else "…"


def described(kind: Kind) -> str:
    """What happens, in words without values: "Review of … is due"."""
    try:
        return kind.sentence(Blank(verb="incident.edited"))
    except (KeyError, TypeError, ValueError, ObjectDoesNotExist):  # words that look something up by their values
        return str(kind.why)


def body(
    *, kind: str, message_id: str, made_at: datetime, reference: str, link: str, marks: Iterable[str], subject: str = "",
    due_at: datetime | None = None,
) -> str:  # fmt: skip
    """The message. `marks`: the one it was told with and the one the case has now; no marks: it is about no case."""
    data: dict[str, Any] = {"id": reference or message_id, "link": link}
    shown = [mark for mark in marks if mark]
    if all(may_leave(mark, Way.CHANNEL) for mark in shown) and (shown or not reference):
        if subject:
            data["subject"] = subject
        if due_at:
            data["due_at"] = due_at.astimezone(UTC).isoformat()
    else:
        kind = "notice"
    return json.dumps(
        {"type": kind, "timestamp": made_at.astimezone(UTC).isoformat(), "data": data}, separators=(",", ":")
    )


def headers(message_id: str, at: datetime, text: str, keys: Iterable[str]) -> Mapping[str, str]:
    """What a receiver verifies: one signature for each secret in force."""
    moment = at.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message_id, moment, text) for key in keys),
        "Content-Type": "application/json",
        "User-Agent": "Norms-Platform-Webhook/1",
    }
