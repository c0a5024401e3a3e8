"""Telling people, and what they do with what they were told."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from core.tenancy import current
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation, User

from .. import errors
from ..duty import pass_seconds
from ..kinds import KINDS
from ..models import CalendarAddress, Mute, Notification, Preference, Watch
from ..tasks import pass_on, send_each

MOST_WORDS = 80


def labels(words: Mapping[str, Any]) -> dict[str, str | int]:
    """Values for a kind's words: short labels and numbers, never content."""
    for name, value in words.items():
        if not isinstance(value, str | int) or len(str(value)) > MOST_WORDS or "\n" in str(value):
            raise ValueError(f"{name} is no label: tell codes, labels and a link, never content")
    return dict(words)


def tell(
    *,
    kind: str,
    to: Iterable[User | Organisation],
    key: str,
    root_id: int | None = None,
    reference: str = "",
    mark: str = "",
    subject: str = "",
    url: str = "",
    words: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
    acknowledge: bool = False,
) -> None:
    """Tells each recipient once per `key`, in the transaction of the act; e-mail follows after the commit, or in the digest.

    An organisation means its response coordinators, or its administrators where it has no coordinator; the person who
    acts is not told through it. What is about a case (`root_id`, `reference`, `mark`) is shown and sent only while its
    reader may see that case at the kind's grade. Who is told before they may see it (a seat offered) is told without
    `root_id`. `words` and `subject` are labels, `url` an address of ours. `acknowledge` asks for an acknowledgement:
    the organisation one acts for sees who has given it (`selectors.acknowledgements`), nobody else. An organisation that
    has somebody on duty is then asked through its rota, contact after contact (ESC-8). Nothing comes back: whether
    somebody was told already is theirs to know.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not a declared kind")
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("tell an address of ours")
    told = {**labels(words or {}), "subject": subject, "reference": reference}
    KINDS[kind].sentence(told)  # a missing value is found here and not by the reader
    principal = current()
    recipients = list(to)
    given = {
        "key": key, "kind": kind, "reason": KINDS[kind].reason.value, "grade": int(KINDS[kind].grade), "root_id": root_id,
        "reference": reference, "mark": mark, "subject": subject, "url": url, "words": labels(words or {}),
        "due_at": due_at.isoformat() if due_at else None, "acknowledge": acknowledge,
        "asked_by": principal.organisation_id if principal and acknowledge else None,
        "moment": clock.now().isoformat(), "pass_seconds": pass_seconds(),
    }  # fmt: skip
    people = [each.pk for each in recipients if isinstance(each, User)]
    houses = [each.pk for each in recipients if isinstance(each, Organisation)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_tell(%s, %s, %s)", [people, houses, json.dumps(given)])
    # Robust: a queue that does not answer must not turn an act that is done into an error; the clock sends it later.
    transaction.on_commit(send_each.delay, robust=True)
    if acknowledge and houses:
        transaction.on_commit(pass_on.delay, robust=True)


def get_notification(actor: Actor, notification_id: int) -> Notification:
    """One's own, locked; 404 for anybody else's, and for what one may no longer see."""
    found = Notification.objects.select_for_update(of=("self",)).filter(pk=notification_id).first()
    if found is None or found.recipient_id != actor.user.pk:
        raise NotFound(notification_id)
    return found


@transaction.atomic
def open_notification(*, actor: Actor, notification_id: int) -> Notification:
    """Notes that its reader has opened it; it stays until they say it is done."""
    found = get_notification(actor, notification_id)
    if found.opened_at is None:
        found.opened_at = clock.now()
        found.save(update_fields=["opened_at"])
    return found


@transaction.atomic
def finish(*, actor: Actor, notification_id: int) -> Notification:
    """Done with it; `undo` takes it back. Twice is harmless."""
    found = get_notification(actor, notification_id)
    if found.done_at is None:
        found.done_at, found.snoozed_until = clock.now(), None
        found.save(update_fields=["done_at", "snoozed_until"])
    return found


@transaction.atomic
def undo(*, actor: Actor, notification_id: int) -> Notification:
    """Back where it was: not done, not put off."""
    found = get_notification(actor, notification_id)
    found.done_at = found.snoozed_until = None
    found.save(update_fields=["done_at", "snoozed_until"])
    return found


@transaction.atomic
def finish_several(*, actor: Actor, notification_ids: Iterable[int]) -> tuple[int, datetime]:
    """Done with those of these that wait and are one's own: how many, and the moment they share (`undo_together`).

    What is somebody else's, or was never there, is passed over without a word.
    """
    moment = clock.now()
    mine = Notification.objects.filter(recipient=actor.user, pk__in=notification_ids, done_at__isnull=True)
    return mine.update(done_at=moment, snoozed_until=None), moment


@transaction.atomic
def undo_together(*, actor: Actor, moment: datetime) -> int:
    """Takes back what was finished in one act, at this moment; how many that were."""
    return Notification.objects.filter(recipient=actor.user, done_at=moment).update(done_at=None)


@transaction.atomic
def snooze(*, actor: Actor, notification_id: int, until: datetime) -> Notification:
    """Puts it off: it comes back at `until`."""
    if until <= clock.now():
        raise Invalid({"until": [_("Choose a moment in the future.")]})
    found = get_notification(actor, notification_id)
    found.snoozed_until, found.done_at = until, None
    found.save(update_fields=["snoozed_until", "done_at"])
    return found


@transaction.atomic
def acknowledge(*, actor: Actor, notification_id: int) -> Notification:
    """Says "I know" to whoever asked; once, and it is done. No case stands in the entry: others of the case do not learn it."""
    asked = Notification.objects.filter(pk=notification_id, recipient=actor.user).values_list("key", flat=True).first()
    if asked is None:
        raise NotFound(notification_id)
    # The call's row before one's own: passing it on takes the same row first, so that one of the two is first.
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_duty_acknowledge(%s, NULL, %s)", [asked, clock.now()])
    found = get_notification(actor, notification_id)
    if not found.acknowledge:
        raise errors.NothingAsked
    if found.acknowledged_at is None:
        found.acknowledged_at = found.done_at = clock.now()
        found.snoozed_until = None
        found.save(update_fields=["acknowledged_at", "done_at", "snoozed_until"])
        record(actor=actor, verb="notification.acknowledged", subject=found)
    return found


@transaction.atomic
def mute_case(*, actor: Actor, notification_id: int) -> Mute:
    """Hears nothing more of this case, except what asks for an acknowledgement."""
    found = get_notification(actor, notification_id)
    if found.root_id is None:
        raise errors.NoCase
    muted: Mute = Mute.objects.get_or_create(
        user=actor.user, root_id=found.root_id, defaults={"reference": found.reference}
    )[0]
    return muted


@transaction.atomic
def unmute(*, actor: Actor, mute_id: int) -> None:
    """Hears of the case again."""
    if not Mute.objects.filter(user=actor.user, pk=mute_id).delete()[0]:
        raise NotFound(mute_id)


@transaction.atomic
def watch(*, actor: Actor, root_id: int, reference: str, url: str, subject: str = "") -> None:
    """Wants to be told of changes. The caller has asked for permission on the case."""
    Watch.objects.get_or_create(
        user=actor.user, root_id=root_id, subject=subject, defaults={"reference": reference, "url": url}
    )


@transaction.atomic
def unwatch(*, actor: Actor, root_id: int, subject: str = "") -> None:
    """Does not want to be told any more; twice is harmless."""
    Watch.objects.filter(user=actor.user, root_id=root_id, subject=subject).delete()


@transaction.atomic
def stop_watching(*, actor: Actor, watch_id: int) -> None:
    """Ends one of one's own watches, also of a case one may no longer see."""
    if not Watch.objects.filter(user=actor.user, pk=watch_id).delete()[0]:
        raise NotFound(watch_id)


