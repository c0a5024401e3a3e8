"""``./norms test``: everything that runs before a change is accepted, on servers of its own."""

import os
import sys
from collections.abc import Sequence

from normsplatform.cli import libraries
from normsplatform.cli.checks import check
from normsplatform.cli.home import ROOT, Home
from normsplatform.cli.programs import run_attached
from normsplatform.cli.stack import running
from normsplatform.cli.terminal import say

SLOW = "not browser and not races and not slow"
"""What ``--fast`` runs. The marks are declared in pyproject.toml."""


def run_tests(home: Home, arguments: Sequence[str]) -> int:
    """Checks, then pytest, whose closing line is the last; not zero when any of it failed."""
    fast = "--fast" in arguments
    wanted = [argument for argument in arguments if argument != "--fast"]
    libraries.ensure()
    browser = libraries.chromium() if fast else libraries.ensure_chromium()
    say("Checks")
    clean = check(home)
    with running(home.within("test"), durable=False, embedded_only=True) as stack:
        env = stack.env | {"NORMS_CHROMIUM": browser} if browser else stack.env
        # pyproject.toml names the settings of tests; the environment's word would win over it
        env = {name: value for name, value in env.items() if name not in {"NORMS_BASE_URL", "DJANGO_SETTINGS_MODULE"}}
        say("Tests" if clean else "Tests (a check failed: the result will be a failure)")
        command = [sys.executable, "-P", "-m", "pytest", *_selection(wanted, fast=fast), *wanted]
        status = run_attached(command, env, ROOT)
    return status or (0 if clean else 1)


def _selection(wanted: Sequence[str], *, fast: bool) -> list[str]:
    """The marks of ``--fast``; two workers when everything runs (a few tests are quicker without)."""
    chosen = ["-m", SLOW] if fast and "-m" not in wanted else []
    narrowed = any(not argument.startswith("-") for argument in wanted)
    spread = not narrowed and not any(argument.startswith(("-n", "--numprocesses")) for argument in wanted)
    cores = os.cpu_count() or 1
    return chosen + (["-n", "2", "--dist", "loadfile"] if spread and cores > 1 else [])


def run_bench(home: Home, arguments: Sequence[str]) -> int:
    """The benchmarks, on a database of their own: a million made-up incidents have no business among real ones."""
    from normsplatform.cli.prepare import prepare  # needs psycopg: after the environment exists

    apart = home.within("bench").make()
    libraries.ensure()
    with running(apart, embedded_only=True) as stack:
        prepare(stack, apart, demo=False)
        return run_attached([sys.executable, "-P", str(ROOT / "manage.py"), "bench", *arguments], stack.env)
