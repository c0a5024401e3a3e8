"""Nothing is added, changed or dropped unnoticed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.tenancy import acting_as
from ledger.models import Entry
from ledger.recompute import verify
from ledger.services import record, sequence_pending
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("ATT-3"), pytest.mark.django_db]


@pytest.fixture
def written(people: People) -> People:
    """Three filings by two organisations, in order."""
    filed(people.vela.analyst)
    filed(people.orrin.analyst)
    filed(people.vela.analyst)
    sequence_pending()
    return people


def owner(statement: str) -> None:
    """What only somebody with the owner's password could do."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(statement)


def test_the_chain_recomputes_from_the_stored_fields(written: People, as_owner: Callable[[], Any]) -> None:
    as_owner()
    verdict = verify("default")
    assert verdict.broken == ""
    assert verdict.checked >= 3
    assert verdict.pending == 0


def test_pending_entries_are_counted(written: People, as_owner: Callable[[], Any]) -> None:
    filed(written.vela.analyst)
    as_owner()
    assert verify("default").pending == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET payload = '{}'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "DELETE FROM ledger_sequence",
    ],
)
@pytest.mark.parametrize("who", ["application", "owner"])
def test_entries_and_order_are_changed_by_nobody(written: People, statement: str, who: str) -> None:
    with (
        acting_as(written.vela.analyst.principal),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        if who == "owner":
            cursor.execute("RESET ROLE")
            # The owner is under the policies too; this one lets it reach the rows, so that the trigger answers.
            cursor.execute("CREATE POLICY breach ON ledger_entry TO norms_owner USING (true) WITH CHECK (true)")
            cursor.execute("CREATE POLICY breach ON ledger_sequence TO norms_owner USING (true) WITH CHECK (true)")
        cursor.execute(statement)


BREACH = (
    "ALTER TABLE ledger_entry DISABLE TRIGGER append_only_row; ALTER TABLE ledger_sequence DISABLE TRIGGER append_only_row;"
    "CREATE POLICY breach ON ledger_entry TO norms_owner USING (true) WITH CHECK (true);"
    "CREATE POLICY breach ON ledger_sequence TO norms_owner USING (true) WITH CHECK (true);"
)


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (
            'UPDATE ledger_entry SET payload = \'{"mark":"TLP:CLEAR"}\' WHERE id = (SELECT max(id) - 1 FROM ledger_entry)',
            "was changed",
        ),
        ("DELETE FROM ledger_entry WHERE id = (SELECT max(id) - 1 FROM ledger_entry)", "is gone"),
        ("DELETE FROM ledger_sequence WHERE number = (SELECT max(number) - 1 FROM ledger_sequence)", "is missing"),
        ("DELETE FROM ledger_sequence WHERE number = (SELECT max(number) FROM ledger_sequence)", "no place"),
        ("UPDATE ledger_sequence SET hash = '\\x00' WHERE number = 1", "wrong hash"),
    ],
)
def test_verify_names_the_first_broken_link(written: People, tampering: str, named: str) -> None:
    """Somebody with the owner's password switches the triggers off and writes: it shows."""
    owner(BREACH + tampering)
    assert named in verify("default").broken


def test_an_entry_cannot_be_written_in_anothers_name(people: People) -> None:
    with acting_as(people.orrin.analyst.principal), pytest.raises(DatabaseError), transaction.atomic():
        record(actor=people.vela.analyst, verb="token.issued", subject=people.vela.organisation)


def test_a_tenant_reads_its_own_entries(written: People) -> None:
    with acting_as(written.orrin.analyst.principal):
        assert set(Entry.objects.values_list("organisation_id", flat=True)) == {written.orrin.organisation.pk}


def test_an_undeclared_verb_is_a_mistake(people: People) -> None:
    with pytest.raises(ValueError, match="declared"):
        record(actor=people.vela.analyst, verb="incident.vanished", subject=people.vela.organisation)
