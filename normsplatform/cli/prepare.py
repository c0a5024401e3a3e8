"""Brings the database to where the code is: migrations, instruments, demo. Nothing is done twice.

What was done is noted together with a sign from the database itself, so that a note that outlived its database
(another ``DATABASE_URL``, a removed directory) is not believed.
"""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from normsplatform.cli.home import ROOT, Home
from normsplatform.cli.programs import run_logged, tail
from normsplatform.cli.stack import Stack
from normsplatform.cli.terminal import step
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.files import read_json, write_json

OURS = ("var", "tests", "docs", "static", "templates", "node_modules")


def _apps() -> list[Path]:
    return sorted(folder for folder in ROOT.iterdir() if folder.name not in OURS and (folder / "apps.py").exists())


def digest(files: Iterable[Path]) -> str:
    """Changes when a file changes, comes or goes."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        total.update(f"{file.relative_to(ROOT)}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def migration_files() -> list[Path]:
    """The migrations, and the locks that decide which of other people's migrations there are."""
    own = [file for app in _apps() for file in (app / "migrations").glob("*.py")]
    return [*own, ROOT / "requirements.txt"]


def instrument_files() -> list[Path]:
    """The instruments and what loads them."""
    folder = ROOT / "instruments"
    return [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def manage(stack: Stack, home: Home, *arguments: str) -> None:
    """One management command, quietly; a sentence and its last words when it fails."""
    log = home.logs / "setup.log"
    status, said = run_logged([sys.executable, "-P", str(ROOT / "manage.py"), *arguments], log, stack.env, ROOT)
    if status:
        full = " The disk is full: free some space." if "No space left on device" in said else ""
        raise LauncherError(
            f"manage.py {' '.join(arguments)} failed.{full} Its last words:\n{tail(said)}\n"
            f"    All of it: {log}. What was done is kept; start again when it is mended."
        )


def database_sign(owner_url: str) -> str:
    """Changes with the database: which server, and how far its migrations are. Empty before the first."""
    import psycopg  # not before the environment exists

    with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as owner:
        if (
            not (row := owner.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone())
            or not row[0]
        ):
            return ""
        # Rows are never updated: their number, the newest and its time tell one history from another.
        found = owner.execute("SELECT count(*), max(id), max(applied) FROM django_migrations").fetchone()
        identity = owner.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    return repr((found, identity))


def prepare(stack: Stack, home: Home, *, demo: bool) -> None:
    """Migrate, load the instruments and, the first time, found the platform and load the demo."""
    owner_url = stack.env["DATABASE_OWNER_URL"]
    note = read_json(home.prepared)
    if note.get("database") != database_sign(owner_url):
        note = {}
    migrations, instruments = digest(migration_files()), digest(instrument_files())
    if note.get("migrations") != migrations:
        with step("database migrated"):
            manage(stack, home, "migrate", "--database", "owner", "--no-input")
        note = {"migrations": migrations, "demo": note.get("demo", False), "database": database_sign(owner_url)}
        write_json(home.prepared, note)
    if note.get("instruments") != instruments:
        with step("instruments loaded"):
            manage(stack, home, "load_instruments")
        note["instruments"] = instruments
        write_json(home.prepared, note)
    if not note.get("founded"):
        with step("platform founded"):
            manage(stack, home, "found_platform")
        note["founded"] = True
        write_json(home.prepared, note)
    if demo and not note.get("demo"):
        with step("demo cases and accounts"):
            manage(stack, home, "seed_demo")
        note["demo"] = True
        write_json(home.prepared, note)
