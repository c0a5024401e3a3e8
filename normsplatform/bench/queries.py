"""Lists, counts, detail and search under row-level security as the application, against the best hand-written filter.

Ours: the statements the pages run (`incidents.selectors`), as `norms_app` with the reader bound to the transaction.
The yardstick: one statement with the reader's organisations written into it, as a role that no policy holds back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
from django.conf import settings

from core.tenancy import Principal, as_settings
from incidents.selectors import CAP, COUNT, NEWEST, PAGE

from .measure import Result, alternate
from .synthetic import COMMON, MEDIUM, RARE, readers

COLUMNS = "i.id, i.reference, i.title, i.status, i.mark, i.holder_id, i.filed_at, i.began_at, i.people_best"
ROWS = f"SELECT {COLUMNS} FROM incidents_incident i WHERE i.id = ANY (%(ids)s) ORDER BY i.filed_at DESC, i.id DESC"  # noqa: S608
SEARCH = "SELECT incident_search(%(words)s, '', '', '', %(limit)s, NULL, NULL)"
DETAIL = "SELECT * FROM incidents_incident WHERE reference = %(reference)s"

# What somebody would write who needs no policy: the reader's organisations as a literal array.
HAND_LIST = f"""
SELECT {COLUMNS} FROM (SELECT DISTINCT x.incident_id, x.filed_at FROM unnest(%(orgs)s::int[]) o(id), LATERAL (
    SELECT a.incident_id, a.filed_at FROM incidents_access a WHERE a.principal = o.id ORDER BY a.filed_at DESC, a.incident_id DESC LIMIT %(limit)s) x
  ORDER BY 2 DESC, 1 DESC LIMIT %(limit)s) v JOIN incidents_incident i ON i.id = v.incident_id ORDER BY i.filed_at DESC, i.id DESC
"""  # noqa: S608
HAND_COUNT = """
SELECT count(*) FROM (SELECT DISTINCT x.incident_id FROM unnest(%(orgs)s::int[]) o(id), LATERAL (
    SELECT a.incident_id FROM incidents_access a WHERE a.principal = o.id LIMIT %(limit)s) x LIMIT %(limit)s) v
"""
HAND_SEARCH = f"""
SELECT {COLUMNS} FROM incidents_incident i WHERE i.search @@ websearch_to_tsquery('simple', %(words)s) AND i.audience && %(orgs)s::int[]
 ORDER BY i.filed_at DESC, i.id DESC LIMIT %(limit)s
"""  # noqa: S608
HAND_DETAIL = "SELECT * FROM incidents_incident WHERE reference = %(reference)s AND audience && %(orgs)s::int[]"

Connection = psycopg.Connection[tuple[Any, ...]]


def connect(alias: str) -> Connection:
    """A plain connection with this login: no ORM in between."""
    to = settings.DATABASES[alias]
    return psycopg.connect(host=to["HOST"], port=to["PORT"], dbname=to["NAME"], user=to["USER"], password=to["PASSWORD"])


def bind(connection: Connection, principal: Principal) -> None:
    """Says who asks, as the backend does."""
    connection.rollback()
    user_id, orgs = as_settings(principal)
    connection.execute("SELECT set_config('app.user_id', %s, true), set_config('app.org_ids', %s, true)", (user_id, orgs))


def fetch(connection: Connection, statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Runs and reads to the end."""
    return connection.execute(statement, params).fetchall()


def page(app: Connection, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of a page by key."""
    return fetch(app, ROWS, {"ids": [row[0] for row in found]})


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
            limit = {"limit": PAGE + 1, "at": None, "id": 0}
            yield compared("list, 25 rows", name, app, owner, lambda p=limit: page(app, fetch(app, NEWEST, p)), HAND_LIST, {"orgs": orgs, "limit": PAGE + 1}, "≤ 1.3, < 2 ms")
            capped = {"limit": CAP + 1}
            yield compared("count, capped at 1,001", name, app, owner, lambda p=capped: fetch(app, COUNT, p), HAND_COUNT, {"orgs": orgs, **capped}, "≤ 1.1")
            for kind, words in (("rare", RARE), ("medium", MEDIUM), ("common", COMMON)):
                asked = {"words": words, "limit": PAGE + 1}
                yield compared(f"search, {kind} word", name, app, owner, lambda p=asked: page(app, fetch(app, SEARCH, p)), HAND_SEARCH, {"orgs": orgs, **asked}, "≤ 1.3, < 15 ms")
            seen = fetch(app, NEWEST, {"limit": 1, "at": None, "id": 0})
            reference = {"reference": page(app, seen)[0][1] if seen else "INC-2020-00000001"}
            yield compared("detail", name, app, owner, lambda p=reference: fetch(app, DETAIL, p), HAND_DETAIL, {"orgs": orgs, **reference}, "≤ 1.1")


def compared(
    group: str, reader: str, app: Connection, owner: Connection, ours: Callable[[], list[tuple[Any, ...]]], by_hand: str, params: dict[str, Any], target: str
) -> Result:
    """Ours against the hand-written statement, after checking that both give the same number of rows."""
    if len(ours()) != len(fetch(owner, by_hand, params)):
        raise AssertionError(f"{group}, {reader}: both ways must give the same rows")
    left, right = alternate(ours, lambda: fetch(owner, by_hand, params))
    return Result(group, reader, "ms", left, right, target)
