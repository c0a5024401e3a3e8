"""Functions that run with more rights than their caller trust no name the caller can put in their way."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.tenancy import acting_as
from tests.people import People
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("SHR-7"), pytest.mark.django_db]


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """What the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def test_every_definer_function_looks_at_temporary_names_last() -> None:
    # PostgreSQL searches pg_temp first unless the path names it: a caller's temporary table would stand in for ours.
    paths = rows(
        "SELECT p.oid::regprocedure::text, p.proconfig FROM pg_proc p WHERE p.prosecdef"
        " AND p.pronamespace = 'public'::regnamespace"
    )
    assert paths
    assert [name for name, config in paths if "search_path=pg_catalog, public, pg_temp" not in (config or [])] == []


# The transparency log is for anybody: tiles, commitments and checkpoints, and a witness's line over one of them.
PUBLIC_LOG = {
    "ledger_log_size", "ledger_log_tile", "ledger_log_commitments", "ledger_checkpoints", "ledger_checkpoint_signed",
    "ledger_checkpoint_stamp", "ledger_cosign",
}  # fmt: skip


def test_every_definer_function_is_closed_to_the_public() -> None:
    # Trigger functions cannot be called; everything else is called by the login it was made for.
    callable_by_anyone = rows(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace"
        " AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('norms_public', p.oid, 'EXECUTE')"
    )
    assert {name.partition("(")[0] for (name,) in callable_by_anyone} == PUBLIC_LOG


def test_a_temporary_table_does_not_open_another_tenants_activity(people: People) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.orrin.analyst.principal), transaction.atomic():
        assert rows("SELECT id FROM incident_activity(%s, 10, NULL, '')", incident.pk) == []
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE incidents_incident (id bigint, evidence_audience int[]) ON COMMIT DROP"
            )
            cursor.execute("INSERT INTO pg_temp.incidents_incident VALUES (%s, app_orgs())", [incident.pk])
            cursor.execute("GRANT SELECT ON pg_temp.incidents_incident TO norms_definer")
        assert rows("SELECT id FROM incident_activity(%s, 10, NULL, '')", incident.pk) == []
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE pg_temp.incidents_incident")


def test_a_temporary_table_makes_nobody_a_publisher(people: People) -> None:
    with acting_as(people.orrin.analyst.principal), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE organisations_membership AS SELECT app_user() AS user_id, %s AS organisation_id,"
                " ARRAY['publisher']::varchar[] AS roles, NULL::timestamptz AS until",
                [people.orrin.organisation.pk],
            )
            cursor.execute(
                "CREATE TEMPORARY TABLE organisations_organisation AS SELECT %s AS id, true AS is_secretariat",
                [people.orrin.organisation.pk],
            )
            cursor.execute(
                "GRANT SELECT ON pg_temp.organisations_membership, pg_temp.organisations_organisation TO norms_definer"
            )
        assert rows("SELECT publication_is_publisher()") == [(False,)]
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE pg_temp.organisations_membership, pg_temp.organisations_organisation")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT key FROM reference_key",
        "SELECT key FROM publication_key",
        "SELECT * FROM ledger_pending",
        "SELECT * FROM ledger_sequence",
        "SELECT * FROM ledger_walk(0, 10)",
        "SELECT * FROM ledger_stray()",
        "SELECT * FROM incidents_access_faults()",
        "SELECT incidents_resync(ARRAY[1]::bigint[])",
        "SELECT * FROM publication_records(current_date, '2026.1')",
        "UPDATE ledger_entry SET verb = 'x'",
        "DELETE FROM ledger_entry",
        "UPDATE evidence_custodyentry SET note = 'x'",
        "UPDATE instruments_instrument SET version = 'x'",
        "SET LOCAL ROLE norms_owner",
        "SET LOCAL ROLE norms_definer",
        "CREATE FUNCTION public.app_orgs2() RETURNS int LANGUAGE sql RETURN 1",
        "ALTER TABLE incidents_incident DISABLE ROW LEVEL SECURITY",
        "TRUNCATE incidents_incident CASCADE",
        "COPY incidents_incident TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
    ],
)
def test_what_the_applications_login_is_refused(people: People, statement: str) -> None:
    filed(people.vela.analyst)
    with acting_as(people.orrin.analyst.principal):
        # The test's own login may take roles; the application's may not, so this one is asked of its own rights.
        if statement.startswith("SET LOCAL ROLE"):
            role = statement.rsplit(" ", 1)[1]
            assert rows("SELECT pg_has_role('norms_app', %s, 'MEMBER')", role) == [(False,)]
            return
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    "words", ["'", "\\'", "'); DROP TABLE x; --", "%L %s %I", "$f$", "\\\\'' OR true", '"unclosed', "-", "!& |"]
)
def test_words_of_a_search_stay_words(people: People, words: str) -> None:
    filed(people.vela.analyst)
    with acting_as(people.orrin.analyst.principal):
        for settings in ("on", "off"):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL standard_conforming_strings = {settings}")
                cursor.execute(
                    "SELECT * FROM incident_search($1, $2, $2, $2, 25, NULL, NULL)".replace("$1", "%s").replace(
                        "$2", "%s"
                    ),
                    [words, words, words, words],
                )
                assert cursor.fetchall() == []
