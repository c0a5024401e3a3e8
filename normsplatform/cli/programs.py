"""Runs other programs, with the little the standard library leaves to say."""

import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_logged(command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path) -> tuple[int, str]:
    """Run quietly; the exit status and everything said, which is kept in the log as well."""
    done = subprocess.run(
        list(command),
        check=False,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with log.open("a", encoding="utf-8") as out:
        out.write(f"$ {shlex.join(command)}\n{done.stdout}\n")
    return done.returncode, done.stdout


def run_attached(command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run in the terminal. Ctrl-C is for the program; we wait for it, because we have to tidy up behind it."""
    # a handler of ours, not SIG_IGN: the program would inherit that and could not be interrupted
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        child = subprocess.Popen(list(command), env=dict(env), cwd=cwd)
        passed_on = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            status = child.wait()
        finally:
            signal.signal(signal.SIGTERM, passed_on)
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 - status if status < 0 else status


def tail(text: str, lines: int = 8) -> str:
    """The last lines, indented, for an error message."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])
