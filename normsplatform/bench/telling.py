"""Telling many at once, and webhooks: each against the bare work it cannot do without. Nothing of it stays."""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from core import clock
from core.tenancy import acting_as
from notifications import hooks, sending, services
from notifications.models import Delivery, Endpoint
from notifications.services import tell
from organisations.actors import Actor
from organisations.founding import found_platform
from organisations.models import Organisation, User
from organisations.roles import Role

from .measure import Result, timed
from .synthetic import MEASURED, principal_of

PEOPLE, QUEUED, SENT = 10_000, 1_000, 200
KIND = "duty.unanswered"
WORDS = {"house": "A house", "asked": 1}
FANNED_OUT = """
INSERT INTO {table} (recipient_id, key, kind, reason, grade, reference, mark, subject, url, words, acknowledge, at_once, told_at)
SELECT id, %s, 'bench', 'watched', 10, '', '', '', '', '{{}}', false, false, now() FROM organisations_user WHERE id = ANY (%s)
"""


@contextmanager
def listening() -> Iterator[str]:
    """A server on a free port that says 204 to everything; host:port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def undone(work: Callable[[], object]) -> float:
    """Milliseconds of work whose effects are taken back."""
    with transaction.atomic():
        spent = timed(work)
        transaction.set_rollback(True)
    return spent


def fanned_out(people: list[User]) -> tuple[float, float]:
    """One thing told to everybody; and as many bare rows into a table of the same shape and indexes."""
    numbers = [each.pk for each in people]

    def ours() -> None:
        tell(kind=KIND, to=people, key="bench", words=WORDS)

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FANNED_OUT.format(table="bench_told"), ["bench", numbers])

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_told (LIKE notifications_notification INCLUDING ALL) ON COMMIT DROP"
        )
    first, yardstick, again = undone(ours), undone(bare), undone(ours)
    return min(first, again), min(yardstick, undone(bare))


def queued(actor: Actor) -> float:
    """So many different things told to a house."""

    def work() -> None:
        for number in range(QUEUED):
            tell(kind=KIND, to=[actor.organisation], key=f"bench:{number}", words=WORDS)

    return undone(work)


def sent(house: int, rows: list[int], host: str) -> tuple[float, float]:
    """Messages claimed, signed, sent and noted; and as many bare requests to the same server."""
    text = hooks.body(
        kind=KIND, message_id="msg_0", made_at=clock.now(), reference="", link=settings.BASE_URL, marks=[]
    )

    def bare() -> None:
        for _ in rows:
            link = http.client.HTTPConnection(host, timeout=15)
            link.request("POST", "/", text)
            link.getresponse().read()
            link.close()

    return timed(lambda: [sending.deliver_one(row, house) for row in rows]), timed(bare)


def run() -> Iterator[Result]:
    """Everything inside one transaction that is taken back."""
    principal = principal_of(MEASURED)
    found_platform()
    with listening() as host, override_settings(WEBHOOK_ALLOW=[host]), acting_as(principal), transaction.atomic():
        user = User.objects.get(pk=principal.user_id)
        house = Organisation.objects.get(pk=principal.organisation_id or 0)
        actor = Actor(user, house, (Role.ORG_ADMIN,))
        User.objects.bulk_create([User(email=f"bench{n}@example.invalid", name=f"Person {n}") for n in range(PEOPLE)])
        people = list(User.objects.filter(email__startswith="bench", email__endswith="@example.invalid"))
        ours, bare = fanned_out(people)
        yield Result("notifications", f"{PEOPLE:,} people told one thing", "ms", ours, bare, "≤ 3")
        without = queued(actor)
        services.add_endpoint(actor=actor, name="bench", url=f"http://{host}/", kinds=[KIND])
        with_one = queued(actor)
        yield Result(
            "notifications", f"{QUEUED:,} things told, each queued for a webhook", "ms", with_one, without, "≤ 1.5"
        )
        for number in range(QUEUED):
            tell(kind=KIND, to=[house], key=f"sent:{number}", words=WORDS)
        handed = timed(lambda: [sending.take() for _ in range(QUEUED // sending.OF_EACH)])
        yield Result("notifications", f"{QUEUED:,} deliveries handed out, {sending.OF_EACH} at a tick", "ms", handed)
        rows = list(Delivery.objects.order_by("pk").values_list("pk", flat=True)[:SENT])
        spent, plain = sent(house.pk, rows, host)
        yield Result("notifications", f"{SENT} messages signed, sent and noted", "ms", spent, plain, "bare requests")
        if Endpoint.objects.get().deliveries.filter(state="delivered").count() != SENT:
            raise RuntimeError("not every message arrived")
        transaction.set_rollback(True)
