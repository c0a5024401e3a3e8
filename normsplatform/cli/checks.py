"""``./norms check``: what needs no database, one line each."""

import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from normsplatform.cli.home import ROOT, Home
from normsplatform.cli.programs import run_logged, tail
from normsplatform.cli.stack import base_environment
from normsplatform.cli.terminal import colour, say

MIGRATIONS = ("makemigrations", "--check", "--dry-run", "--settings", "normsplatform.settings")


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    title: str
    passed: bool
    seconds: float
    said: str


def _commands() -> list[tuple[str, Sequence[str]]]:
    tools = Path(sys.executable).parent
    templates = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "templates").rglob("*.html"))
    found: list[tuple[str, Sequence[str]]] = [
        ("types (mypy)", [str(tools / "mypy")]),
        ("lint (ruff)", [str(tools / "ruff"), "check", "."]),
        ("format (ruff)", [str(tools / "ruff"), "format", "--check", "."]),
        ("import contracts", [str(tools / "lint-imports")]),
        ("migrations", [sys.executable, "-P", "-W", "ignore::RuntimeWarning", "manage.py", *MIGRATIONS]),
    ]
    if templates:
        found.append(("templates (djhtml)", [str(tools / "djhtml"), "--check", *templates]))
    return found


def nowhere(home: Home) -> dict[str, str]:
    """Variables with which the settings load and nothing can be reached: for what must not touch data."""
    unreachable = "postgresql://nobody:nothing@127.0.0.1:1/none"
    return base_environment(home) | {
        "SECRET_KEY": "nothing is signed with this",
        "DATABASE_OWNER_URL": unreachable,
        "DATABASE_APP_URL": unreachable,
        "DATABASE_PUBLIC_URL": unreachable,
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def check(home: Home) -> bool:
    """Run all of them, two at a time, and say how each ended; whether all passed."""
    env = nowhere(home)
    with tempfile.TemporaryDirectory() as scratch:
        logs = Path(scratch)

        def run(numbered: tuple[int, tuple[str, Sequence[str]]]) -> Outcome:
            number, (title, command) = numbered
            begun = time.monotonic()
            status, said = run_logged(command, logs / str(number), env, ROOT)
            return Outcome(title, status == 0, time.monotonic() - begun, said)

        with ThreadPoolExecutor(max_workers=2) as pool:
            outcomes = list(pool.map(run, enumerate(_commands())))
    for outcome in outcomes:
        mark = colour("✓", "32") if outcome.passed else colour("✗", "31")
        say(f"  {mark} {outcome.title:<44}{outcome.seconds:6.1f} s")
        if not outcome.passed:
            say(tail(outcome.said, 40))
    return all(outcome.passed for outcome in outcomes)
