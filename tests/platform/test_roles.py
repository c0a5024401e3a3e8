"""The database roles: who may do what, whoever prepares the server."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from normsplatform.cli.home import ROOT
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.postgresql import PostgreSQL
from normsplatform.embedded.roles import by_hand, ensure_roles, kept_secrets

pytestmark = pytest.mark.slow


@pytest.fixture
def passwords(scratch: Path) -> dict[str, str]:
    return kept_secrets(scratch / "secrets.json")


def limited_admin(server: PostgreSQL, rights: str) -> str:
    """A login as a hosted PostgreSQL hands out: no superuser."""
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE hosted LOGIN {rights} PASSWORD 'hosted'")
    return server.url("hosted", "hosted")


def test_no_role_is_mighty_and_only_the_definer_cannot_log_in(
    postgresql: PostgreSQL, passwords: dict[str, str]
) -> None:
    logins = ensure_roles(postgresql.url(), passwords)
    with psycopg.connect(logins.owner) as owner:
        rows = owner.execute(
            "SELECT rolname, rolcanlogin, rolcreatedb FROM pg_roles WHERE rolname LIKE 'norms%' "
            "AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreaterole ORDER BY 1"
        ).fetchall()
    assert rows == [
        ("norms_app", True, False),
        ("norms_definer", False, False),
        ("norms_owner", True, True),
        ("norms_public", True, False),
    ]


def test_the_application_owns_nothing_and_cannot_make_tables(postgresql: PostgreSQL, passwords: dict[str, str]) -> None:
    logins = ensure_roles(postgresql.url(), passwords)
    for url in (logins.app, logins.public):
        with psycopg.connect(url) as login, pytest.raises(psycopg.errors.InsufficientPrivilege):
            login.execute("CREATE TABLE mine (id int)")


def test_the_owner_does_not_inherit_the_application_but_can_become_it(
    postgresql: PostgreSQL, passwords: dict[str, str]
) -> None:
    """Tests log in as owner and ``SET LOCAL ROLE norms_app``; a policy FOR norms_app must not apply to the owner."""
    logins = ensure_roles(postgresql.url(), passwords)
    with psycopg.connect(logins.owner) as owner:
        owner.execute("CREATE TABLE t (id int); GRANT SELECT ON t TO norms_app")
        assert owner.execute("SELECT pg_has_role('norms_app', 'USAGE')").fetchone() == (False,)
        owner.execute("SET LOCAL ROLE norms_app")
        assert owner.execute("SELECT current_user, count(*) FROM t").fetchone() == ("norms_app", 0)


def test_the_owner_can_make_a_test_database_with_the_extensions(
    postgresql: PostgreSQL, passwords: dict[str, str]
) -> None:
    logins = ensure_roles(postgresql.url(), passwords)
    with psycopg.connect(logins.owner, autocommit=True) as owner:
        owner.execute("CREATE DATABASE test_norms")
    with psycopg.connect(f"{logins.owner.rpartition('/')[0]}/test_norms", autocommit=True) as owner:
        for extension in ("pg_trgm", "btree_gin", "btree_gist", "unaccent"):
            owner.execute(f"CREATE EXTENSION {extension}")
        owner.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1; ALTER SCHEMA public OWNER TO norms_owner")


def test_it_can_be_run_again_and_by_several_at_once(postgresql: PostgreSQL, passwords: dict[str, str]) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: ensure_roles(postgresql.url(), passwords), range(6)))
    assert len({logins.app for logins in found}) == 1
    assert all(logins.notices == () for logins in found)


def test_an_administrator_who_is_no_superuser_is_enough(postgresql: PostgreSQL, passwords: dict[str, str]) -> None:
    admin = limited_admin(postgresql, "CREATEROLE CREATEDB")
    logins = ensure_roles(admin, passwords)
    with psycopg.connect(logins.owner) as owner:
        assert owner.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'").fetchone() == (1,)


def test_without_the_right_the_sql_is_said_and_that_sql_is_enough(
    postgresql: PostgreSQL, passwords: dict[str, str]
) -> None:
    powerless = limited_admin(postgresql, "")
    with pytest.raises(LauncherError, match="Have an administrator run this once") as refused:
        ensure_roles(powerless, passwords)
    script = by_hand(powerless, passwords)
    assert script in str(refused.value)
    psql = [str(postgresql.programs / "psql"), "-X", "-v", "ON_ERROR_STOP=1", postgresql.url()]
    done = subprocess.run(psql, input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    ensure_roles(powerless, passwords)


def test_lost_passwords_are_set_anew_and_it_is_said(postgresql: PostgreSQL, passwords: dict[str, str]) -> None:
    ensure_roles(postgresql.url(), passwords)
    other = passwords | {"norms_app": "another"}
    logins = ensure_roles(postgresql.url(), other)
    assert any("norms_app" in notice for notice in logins.notices)
    psycopg.connect(logins.app).close()


def test_a_role_that_bypasses_the_policies_stops_the_start(postgresql: PostgreSQL, passwords: dict[str, str]) -> None:
    ensure_roles(postgresql.url(), passwords)
    with psycopg.connect(postgresql.url(), autocommit=True) as admin:
        admin.execute("ALTER ROLE norms_app BYPASSRLS")
    with pytest.raises(LauncherError, match="norms_app may bypass row-level security"):
        ensure_roles(postgresql.url(), passwords)


def test_a_server_that_is_not_there_is_a_sentence(passwords: dict[str, str]) -> None:
    with pytest.raises(LauncherError, match="server of DATABASE_URL cannot be used"):
        ensure_roles("postgres://admin:secret@127.0.0.1:1/postgres", passwords)


def test_the_database_named_in_the_address_is_the_one_used(postgresql: PostgreSQL, passwords: dict[str, str]) -> None:
    logins = ensure_roles(postgresql.url(database="our_norms"), passwords)
    with psycopg.connect(logins.app) as app:
        assert app.execute("SELECT current_database()").fetchone() == ("our_norms",)


def test_the_script_of_the_production_shape_makes_the_same(postgresql: PostgreSQL, passwords: dict[str, str]) -> None:
    """Two ways to the same roles: what deploy/roles.sh leaves, ensure_roles finds in order without any admin."""
    env = os.environ | {
        "PATH": f"{postgresql.programs}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgresql.port),
        "PGPASSWORD": postgresql.password,
        **{f"{role.upper()}_PASSWORD": passwords[role] for role in ("norms_owner", "norms_app", "norms_public")},
    }
    script = ROOT / "deploy" / "roles.sh"
    done = subprocess.run(["sh", str(script)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ensure_roles(postgresql.url("nobody", "unknown"), passwords)
