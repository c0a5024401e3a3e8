"""What was changed is kept old and new, vouched for by the ledger, and can be forgotten without breaking it (ATT-3, SHR-6)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core.tenancy import acting_as
from evidence.services import describe_item
from incidents.looks import changes_in
from incidents.services import edit_incident
from ledger.models import Entry
from ledger.recompute import verify
from ledger.services import sequence_pending
from normsplatform.history import UNWATCHED, WATCHED
from tests.evidence.seals import Sealed
from tests.incidents.cases import filed
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-6"), pytest.mark.django_db]
AsOwner = Callable[[], Any]


def edited(people: People) -> Any:
    incident = filed(people.vela.analyst, title="Quillwort outage")
    with acting_as(people.vela.analyst.principal):
        edit_incident(
            actor=people.vela.analyst, reference=incident.reference, version=1, facts={"title": "Bergamot outage"}
        )
        sequence_pending()
    return incident


def test_every_table_of_a_case_that_can_be_changed_is_watched_or_says_why_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.tablename FROM pg_policies p JOIN information_schema.columns c"
            " ON c.table_name = p.tablename AND c.column_name = 'audience'"
            " WHERE p.policyname = 'tenant_edit' AND p.schemaname = 'public'"
        )
        editable = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'keeps_changes'")
        watched = {row[0] for row in cursor.fetchall()}
    assert watched == set(WATCHED)
    assert not set(WATCHED) & set(UNWATCHED)
    assert editable - set(WATCHED) - set(UNWATCHED) == set()


def test_the_entry_speaks_for_the_changes_of_its_transaction_and_verifies(people: People, as_owner: AsOwner) -> None:
    incident = edited(people)
    with acting_as(people.vela.admin.principal):
        entry = Entry.objects.get(verb="incident.edited", root_id=incident.pk)
        assert '"~changes":"' in entry.payload and "Bergamot" not in entry.payload
        assert [change.entry_id for change in changes_in(incident) if change.table == "incidents_incident"] == [
            entry.pk
        ]
    as_owner()
    assert verify("default").broken == ""


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_change SET content = replace(content, 'Bergamot', 'Campion')",
        "UPDATE ledger_change SET commitment = sha256('x')",
        "DELETE FROM ledger_change",
    ],
)
def test_what_was_altered_behind_its_back_is_found(people: People, as_owner: AsOwner, damage: str) -> None:
    edited(people)
    cursor = as_owner()
    cursor.execute("ALTER TABLE ledger_change DISABLE TRIGGER USER")
    cursor.execute("ALTER TABLE ledger_change NO FORCE ROW LEVEL SECURITY")
    cursor.execute(damage)
    assert cursor.rowcount >= 1
    assert verify("default").broken


def test_forgetting_a_change_leaves_the_chain_whole(people: People, as_owner: AsOwner) -> None:
    incident = edited(people)
    cursor = as_owner()
    cursor.execute("ALTER TABLE ledger_change NO FORCE ROW LEVEL SECURITY")
    cursor.execute("UPDATE ledger_change SET content = NULL, salt = NULL")
    assert cursor.rowcount >= 1
    assert verify("default").broken == ""
    cursor.execute("SET LOCAL ROLE norms_app")
    with acting_as(people.vela.admin.principal):
        assert {str(change.fields) for change in changes_in(incident)} == {"None"}


@pytest.mark.duty("SHR-4")
def test_what_is_sealed_is_not_kept_beside_its_seal(people: People, as_owner: AsOwner) -> None:
    case = Sealed(people)
    with acting_as(case.depositor.principal):
        describe_item(
            actor=case.depositor, reference=case.incident.reference, label="E-1", version=1,
            facts={"title": "Talk with Ilse Marrow"},
        )  # fmt: skip
    case.sealed()
    cursor = as_owner()
    cursor.execute("ALTER TABLE ledger_change NO FORCE ROW LEVEL SECURITY")
    cursor.execute("SELECT content FROM ledger_change WHERE table_name = 'evidence_evidenceitem' ORDER BY id")
    kept = [row[0] for row in cursor.fetchall()]
    assert kept.count(None) >= 1 and '{"sealed": [false, true]}' in kept
    assert not [text for text in kept if text and "Marrow" in text]
