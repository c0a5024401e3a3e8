"""Reads the command line and hands over to the verb."""

import argparse
import errno
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from normsplatform.cli import environment
from normsplatform.cli.home import ROOT, home_from_environment
from normsplatform.cli.terminal import say, warn
from normsplatform.embedded.errors import LauncherError

USAGE = """\
Norms Platform

  ./norms up [--port 8000] [--host 127.0.0.1] [--no-demo]
                              set up what is missing and serve until Ctrl-C
  ./norms test [--fast] [pytest arguments]
                              everything that runs before a change is accepted
  ./norms check               lint, format, types, import contracts, migrations, templates
  ./norms bench [--incidents N] [--only NAME] [--json FILE]
                              the benchmarks, as ratios in one run, on a database of their own
  ./norms seed --incidents N  synthetic incidents in bulk, into this database
  ./norms verify [PACKAGE]    the ledger here, or a package offline
  ./norms doctor              what is installed, what is running, what is wrong and how to mend it
  ./norms manage …            Django's manage.py in the same environment

State is kept in var/ beside the code, or where NORMS_HOME says. DATABASE_URL and REDIS_URL replace our own servers.
"""


def main(arguments: Sequence[str]) -> int:
    """Run one verb; a person gets a sentence, never a traceback, for what is outside our control."""
    signal.signal(signal.SIGTERM, _finish)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's "&" starts us with it ignored
    try:
        return _run(arguments)
    except LauncherError as problem:
        sys.stdout.flush()
        warn(str(problem))
        return 1
    except KeyboardInterrupt:
        warn("interrupted; what was finished is kept, and the next start goes on from there.")
        return 130
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            warn("the disk is full. Free some space and start again: what was finished is kept.")
            return 1
        if problem.errno in {errno.EACCES, errno.EROFS} and problem.filename:
            reason = problem.strerror
            warn(f"{problem.filename} cannot be used by you: {reason}. Set NORMS_HOME to a directory of your own.")
            return 1
        raise


def _finish(_number: int, _frame: FrameType | None) -> None:
    """``kill`` means the same as Ctrl-C: what was started is stopped."""
    raise KeyboardInterrupt


def _run(arguments: Sequence[str]) -> int:
    verb, rest = (arguments[0], list(arguments[1:])) if arguments else ("help", [])
    home = home_from_environment()
    os.environ["NORMS_HOME"] = str(home.path)
    if verb in {"help", "-h", "--help"}:
        say(USAGE)
        return 0
    if verb not in {"up", "test", "check", "bench", "seed", "verify", "doctor", "manage"}:
        warn(f"there is no '{verb}'.\n")
        say(USAGE)
        return 2
    if verb == "doctor":  # must work when nothing else does
        from normsplatform.cli.doctor import doctor

        if environment.is_complete(home, "runtime"):
            environment.enter(home, "runtime", arguments)
        return doctor(home)
    if verb == "up":
        from normsplatform.cli import up

        parser = argparse.ArgumentParser(prog="./norms up")
        up.options(parser)
        asked = parser.parse_args(rest)
        environment.enter(home, "runtime", arguments)
        return up.up(home, asked)
    kind: environment.Kind = "dev" if verb in {"test", "check", "bench"} else "runtime"
    environment.enter(home, kind, arguments)
    if verb == "check":
        from normsplatform.cli.checks import check

        return 0 if check(home) else 1
    if verb in {"test", "bench"}:
        from normsplatform.cli import testing

        return testing.run_tests(home, rest) if verb == "test" else testing.run_bench(home, rest)
    if verb == "verify" and rest:
        return _verify_offline(rest)
    return _manage({"seed": ["seed_synthetic", *rest], "verify": ["verify_ledger"], "manage": rest}[verb])


def _verify_offline(rest: list[str]) -> int:
    """A package is verified by itself: no server is needed, none is started, Django is not there."""
    from normsplatform.cli.programs import run_attached

    return run_attached(
        [sys.executable, "-P", "-m", "ledger.verify", *rest], os.environ | {"PYTHONPATH": str(ROOT)}, Path.cwd()
    )


def _manage(command: list[str]) -> int:
    """manage.py in the caller's directory, so that names of files mean what the caller means."""
    from normsplatform.cli import stack
    from normsplatform.cli.programs import run_attached

    home = home_from_environment()
    python = [sys.executable, "-P", str(ROOT / "manage.py"), *command]
    with stack.running(home) as servers:
        return run_attached(python, servers.env, Path.cwd())