@transaction.atomic
def choose_email(*, actor: Actor, email: str) -> Preference:
    """An e-mail for each, one a day, or none."""
    if email not in Preference.Email.values:
        raise Invalid({"email": [_("Choose one from the list.")]})
    chosen: Preference = Preference.objects.update_or_create(user=actor.user, defaults={"email": email})[0]
    return chosen


def digest_of(secret: str) -> str:
    """What is stored of a secret address."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_calendar_address(*, actor: Actor) -> str:
    """A new secret address of one's deadlines, told this once; the one before ends."""
    _end_calendar_address(actor)
    secret = secrets.token_urlsafe(32)
    made = CalendarAddress.objects.create(user=actor.user, digest=digest_of(secret))
    record(actor=actor, verb="calendar.opened", subject=made)
    return secret


@transaction.atomic
def end_calendar_address(*, actor: Actor) -> None:
    """The address answers nothing from now on; without one this is harmless."""
    _end_calendar_address(actor)


def _end_calendar_address(actor: Actor) -> None:
    # The person's own row is the lock: two new addresses at once would clash.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.user.pk)
    live = CalendarAddress.objects.filter(user=actor.user, revoked_at__isnull=True).first()
    if live is not None:
        live.revoked_at = clock.now()
        live.save(update_fields=["revoked_at"])
        record(actor=actor, verb="calendar.revoked", subject=live)
