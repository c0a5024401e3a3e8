"""``./norms doctor``: what is installed, what is running, what is wrong and how to mend it. Changes nothing."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from normsplatform.cli import apt, environment, libraries
from normsplatform.cli.home import ROOT, Home
from normsplatform.cli.terminal import colour, say
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.files import try_lock
from normsplatform.embedded.postgresql import PostgreSQL
from normsplatform.embedded.server import EmbeddedServer
from normsplatform.embedded.valkey import Valkey


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and how to mend it when it is wrong."""

    what: str
    found: str
    mend: str = ""
    wrong: bool = False


def doctor(home: Home) -> int:
    """Say what was found; not zero when something is wrong."""
    findings = [*_machine(home), *_installed(home), *_servers(home), *_platform(home)]
    for finding in findings:
        mark = colour("✗", "31") if finding.wrong else colour("•", "33") if finding.mend else colour("✓", "32")
        say(f"  {mark} {finding.what:<22} {finding.found}")
        if finding.mend:
            say(f"    {'':<22} → {finding.mend}")
    wrong = sum(finding.wrong for finding in findings)
    say(f"\n{wrong} to mend." if wrong else "\nNothing wrong.")
    return 1 if wrong else 0


def _machine(home: Home) -> Iterator[Finding]:
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    yield Finding("user", "root" if os.geteuid() == 0 else f"user {os.geteuid()}")
    yield Finding("code", str(ROOT))
    nearest = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    writable = os.access(nearest, os.W_OK)
    yield Finding(
        "state (NORMS_HOME)", str(home.path), "" if writable else "not writable: set NORMS_HOME", not writable
    )
    free = shutil.disk_usage(nearest).free // 2**20
    tight = free < 1500
    yield Finding(
        "free disk space", f"{free} MB", "free some space, or set NORMS_HOME to another disk" if tight else "", tight
    )


def _installed(home: Home) -> Iterator[Finding]:
    whole, dev = (environment.is_complete(home, kind) for kind in ("runtime", "dev"))
    if whole:
        yield Finding("Python environment", f"{home.env}{' (with what tests need)' if dev else ''}")
    else:
        yield Finding("Python environment", "not made, or not what the locked list says", "./norms up makes it")
    for need in libraries.NEEDS:
        if need.present():
            yield Finding(need.package, "found")
        else:
            yield Finding(need.package, f"missing: {need.purpose}", apt.command_for([need.package]), need.essential)
    browser = libraries.chromium()
    yield Finding(
        "Chromium", browser or "missing (only ./norms test needs it)", "" if browser else apt.command_for(["chromium"])
    )


def _servers(home: Home) -> Iterator[Finding]:
    kinds: tuple[tuple[type[EmbeddedServer], str, str], ...] = (
        (PostgreSQL, "postgresql", "DATABASE_URL"),
        (Valkey, "valkey", "REDIS_URL"),
    )
    for kind, folder, variable in kinds:
        if os.environ.get(variable):
            yield Finding(kind.title, f"the one of {variable}")
            continue
        private = home.path / folder
        if not (private / "server.json").exists():
            yield Finding(kind.title, "not made yet", "./norms up makes it")
            continue
        try:
            server = kind(private, home.logs / f"{folder}.log")
            pid = server.pid()
        except LauncherError as problem:
            yield Finding(kind.title, "cannot be used", str(problem), wrong=True)
            continue
        if pid is None:
            yield Finding(kind.title, f"stopped; data in {server.place.data}")
        elif server.alive():
            yield Finding(
                kind.title, f"running on 127.0.0.1:{server.port} (process {pid}); data in {server.place.data}"
            )
        else:
            yield Finding(
                kind.title, f"process {pid} does not answer", f"see {server.log}; ./norms up recovers it", wrong=True
            )


def _platform(home: Home) -> Iterator[Finding]:
    if not home.up_lock.exists():
        yield Finding("platform", "never started", "./norms up")
        return
    lock = try_lock(home.up_lock)
    if lock is None:
        yield Finding("platform", f"running: {home.up_lock.read_text().strip()}")
    else:
        lock.close()
        yield Finding("platform", "stopped")
    if home.accounts.exists():
        yield Finding("demo accounts", str(home.accounts))
