"""Lists, counts, detail and search under row-level security as the application, against the best hand-written filter.

Ours: the statements the pages run (`incidents.selectors`), as `norms_app` with the reader bound to the transaction.
The yardstick: one statement with the reader's organisations written into it, as a role that no policy holds back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
from django.conf import settings

from core.tenancy import Principal, binding
from incidents.selectors import CAP, COUNT, NEWEST, PAGE
from incidents.selectors import SEARCH as FOUND

from .measure import Result, alternate, timed
from .synthetic import COMMON, MEDIUM, RARE, readers

COLUMNS = "i.id, i.reference, i.title, i.status, i.mark, i.holder_id, i.filed_at, i.began_at, i.people_best"
ROWS = f"SELECT {COLUMNS} FROM incidents_incident i WHERE i.id = ANY (ARRAY({{found}})) ORDER BY i.filed_at DESC, i.id DESC"  # noqa: S608
LIST = ROWS.format(found=NEWEST)
SEARCH = ROWS.format(found=FOUND)
DETAIL = "SELECT * FROM incidents_incident WHERE reference = %(reference)s"

# What somebody would write who needs no policy: the reader's organisations as a literal array.
HAND_LIST = f"""
SELECT {COLUMNS} FROM (SELECT DISTINCT x.incident_id, x.filed_at FROM unnest(%(orgs)s::int[]) o(id), LATERAL (
    SELECT DISTINCT a.incident_id, a.filed_at FROM incidents_access a WHERE a.principal = o.id AND (a.until IS NULL OR a.until > now()) ORDER BY a.filed_at DESC, a.incident_id DESC LIMIT %(limit)s) x
  ORDER BY 2 DESC, 1 DESC LIMIT %(limit)s) v JOIN incidents_incident i ON i.id = v.incident_id ORDER BY i.filed_at DESC, i.id DESC
"""  # noqa: S608
HAND_COUNT = """
SELECT count(*) FROM (SELECT DISTINCT x.incident_id FROM unnest(%(orgs)s::int[]) o(id), LATERAL (
    SELECT DISTINCT a.filed_at, a.incident_id FROM incidents_access a WHERE a.principal = o.id AND (a.until IS NULL OR a.until > now())
    ORDER BY a.filed_at DESC, a.incident_id DESC LIMIT %(limit)s) x LIMIT %(limit)s) v
"""
HAND_SEARCH = f"""
SELECT {COLUMNS} FROM incidents_incident i WHERE i.search @@ websearch_to_tsquery('simple', %(words)s) AND i.audience && %(orgs)s::int[]
 ORDER BY i.filed_at DESC, i.id DESC LIMIT %(limit)s
"""  # noqa: S608
# The same, all hits first: the better one for whoever sees little, the worse one for everybody else.
HAND_SEARCH_FEW = f"""
WITH hits AS MATERIALIZED (SELECT i.id FROM incidents_incident i WHERE i.search @@ websearch_to_tsquery('simple', %(words)s) AND i.audience && %(orgs)s::int[])
SELECT {COLUMNS} FROM incidents_incident i JOIN hits ON hits.id = i.id ORDER BY i.filed_at DESC, i.id DESC LIMIT %(limit)s
"""  # noqa: S608
HAND_DETAIL = "SELECT * FROM incidents_incident WHERE reference = %(reference)s AND audience && %(orgs)s::int[]"

Connection = psycopg.Connection[tuple[Any, ...]]
Params = dict[str, Any] | list[Any]


def connect(alias: str) -> Connection:
    """A plain connection with this login: no ORM in between."""
    to = settings.DATABASES[alias]
    # Values go into the statement as literals, as Django sends them: each call is planned for what it asks.
    return psycopg.connect(
        cursor_factory=psycopg.ClientCursor,
        host=to["HOST"],
        port=to["PORT"],
        dbname=to["NAME"],
        user=to["USER"],
        password=to["PASSWORD"],
    )


def bind(connection: Connection, principal: Principal) -> None:
    """Says who asks, as the backend does."""
    connection.rollback()
    statement, values = binding(principal, tickets=True)
    connection.execute(statement, values)


def fetch(connection: Connection, statement: str, params: Params) -> list[tuple[Any, ...]]:
    """Runs and reads to the end."""
    return connection.execute(statement, params).fetchall()


def run() -> Iterator[Result]:
    """Every reader on every page."""
    people = readers()
    with closing(connect("default")) as app, closing(connect("owner")) as owner:
        owner.execute("SET ROLE norms_definer")
        app.execute("SET jit = off")
        owner.execute("SET jit = off")
        owner.commit()
        app.commit()
        for name, principal in people.items():
            bind(app, principal)
            orgs = list(principal.ids)
            newest = [None, None, 0, PAGE + 1, PAGE + 1]
            hand = {"orgs": orgs, "limit": PAGE + 1}
            yield compared("list, 25 rows", name, app, owner, (LIST, newest), (HAND_LIST, hand), "≤ 1.3, < 2 ms")
            capped = {"limit": CAP + 1}
            yield compared(
                "count, capped at 1,001",
                name,
                app,
                owner,
                (COUNT, capped),
                (HAND_COUNT, {"orgs": orgs, **capped}),
                "≤ 1.1",
            )
            for kind, words in (("rare", RARE), ("medium", MEDIUM), ("common", COMMON)):
                asked = (SEARCH, [words, "", "", "", PAGE + 1, None, None])
                yield compared(
                    f"search, {kind} word",
                    name,
                    app,
                    owner,
                    asked,
                    quicker(owner, (HAND_SEARCH, HAND_SEARCH_FEW), {**hand, "words": words}),
                    "≤ 1.3, < 15 ms",
                )
            reference = {"reference": newest_reference(app)}
            yield compared(
                "detail", name, app, owner, (DETAIL, reference), (HAND_DETAIL, {"orgs": orgs, **reference}), "≤ 1.1"
            )


def quicker(owner: Connection, statements: tuple[str, ...], params: Params) -> tuple[str, Params]:
    """Which of several hand-written statements answers sooner, once the data is warm: the yardstick is the best one."""
    for statement in statements:
        fetch(owner, statement, params)
    return min(((statement, params) for statement in statements), key=lambda way: timed(lambda: fetch(owner, *way)))


def newest_reference(app: Connection) -> str:
    """A case this reader may see, or one that is there and hidden."""
    rows = fetch(app, LIST, [None, None, 0, 1, 1])
    return str(rows[0][1]) if rows else "INC-2020-00000001"


def compared(
    group: str,
    reader: str,
    app: Connection,
    owner: Connection,
    ours: tuple[str, Params],
    by_hand: tuple[str, Params],
    target: str,
) -> Result:
    """Ours against the hand-written statement, after checking that both give the same number of rows."""
    if len(fetch(app, *ours)) != len(fetch(owner, *by_hand)):
        raise AssertionError(f"{group}, {reader}: both ways must give the same rows")
    left, right = alternate(lambda: fetch(app, *ours), lambda: fetch(owner, *by_hand))
    return Result(group, reader, "ms", left, right, target)
