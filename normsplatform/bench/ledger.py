"""The ledger and its log: entries recorded, put in order and into the tree; proofs out of it; the whole recomputed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from django.db import connection, transaction

from core.tenancy import acting_as
from ledger import log
from ledger.recompute import verify
from ledger.retrace import retrace
from ledger.services import sequence_pending

from .measure import Result, timed
from .synthetic import MEASURED, principal_of, seeded

CHUNK = 10_000
PROOFS = 2_000
RECORD = """
INSERT INTO {table} (verb, subject_type, subject_id, root_id, actor_id, organisation_id, instruments, payload)
SELECT 'token.issued', 'organisations.organisation', '1', NULL, %s, %s, '{{}}', '{{"bench":' || n || '}}' FROM generate_series(1, %s) n
"""
BARE = """
CREATE TEMPORARY TABLE bench_bare (verb text, subject_type text, subject_id text, root_id bigint, actor_id int, organisation_id int,
  instruments text, payload text)
"""


def recorded(table: str, count: int) -> float:
    """Milliseconds for so many entries in one transaction."""
    principal = principal_of(MEASURED)

    def work() -> None:
        with acting_as(principal), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(RECORD.format(table=table), [principal.user_id, principal.organisation_id, count])

    return timed(work)


def run() -> Iterator[Result]:
    """As many entries as there are incidents (a million for the figures that are aimed at)."""
    wanted = seeded()
    with connection.cursor() as cursor:
        cursor.execute(BARE)
    ours = bare = 0.0
    made = 0
    while log.size() + made < wanted:
        count = min(CHUNK, wanted - log.size() - made)
        ours += recorded("ledger_entry", count)
        bare += recorded("bench_bare", count)
        made += count
    if made:
        yield Result(
            "ledger", "entries recorded, hashed and queued", "a second", made / ours * 1000, made / bare * 1000
        )
        begun = time.perf_counter()
        while log.size() < wanted:
            with transaction.atomic():
                sequence_pending(20_000)
        yield Result(
            "ledger", "entries put in order and into the tree", "a second", made / (time.perf_counter() - begun)
        )
    size = log.size()
    places = [random.randrange(size) for _ in range(PROOFS)]  # noqa: S311  (which proofs are measured)

    def prove() -> None:
        with transaction.atomic():
            for place in places:
                log.tree(size).inclusion(place)

    yield Result("ledger", f"proofs of inclusion among {size:,}", "a second", PROOFS / timed(prove) * 1000)
    chain, tree = timed(lambda: verify("owner")), timed(lambda: retrace("owner"))
    yield Result("ledger", f"the chain of {size:,} recomputed", "s", chain / 1000, None, "≤ 30 for both at 1,000,000")
    yield Result("ledger", f"the log of {size:,} recomputed", "s", tree / 1000)
