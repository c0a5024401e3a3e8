"""Is that process alive, and is it the one we mean? A pid alone answers neither.

After ``kill -9`` of a postmaster whose parent does not wait for it the zombie stays, and ``kill -0`` still succeeds.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

PROC = Path("/proc")


def command_line(pid: int) -> str | None:
    """The command of a living process; None when it is gone or a zombie."""
    if pid <= 0:
        return None
    if not (PROC / "self").exists():  # macOS
        return _command_line_by_ps(pid)
    try:
        # the name in parentheses may hold spaces and parentheses of its own: read after the last one
        state = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        if state in "ZX":
            return None
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None


def _command_line_by_ps(pid: int) -> str | None:
    asked = ["/bin/ps", "-o", "stat=,command=", "-p", str(pid)]
    found = subprocess.run(asked, check=False, capture_output=True, text=True)
    state, _, command = found.stdout.strip().partition(" ")
    return None if found.returncode or state.startswith("Z") else command.strip()


def working_in(directory: Path) -> list[int]:
    """Living processes whose working directory is this one: what a killed postmaster leaves behind."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            here = (entry / "cwd").readlink()
        except OSError:  # gone meanwhile, or another user's
            continue
        if here == directory and command_line(int(entry.name)) is not None:
            found.append(int(entry.name))
    return found


def wait_gone(pid: int, seconds: float) -> bool:
    """Whether the process left within that time. Reaps it when it is our own child."""
    deadline = time.monotonic() + seconds
    while True:
        reap(pid)
        if command_line(pid) is None:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)


def reap(pid: int) -> None:
    """Take the exit status of a child of ours, so that it is no zombie; no matter for anybody else's."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def tell(pid: int, what: signal.Signals) -> None:
    """Send a signal to a process that may have left already."""
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return
