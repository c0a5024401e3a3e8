"""Who looked, at hundreds of thousands of looks: writing one down, and the pages that list them, against the same by hand.

Everything is written in one transaction that is undone at the end: looks cannot be deleted, and these never happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connections, transaction

from .measure import Result, alternate, timed

LOOKS = 300_000
NOTES = 2_000
PAGE = 51
FILL = """
INSERT INTO ledger_look (at, actor_id, organisation_id, holder_id, root_id, act, door, what)
SELECT date_trunc('month', now()) + (n %% 100) * interval '1 day' + n * interval '1 millisecond', 1, 1 + n %% 200,
       CASE WHEN n %% 10 = 0 THEN %(holder)s ELSE 1 + n %% 200 END, CASE WHEN n %% 100 = 0 THEN %(case)s ELSE 1000000 + n %% 5000 END,
       'opened', 'page', 'incident'
  FROM generate_series(1, %(count)s) n
"""
# The same rows as somebody would keep them who needs neither months nor walls.
BY_HAND = """
CREATE TEMPORARY TABLE bench_look (LIKE ledger_look INCLUDING DEFAULTS) ON COMMIT DROP;
CREATE TEMPORARY TABLE bench_note (LIKE ledger_look INCLUDING DEFAULTS) ON COMMIT DROP;
GRANT ALL ON bench_look, bench_note TO norms_definer, norms_app;
"""
COPY = "INSERT INTO bench_look SELECT * FROM ledger_look; ANALYZE ledger_look"
INDEXED = """
CREATE INDEX ON bench_look (root_id, at DESC, id DESC);
CREATE INDEX ON bench_look (holder_id, at DESC, id DESC);
CREATE INDEX ON bench_note (root_id, at DESC, id DESC);
ANALYZE bench_look;
"""
NOTE = "SELECT count(ledger_look_note(1, %(holder)s, %(holder)s, %(case)s, 'opened', 'page', 'incident', '')) FROM generate_series(1, %(count)s)"
BARE = """
INSERT INTO bench_note (actor_id, organisation_id, holder_id, root_id, act, door, what, subject)
SELECT 1, %(holder)s, %(holder)s, %(case)s, 'opened', 'page', 'incident', '' FROM generate_series(1, %(count)s)
"""
OF_CASE = "SELECT * FROM incident_looks(%(case)s, NULL, NULL, '', '', NULL, NULL, %(page)s, NULL, NULL)"
OF_CASE_BY_HAND = "SELECT * FROM bench_look WHERE root_id = %(case)s ORDER BY at DESC, id DESC LIMIT %(page)s"
OF_HOUSE = """
SELECT * FROM ledger_look WHERE holder_id = %(holder)s AND at >= now() - interval '30 days' ORDER BY at DESC, id DESC LIMIT %(page)s
"""
OF_HOUSE_BY_HAND = OF_HOUSE.replace("ledger_look", "bench_look")


def run() -> Iterator[Result]:
    """Looks in this month and the next three, a hundredth of them at one case, a tenth at what one organisation holds."""
    results: list[Result] = []
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(BY_HAND)
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute("SELECT id, holder_id FROM incidents_incident ORDER BY id LIMIT 1")
        case, holder = cursor.fetchone()
        known = {"case": case, "holder": holder, "count": LOOKS, "page": PAGE}
        cursor.execute(FILL, known)
        cursor.execute(COPY)
        cursor.execute("RESET ROLE")
        cursor.execute(INDEXED)
        cursor.execute("SET LOCAL ROLE norms_app")
        cursor.execute(
            "SELECT set_config('app.user_id', '1', true), set_config('app.org_ids', %s, true)", [f"1,{holder}"]
        )

        def asked(statement: str, **more: Any) -> Callable[[], object]:
            def ask() -> object:
                cursor.execute(statement, {**known, **more})
                return cursor.fetchall() if cursor.description else None

            return ask

        ours, bare = timed(asked(NOTE, count=NOTES)), timed(asked(BARE, count=NOTES))
        results.append(
            Result("audit", "a look written down", "µs", ours / NOTES * 1000, bare / NOTES * 1000, "≤ 100 µs")
        )
        pages = {
            "looks at one case": (OF_CASE, OF_CASE_BY_HAND),
            "looks at what a house holds": (OF_HOUSE, OF_HOUSE_BY_HAND),
        }
        for name, (statement, by_hand) in pages.items():
            left, right = alternate(asked(statement), asked(by_hand))
            results.append(Result("audit", f"{name}, 50 of {LOOKS:,}", "ms", left, right, "≤ 1.5 ×"))
        transaction.set_rollback(True, using="owner")
    yield from results
