"""No channel tells a member what another thinks before they have spoken: page, URL, count, export, e-mail, ledger, API, database.

Two worlds are compared that differ in one sealed opinion alone. Whatever anybody else can ask for must be the same in both,
to the byte (times, random salts and running numbers aside) and to the number of queries.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from attribution import errors, services
from attribution.models import Opinion
from core.errors import DomainError, NotAllowed, NotFound
from organisations.actors import Actor

from .ground import Ground, as_, soon

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-7")]
SignIn = Callable[[Actor], Client]

AGREES: dict[str, Any] = {"position": "concur", "likelihood": "likely", "reasons": "QUINCE it fits."}
DISSENTS: dict[str, Any] = {
    "position": "dissent", "likelihood": "unlikely", "confidence": "high", "reasons": "QUINCE it does not fit, by far.",
    "dissent": "QUINCE the logs were copied twice", "change_mind": "QUINCE another log",
    "blocking_objection": True, "objection": "QUINCE the bank was not asked",
}  # fmt: skip

CASE, API = "/incidents/{case}/", "/api/v1/incidents/{case}/"
CHANNELS = {
    "the panel’s page": CASE + "attribution/panels/1/",
    "the finding’s page": CASE + "attribution/findings/F-1/",
    "its replay": CASE + "attribution/findings/F-1/replay/",
    "its past": CASE + "attribution/findings/F-1/as-of/?on=2026-01-01&against=2026-11-01",
    "its present as a day": CASE + "attribution/findings/F-1/as-of/",
    "its verification reports": CASE + "attribution/findings/F-1/verification/",
    "the overview": CASE + "attribution/",
    "the board": CASE + "attribution/matrix/",
    "the board’s group view": CASE + "attribution/matrix/?view=group",
    "the board as CSV": CASE + "attribution/matrix.csv",
    "the opinion form": CASE + "attribution/panels/1/opinion/",
    "the objection by number": CASE + "attribution/panels/1/objections/1/",
    "the discussion": CASE + "attribution/panels/1/discussion/",
    "the ledger view": CASE + "activity/",
    "the case": CASE,
    "the inbox": "/inbox/",
    "a program asks the panel": API + "attribution/panels/1/",
    "a program asks the panels": API + "attribution/findings/F-1/panels/",
    "a program asks the finding": API + "attribution/findings/F-1/",
    "a program asks the report": API + "attribution/findings/F-1/report/",
    "a program asks a day": API + "attribution/findings/F-1/as-of/",
    "a program asks the history": API + "attribution/findings/F-1/history/",
    "a program asks an opinion": API + "attribution/panels/1/opinion/",
    "a program asks the board": API + "attribution/board/",
    "a program asks the ratings": API + "attribution/ratings/",
    "a program asks the ledger": API + "activity/",
    "a program asks the inbox": "/api/v1/notifications/",
}
PEOPLE = ("a member who has not spoken", "a member who has", "the chair", "who gave the evidence in")
VOLATILE = [
    (re.compile(r"[0-9A-Za-z]{64}"), "HASH"),
    (re.compile(r'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]*"'), "TOKEN"),
    (re.compile(r'"(\w*id|sequence)": ?"?\d+"?'), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:\d\d)?)?"), "TIME"),
    (re.compile(r"\d\d:\d\d(:\d\d)?"), "TIME"),
    (re.compile(r"(before=|entry-)\d+"), "PLACE"),
    (re.compile(r'"[0-9a-f]{16,63}"'), "HEX"),
]


def plain(text: str) -> str:
    """Without what differs between any two moments."""
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return text


def first_difference(one: Any, other: Any) -> str:
    """Where two answers part; empty when they are the same."""
    first, second = str(one), str(other)
    if first == second:
        return ""
    place = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    return f"{first[max(place - 80, 0) : place + 60]} | {second[max(place - 80, 0) : place + 60]}"


class Undo(Exception):
    """Ends a world."""


def readable_tables() -> list[str]:
    """Every table the application may read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r' AND has_table_privilege('norms_app', c.oid, 'SELECT')"
            " AND c.relname NOT IN ('django_session') ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def seen(ground: Ground, reader: Actor, client: Client) -> dict[str, Any]:
    """Everything the reader can ask for, by channel."""
    answers: dict[str, Any] = {}
    for name, address in CHANNELS.items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            got = client.get(address.format(case=ground.reference))
        body = b"".join(getattr(got, "streaming_content", None) or [got.content])
        answers[name] = (got.status_code, len(queries), sorted(got.headers), plain(body.decode()))
    with as_(reader), connection.cursor() as cursor:
        for table in readable_tables():
            cursor.execute(
                f"SELECT coalesce(string_agg(to_jsonb(t)::text, E'\\n' ORDER BY to_jsonb(t)::text), '') FROM {table} t"
            )
            rows = sorted(plain(line) for line in cursor.fetchone()[0].splitlines())
            answers[f"table {table}"] = rows
    answers["e-mail"] = [(message.subject, message.to) for message in mail.outbox]
    # What a refusal says, to whoever tries to open the round or to speak elsewhere.
    acts: dict[str, Callable[[], object]] = {
        "opening": lambda: services.reveal_panel(actor=reader, reference=ground.reference, panel=1),
        "answering": lambda: services.answer_objection(
            actor=reader, reference=ground.reference, panel=1, seat=1, reasons="x"
        ),
        "signing": lambda: services.corroborate_finding(actor=reader, reference=ground.reference, label="F-1"),
    }
    for name, act in acts.items():
        with as_(reader):
            try:
                with transaction.atomic():
                    act()
                    raise Undo
            except (DomainError, NotAllowed, NotFound) as error:
                answers[f"refusal of {name}"] = (type(error).__name__, str(error))
            except Undo:
                answers[f"refusal of {name}"] = "done"
    return answers


