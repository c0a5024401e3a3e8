"""The Python environment: made from the hash-locked lists, wheels only, whole or made anew."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NoReturn

from normsplatform.cli import apt
from normsplatform.cli.home import ROOT, Home
from normsplatform.cli.programs import run_logged, tail
from normsplatform.cli.terminal import say, step
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.files import exclusive, read_json, write_json

Kind = Literal["runtime", "dev"]
LISTS: dict[Kind, str] = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}
SPACE: dict[Kind, int] = {"runtime": 900, "dev": 1300}  # MB: what is installed, unpacked once more on the way


def lock_of(kind: Kind) -> str:
    """What the environment has to be: changes with the list."""
    return hashlib.sha256((ROOT / LISTS[kind]).read_bytes()).hexdigest()


def is_inside(home: Home) -> bool:
    """Whether this very program runs in the environment."""
    return Path(sys.prefix) == home.env


def is_complete(home: Home, kind: Kind) -> bool:
    """Whether the environment is what the list says. The list for development holds everything of the other."""
    if not os.access(home.env / "bin" / "python", os.X_OK):
        return False
    installed = read_json(home.env_marker)
    wanted = {LISTS["dev"]: lock_of("dev")}
    if kind == "runtime" and installed.get(LISTS["runtime"]) == lock_of("runtime"):
        return True
    return all(installed.get(name) == lock for name, lock in wanted.items())


def ensure(home: Home, kind: Kind) -> None:
    """Make the environment, or what is missing of it.

    The marker is written last and removed first: an environment without it was interrupted and is made anew.
    """
    home.make()
    with exclusive(home.path / "env.lock"):
        if is_complete(home, kind):
            return
        home.require_space(SPACE[kind], "The Python environment")
        say("Setting up the Python environment (once; under a minute when the packages are at hand)")
        marker = home.env_marker
        installed = read_json(marker)
        grows = kind == "dev" and installed.get(LISTS["runtime"]) == lock_of("runtime")
        marker.unlink(missing_ok=True)
        log = home.logs / "environment.log"
        uv = shutil.which("uv")
        if not grows:
            with step("environment"):
                shutil.rmtree(home.env, ignore_errors=True)
                _make(home, uv, log)
        with step(f"packages ({LISTS[kind]})"):
            _install(home, kind, uv, log)
        write_json(marker, (installed if grows else {}) | {LISTS[kind]: lock_of(kind)})


def enter(home: Home, kind: Kind, arguments: Sequence[str]) -> None:
    """Go on in the environment: returns when we are there already, otherwise never."""
    if not is_complete(home, kind):
        ensure(home, kind)
        if is_inside(home):
            return
    if not is_inside(home):
        _start_again(home, arguments)


def _start_again(home: Home, arguments: Sequence[str]) -> NoReturn:
    python = str(home.env / "bin" / "python")
    sys.stdout.flush()
    os.execv(python, [python, "-P", "-m", "normsplatform.cli", *arguments])  # noqa: S606 — no shell is wanted


def _clean_environment() -> dict[str, str]:
    """Without what would send pip or uv into another environment."""
    return {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PIP_USER", "PIP_TARGET"}}


def _make(home: Home, uv: str | None, log: Path) -> None:
    base = getattr(sys, "_base_executable", "") or sys.executable
    if uv:
        status, _ = run_logged([uv, "venv", "--python", base, "--seed", str(home.env)], log, _clean_environment(), ROOT)
        if status == 0:
            return
        shutil.rmtree(home.env, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        # Debian and Ubuntu keep these two in a package of their own
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        apt.install([version], "Python's venv module, to make an environment of our own")
    status, said = run_logged([base, "-m", "venv", str(home.env)], log, _clean_environment(), ROOT)
    if status:
        _refuse(said, log)


def _install(home: Home, kind: Kind, uv: str | None, log: Path) -> None:
    python = str(home.env / "bin" / "python")
    options = ["--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / LISTS[kind])]
    if uv:
        status, _ = run_logged([uv, "pip", "install", "--python", python, *options], log, _clean_environment(), ROOT)
        if status == 0:
            return
        say("    uv could not install the packages; trying with pip")
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *options]
    status, said = run_logged(command, log, _clean_environment(), ROOT)
    if status:
        _refuse(said, log)
    subprocess.run([python, "-m", "compileall", "-q", str(home.env / "lib")], check=False, capture_output=True)


CAUSES = {
    "No space left on device": "the disk is full. Free some space and start again",
    "THESE PACKAGES DO NOT MATCH THE HASHES": "a package is not the one we locked. Find out where it came from",
    "No matching distribution found": (
        "a package has no ready-made wheel for this machine and Python. "
        "Use Python 3.11, 3.12 or 3.13 on Linux x86_64 or aarch64"
    ),
    "Temporary failure in name resolution": "the package index cannot be reached. Check the network and start again",
    "Failed to establish a new connection": "the package index cannot be reached. Check the network and start again",
    "Read timed out": "the package index is too slow. Start again: what was fetched is kept",
}


def _refuse(said: str, log: Path) -> NoReturn:
    reason = next((sentence for sign, sentence in CAUSES.items() if sign in said), "")
    because = f": {reason}" if reason else ""
    raise LauncherError(f"The Python environment could not be made{because}.\n{tail(said, 6)}\n    All of it: {log}")
