"""PostgreSQL and Valkey for one home, and the environment variables that lead Django to them."""

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from normsplatform.cli.home import ROOT, Home
from normsplatform.cli.terminal import say
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.postgresql import PostgreSQL
from normsplatform.embedded.server import EmbeddedServer
from normsplatform.embedded.valkey import Valkey


@dataclass(frozen=True)
class Stack:
    """What is running, and how to reach it."""

    env: dict[str, str]
    """For migrations and commands: all three logins."""
    servers: tuple[EmbeddedServer, ...]
    """Those we look after; empty when ``DATABASE_URL`` and ``REDIS_URL`` name others."""

    @property
    def serving_env(self) -> dict[str, str]:
        """For web, worker and scheduler: the owner's password is not among what they are given.

        The alias ``owner`` exists in the settings, so it gets the application's login: a slip reaches no more than
        the application may.
        """
        return self.env | {"DATABASE_OWNER_URL": self.env["DATABASE_APP_URL"]}


def base_environment(home: Home) -> dict[str, str]:
    """What every Python program of ours is started with."""
    return dict(os.environ) | {
        "NORMS_HOME": str(home.path),
        "DJANGO_SETTINGS_MODULE": "normsplatform.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def running(home: Home, *, durable: bool = True, embedded_only: bool = False) -> Iterator[Stack]:
    """Servers for as long as the block lasts: started or joined, and stopped by the last who leaves.

    ``embedded_only`` ignores ``DATABASE_URL`` and ``REDIS_URL``: tests and benchmarks never touch somebody's data.
    """
    from normsplatform.embedded.roles import ensure_roles, kept_secrets  # needs psycopg: after the environment exists

    home.make()
    with contextlib.ExitStack() as stack:
        servers: list[EmbeddedServer] = []
        database_url = "" if embedded_only else os.environ.get("DATABASE_URL", "")
        redis_url = "" if embedded_only else os.environ.get("REDIS_URL", "")
        if not (database_url and redis_url):
            home.require_space(200, "The database")
        if not database_url:
            postgresql = PostgreSQL(home.path / "postgresql", home.logs / "postgresql.log", durable=durable)
            postgresql.acquire()
            stack.callback(postgresql.release)
            servers.append(postgresql)
            database_url = postgresql.url()
        if not redis_url:
            valkey = Valkey(home.path / "valkey", home.logs / "valkey.log")
            valkey.acquire()
            stack.callback(valkey.release)
            servers.append(valkey)
            redis_url = valkey.url
        else:
            _require_queue(redis_url)
        passwords = kept_secrets(home.secrets)
        logins = ensure_roles(database_url, passwords)
        for notice in logins.notices:
            say(f"    {notice}")
        env = base_environment(home) | {
            "SECRET_KEY": os.environ.get("SECRET_KEY") or passwords["secret_key"],
            "DATABASE_OWNER_URL": logins.owner,
            "DATABASE_APP_URL": logins.app,
            "DATABASE_PUBLIC_URL": logins.public,
            "REDIS_URL": redis_url,
        }
        env.pop("DATABASE_URL", None)  # an administrator's login: nobody after us needs it
        yield Stack(env, tuple(servers))


def _require_queue(url: str) -> None:
    """A wrong REDIS_URL is said now, not by a worker's log."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=5).close()
    except OSError as problem:
        raise LauncherError(
            f"The server of REDIS_URL ({parts.hostname}:{parts.port or 6379}) cannot be reached: {problem}"
        ) from problem
