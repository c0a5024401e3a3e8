"""Sessions: each sign-in is written down, and can be ended from another one.

Ending deletes the session itself, so that the next request of that browser is a stranger's; the row stays as a fact.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import ratelimit
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotFound
from core.tenancy import Principal, acting_as
from ledger.services import record
from organisations.actors import Actor
from organisations.middleware import ONLY_KEY
from organisations.models import User

from . import errors
from .models import Identity, SignIn
from .tasks import send_notice

# How exactly the last use is kept: a write for every request would cost more than the request.
EXACTNESS = timedelta(minutes=5)
# Of a session that lasts an hour, five minutes would be much.
PART = 10
SEEN = "seen"
# Said by the session: the organisation's own sign-in has asked for a second factor already.
SHOWN_THERE = "second_factor_there"
# And who and which session this is there (leaving.py).
THERE = "signin.there"
# A browser that was used within this time is known, and its sign-in is no news.
KNOWN_FOR = timedelta(days=90)
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from, as our own proxy says if there is one."""
    try:
        return get_client_ip(request) or None
    except PermissionDenied:  # fewer hops than are trusted: then nothing is known
        return None


def agent_words(agent: str) -> str:
    """The browser and the system a browser says it is, for a person to recognise."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or re.sub(r"[^\x20-\x7e]", "", agent)[:40] or _("Unknown browser")


def way_of(request: HttpRequest, user: User) -> str:
    """How the person came in, from what allauth wrote down of this sign-in."""
    records = get_authentication_records(request, user)
    if any(each.get("method") == "organisation" for each in records):
        return SignIn.Way.ORGANISATION
    return SignIn.Way.PASSKEY if any(each.get("passwordless") for each in records) else SignIn.Way.PASSWORD


def begin(request: HttpRequest, user: User) -> None:
    """Writes a sign-in down; a browser that is new for this person is told to them by mail."""
    session = request.session
    if session.session_key is None:
        session.save()
    session[SEEN] = int(clock.now().timestamp())
    way = way_of(request, user)
    if way != SignIn.Way.ORGANISATION:
        session.pop(ONLY_KEY, None)
        session.pop(SHOWN_THERE, None)
        session.pop(THERE, None)
    there = session.get(THERE)
    facts = {"address": address_of(request), "agent": request.META.get("HTTP_USER_AGENT", "")[:200]}
    with acting_as(Principal(user.pk)), transaction.atomic():
        earlier = SignIn.objects.filter(user=user)
        recent = earlier.filter(last_used_at__gt=clock.now() - KNOWN_FOR)
        is_news = earlier.exists() and not recent.filter(**facts).exists()
        SignIn.objects.filter(key=session.session_key).delete()
        identity = (
            there
            and Identity.objects.filter(
                user=user, organisation=session.get(ONLY_KEY), issuer=there["issuer"], subject=there["subject"]
            ).first()
        )
        made = SignIn.objects.create(
            user=user, key=session.session_key or "", way=way, identity=identity or None,
            session_there=there["session"] if there else "", **facts,
        )  # fmt: skip
        if is_news:
            send_notice.delay_on_commit(user.pk, made.pk)  # type: ignore[attr-defined]


def exactness() -> timedelta:
    """To how much the last use is kept: five minutes, less for sessions shorter than an hour."""
    return min(EXACTNESS, timedelta(seconds=settings.SESSION_COOKIE_AGE / PART))


def note_use(request: HttpRequest, user: User) -> None:
    """Keeps when the session was last used, to five minutes; with that it lasts its whole time again."""
    if clock.now().timestamp() - request.session.get(SEEN, 0) >= exactness().total_seconds():
        _use(request, user)


def _use(request: HttpRequest, user: User) -> None:
    now = clock.now()
    request.session[SEEN] = int(now.timestamp())
    with acting_as(Principal(user.pk)), transaction.atomic():
        SignIn.objects.filter(key=request.session.session_key, user=user).update(last_used_at=now)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a session goes on when nobody uses it, and whose it is."""

    ends_at: datetime
    """The earliest moment it may run out."""
    seconds_left: int
    warn_seconds: int
    """So long before the end a page says so."""
    sure_seconds: int
    """So long it goes on at least after any page was opened."""
    person: str
    """A mark of the person: a page that was left open knows by it whether somebody else has signed in since."""


def clock_of(request: HttpRequest, user: User) -> Clock:
    """How long the session goes on. Asking does not prolong it (WCAG 2.2.1: one is told before it runs out)."""
    age = settings.SESSION_COOKIE_AGE
    now = clock.now()
    ends_at = datetime.fromtimestamp(request.session.get(SEEN, now.timestamp()) + age, UTC)
    return Clock(
        ends_at=ends_at,
        seconds_left=max(int((ends_at - now).total_seconds()), 0),
        warn_seconds=min(settings.SESSION_WARNING_SECONDS, age // 2),
        sure_seconds=int(age - exactness().total_seconds()),
        person=salted_hmac("signin.sessions.person", str(user.pk), algorithm="sha256").hexdigest()[:24],
    )


def extend(request: HttpRequest, user: User) -> Clock:
    """The session lasts its whole time from now on. Raises TooOften."""
    if not ratelimit.consume(request, action="session_extend", user=user):
        raise errors.TooOften
    _use(request, user)
    return clock_of(request, user)


def in_force(actor: Actor) -> list[SignIn]:
    """The person's sessions that are still open, the one used last first. One that ran out by itself is left out."""
    oldest = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found = SignIn.objects.filter(user=actor.user, ended_at__isnull=True, last_used_at__gt=oldest - exactness())
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    return [each for each in found.order_by("-last_used_at", "-pk") if store.exists(each.key)]


def forget(keys: list[str]) -> None:
    """Deletes the sessions themselves."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for key in keys:
        store.delete(key)


@transaction.atomic
def end_session(*, actor: Actor, session_id: int) -> SignIn:
    """Ends one of the person's own sessions; 404 for anybody else's, or one that has ended."""
    found = SignIn.objects.select_for_update().filter(pk=session_id, user=actor.user, ended_at__isnull=True).first()
    if found is None:
        raise NotFound(session_id)
    _end(actor, [found])
    return found


@transaction.atomic
def end_other_sessions(*, actor: Actor, current_key: str) -> int:
    """Ends every session of the person but the one that asks; how many there were."""
    others = SignIn.objects.select_for_update().filter(user=actor.user, ended_at__isnull=True)
    found = list(others.exclude(key=current_key))
    _end(actor, found)
    return len(found)


def _end(actor: Actor, found: list[SignIn]) -> None:
    if not found:
        return
    SignIn.objects.filter(pk__in=[each.pk for each in found]).update(ended_at=clock.now())
    record(actor=actor, verb="session.ended", subject=actor.user, payload={"sessions": len(found)})
    transaction.on_commit(partial(forget, [each.key for each in found]))


def end_of_leaver(user_id: int) -> None:
    """Ends every session of a person who is a member of nothing any more; nothing for anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM signin_end_of_leaver(%s)", [user_id])
        keys = [row[0] for row in cursor.fetchall()]
    if keys:
        transaction.on_commit(partial(forget, keys))
