"""Databases of a test's own, copied from the test database: what is committed there is gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

# PostgreSQL copies a database nobody else is in. A server's thread that answered late may have come back to it.
SHOW_OUT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"


@contextmanager
def copied(template: str, copy: str) -> Iterator[str]:
    """Makes `copy` out of `template` and drops it at the end, whoever is still connected to either."""
    connections.close_all()
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        cursor.execute(SHOW_OUT, [template])
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
    try:
        yield copy
    finally:
        connections.close_all()
        with connections["default"]._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')
