"""Databases of a test's own, copied from the test database: what is committed there is gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

# PostgreSQL copies and drops a database nobody else is in. A server's thread that answered late may have come back to it.
SHOW_OUT = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = %s AND pid <> pg_backend_pid() AND pg_has_role(usesysid, 'USAGE')"""


@contextmanager
def copied(template: str, copy: str) -> Iterator[str]:
    """Makes `copy` out of `template` and drops it at the end, whoever is still connected to either."""
    connections.close_all()
    with connections["default"]._nodb_cursor() as cursor:
        drop(cursor, copy)
        cursor.execute(SHOW_OUT, [template])
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
    try:
        yield copy
    finally:
        connections.close_all()
        with connections["default"]._nodb_cursor() as cursor:
            drop(cursor, copy)


def drop(cursor: Any, name: str) -> None:
    """Drops the database if there is one.

    Not `WITH (FORCE)`: an autovacuum worker that is in it is nobody's session, and only a superuser may end it
    by force. A plain drop asks it to leave and waits.
    """
    cursor.execute(SHOW_OUT, [name])
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
