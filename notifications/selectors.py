"""What pages and API read of an inbox. The database shows only one's own, and only what one may still see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core import clock, naming
from organisations.actors import Actor
from organisations.models import User

from .kinds import Reason, sentence_of, why_of
from .models import CalendarAddress, Mute, Notification, Preference, Watch

MOST = 200
VIEWS = ("you", "watching", "done")


@dataclass(frozen=True, slots=True)
class Told:
    """A notification as it is shown."""

    row: Notification
    words: str
    why: str
    reason: str
    overdue: bool


def as_told(row: Notification) -> Told:
    """With its words, in the reader's language."""
    values = {**row.words, "subject": row.subject, "reference": row.reference}
    late = row.due_at is not None and row.due_at < clock.now()
    return Told(row, sentence_of(row.kind, values), why_of(row.kind), str(Reason(row.reason).label), late)


def waiting() -> Q:
    """Not done and not put off. A muted case is silent, except where an acknowledgement is asked."""
    muted = Mute.objects.values("root_id")
    here = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=Now())
    return Q(done_at__isnull=True) & here & (Q(root_id__isnull=True) | Q(acknowledge=True) | ~Q(root_id__in=muted))


def inbox(actor: Actor, view: str, reason: str = "") -> QuerySet[Notification]:
    """One's notifications in a view, newest first."""
    mine = Notification.objects.filter(recipient=actor.user)
    if view == "done":
        mine = mine.filter(done_at__isnull=False)
    elif view == "watching":
        mine = mine.filter(waiting(), reason=Reason.WATCHED)
    else:
        mine = mine.filter(waiting()).exclude(reason=Reason.WATCHED)
    return mine.filter(reason=reason).order_by("-pk") if reason in Reason.values else mine.order_by("-pk")


def for_you(actor: Actor, reason: str = "") -> list[Told]:
    """What waits, what is due first on top; at most 200."""
    rows = inbox(actor, "you", reason).order_by(F("due_at").asc(nulls_last=True), "-pk")
    return [as_told(row) for row in rows[:MOST]]


def later(actor: Actor) -> list[Told]:
    """What was put off and comes back."""
    rows = Notification.objects.filter(recipient=actor.user, done_at__isnull=True, snoozed_until__gt=Now())
    return [as_told(row) for row in rows.order_by("snoozed_until", "pk")[:MOST]]


def newest(actor: Actor, view: str, reason: str = "", before: int | None = None) -> tuple[list[Told], int | None]:
    """A page of 50, and the number to go on from."""
    rows = inbox(actor, view, reason)
    found = list((rows.filter(pk__lt=before) if before else rows)[:51])
    return [as_told(row) for row in found[:50]], found[49].pk if len(found) > 50 else None


def finished_together(actor: Actor, moment: datetime) -> int:
    """How many were finished in one act, at this moment."""
    return Notification.objects.filter(recipient=actor.user, done_at=moment).count()


def count_waiting(actor: Actor) -> int:
    """How many wait for this person; each can be cleared. Stops counting at 100."""
    # Read and counted here: asked at every page, and a count over a cut list takes Django longer to write than this to fetch.
    return len(inbox(actor, "you").order_by().values_list("pk")[:100])


def muted_of(actor: Actor) -> list[Mute]:
    """The cases one has muted."""
    return list(Mute.objects.filter(user=actor.user).order_by("reference"))


def watches_of(actor: Actor) -> list[Watch]:
    """What one watches."""
    return list(Watch.objects.filter(user=actor.user).order_by("reference", "subject"))


def is_watching(actor: Actor, root_id: int, subject: str = "") -> bool:
    """Whether one watches this."""
    return Watch.objects.filter(user=actor.user, root_id=root_id, subject=subject).exists()


def email_of(actor: Actor) -> str:
    """How one wants e-mail."""
    chosen = Preference.objects.filter(user=actor.user).first()
    return chosen.email if chosen else Preference.Email.DIGEST.value


def calendar_of(actor: Actor) -> CalendarAddress | None:
    """The calendar address in force; its secret is not known here."""
    return CalendarAddress.objects.filter(user=actor.user, revoked_at__isnull=True).first()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Whether one of those asked has acknowledged."""

    name: str
    organisation: str
    told_at: datetime
    acknowledged_at: datetime | None


def acknowledgements(keys: Iterable[str]) -> dict[str, list[Acknowledgement]]:
    """Who was asked under these keys and who has acknowledged, for the organisation that asked; for others nobody was."""
    found: dict[str, list[Acknowledgement]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_asked(%s)", [list(keys)])
        for key, *rest in cursor.fetchall():
            row = Acknowledgement(*rest)
            if naming.is_blind():  # the database tells names, and here nobody's may be told
                row = replace(row, name=_("somebody"), organisation="")
            found.setdefault(key, []).append(row)
    return found


def deadlines_at(digest: str) -> list[dict[str, Any]] | None:
    """The deadlines behind a calendar address; None when there is no such address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference, subject, due_at FROM notifications_calendar(%s)", [digest])
        rows = [dict(zip(("id", "reference", "subject", "due_at"), row, strict=True)) for row in cursor.fetchall()]
    # The first row says that the address is there, and is no deadline.
    return [row for row in rows if row["id"] is not None] if rows else None


def calendar_owner(digest: str) -> User | None:
    """Whose calendar address this is, while it is in force."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_calendar_owner(%s)", [digest])
        found = cursor.fetchone()[0]
    return User.objects.filter(pk=found, is_active=True).first() if found else None


def notification_as_json(told: Told) -> dict[str, Any]:
    """A notification as the API tells it."""
    row = told.row
    fields = (
        "kind",
        "reason",
        "reference",
        "mark",
        "subject",
        "url",
        "due_at",
        "told_at",
        "acknowledge",
        "acknowledged_at",
    )
    return {
        "id": row.pk, "words": told.words, "why": told.why, **{name: getattr(row, name) for name in fields},
        "opened_at": row.opened_at, "done_at": row.done_at, "snoozed_until": row.snoozed_until,
    }  # fmt: skip
