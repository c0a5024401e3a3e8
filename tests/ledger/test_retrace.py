"""`./norms verify` finds what was done to the log, whoever did it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger import log
from ledger.retrace import retrace
from tests.ledger.test_log import forged, own_keys, recorded  # noqa: F401
from tests.people import People

pytestmark = [pytest.mark.duty("ATT-3"), pytest.mark.duty("PUB-4"), pytest.mark.django_db]


@pytest.fixture
def grown(people: People) -> People:
    """Two checkpoints, past the first tile."""
    recorded(people.vela.analyst, 260)
    log.publish_checkpoint()
    recorded(people.vela.analyst, 20)
    log.publish_checkpoint()
    return people


def test_a_whole_log_holds(grown: People, as_owner: Callable[[], Any]) -> None:
    as_owner()
    seen = retrace("default")
    assert (seen.broken, seen.checkpoints, seen.leaves) == ("", 2, log.size())


@pytest.mark.parametrize(
    ("table", "statement", "named"),
    [
        (
            "ledger_commitment",
            "UPDATE ledger_commitment SET commitment = sha256('x') WHERE number = 100",
            "leaf 100 does not commit",
        ),
        ("ledger_commitment", "DELETE FROM ledger_commitment WHERE number = 100", "leaf 100 is missing"),
        ("ledger_commitment", "DELETE FROM ledger_commitment WHERE number > 270", "only 270 are there"),
        ("ledger_sequence", "DELETE FROM ledger_sequence WHERE number = 120", "leaf 120 commits to a place"),
        (
            "ledger_sequence",
            "UPDATE ledger_sequence SET leaf = sha256('x') WHERE number = 120",
            "leaf 120 does not commit",
        ),
        ("ledger_tile", "UPDATE ledger_tile SET hashes = repeat('x', 8192)::bytea", "tile 0 does not hold"),
        ("ledger_tile", "UPDATE ledger_tile SET root = sha256('x')", "another root"),
        ("ledger_checkpoint", "UPDATE ledger_checkpoint SET root = sha256('x')", "another size or root"),
        ("ledger_checkpoint", "UPDATE ledger_checkpoint SET note = 'nonsense'", "is no checkpoint"),
        ("ledger_checkpoint", "UPDATE ledger_checkpoint SET note = replace(note, '—', '— x —')", "is no checkpoint"),
    ],
)
def test_what_was_done_to_it_is_named(
    grown: People, as_owner: Callable[[], Any], table: str, statement: str, named: str
) -> None:
    forged(table, statement)
    as_owner()
    assert named in retrace("default").broken
    with pytest.raises(CommandError, match="BROKEN"):
        call_command("verify_ledger", "--database", "default")


def test_a_platform_that_moved_to_another_address_still_knows_its_checkpoints(
    grown: People, as_owner: Callable[[], Any], settings: Any
) -> None:
    settings.BASE_URL = "https://norms.example"
    recorded(grown.vela.analyst, 1)
    log.publish_checkpoint()
    as_owner()
    assert (retrace("default").broken, retrace("default").checkpoints) == ("", 3)