@pytest.fixture
def sealed(ground: Ground, request: pytest.FixtureRequest) -> Iterator[Ground]:
    """A panel whose first two members have yet to speak, in its first or second round; the third has."""
    ground.ready()
    if request.param == 1:
        ground.seated()
    else:
        ground.revealed()
        with as_(ground.analyst):
            services.begin_second_round(actor=ground.analyst, reference=ground.reference, panel=1, deadline=soon(6))
    ground.opines(ground.members[2], reasons="The third.")
    yield ground


@pytest.mark.parametrize("sealed", [1, 2], indirect=True, ids=["first round", "second round"])
@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_anybody_can_ask_for_depends_on_a_sealed_opinion(sealed: Ground, person: str, sign_in: SignIn) -> None:
    ground = sealed
    author = ground.members[0]
    reader = dict(zip(PEOPLE, (ground.members[1], ground.members[2], ground.analyst, ground.collector), strict=True))[
        person
    ]
    client = sign_in(reader)
    seen(ground, reader, client)  # whatever is filled on a first visit is filled
    worlds = []
    for facts in (AGREES, DISSENTS):
        mail.outbox.clear()
        with pytest.raises(Undo), transaction.atomic():
            ground.opines(author, **facts)
            with as_(author):
                assert Opinion.objects.filter(revealed_at__isnull=True).get().position == facts["position"]
            worlds.append(seen(ground, reader, client))
            raise Undo
    agrees, dissents = worlds
    told = {channel: first_difference(agrees[channel], dissents[channel]) for channel in agrees}
    assert {channel: words for channel, words in told.items() if words} == {}
    assert not [channel for channel, answer in dissents.items() if "QUINCE" in str(answer)]


@pytest.mark.parametrize("sealed", [1], indirect=True)
def test_the_comparison_sees_an_opinion_that_is_read(sealed: Ground, sign_in: SignIn) -> None:
    """The author's own two worlds differ: the test above can fail."""
    author = sealed.members[0]
    client = sign_in(author)
    worlds = []
    for facts in (AGREES, DISSENTS):
        with pytest.raises(Undo), transaction.atomic():
            sealed.opines(author, **facts)
            worlds.append(seen(sealed, author, client))
            raise Undo
    told = {channel for channel in worlds[0] if worlds[0][channel] != worlds[1][channel]}
    assert {"the opinion form", "a program asks an opinion", "table attribution_opinion"} <= told


@pytest.mark.parametrize("sealed", [1, 2], indirect=True)
def test_a_sitting_member_says_nothing_else_of_the_finding_while_the_round_is_sealed(sealed: Ground) -> None:
    member = sealed.members[1]
    with as_(member):
        with pytest.raises(errors.SpeaksSealed):
            services.contest_finding(
                actor=member, reference=sealed.reference, label="F-1", kind="counter_evidence", text="I do not agree."
            )
        with pytest.raises(errors.SpeaksSealed):
            services.reason_article(actor=member, reference=sealed.reference, label="F-1", article=4, reasons="x")
        with pytest.raises((errors.NoDiscussionNow, errors.SpeaksSealed)):
            services.add_remark(actor=member, reference=sealed.reference, panel=1, text="It is not them.")
