"""Keeps programs running: whatever dies is started again, and everything is stopped in order at the end."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from normsplatform.cli.terminal import say
from normsplatform.embedded import processes
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.files import read_json, write_json
from normsplatform.embedded.server import EmbeddedServer

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)  # loaded here: between fork and exec nothing may be loaded
LONGEST_PAUSE = 30.0
STEADY = 60.0
"""Seconds after which a program counts as healthy and its next death starts with a short pause again."""


class Kept(Protocol):
    """Something the supervisor keeps alive."""

    title: str

    def start(self) -> None:
        """Start it; clears away what an earlier one left."""

    def alive(self) -> bool:
        """Whether it runs."""

    def stop(self) -> None:
        """End it, gently first."""


class Program:
    """A program of ours in a process group of its own, so that its children can be ended with it."""

    def __init__(
        self, title: str, command: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path, patience: float = 15
    ) -> None:
        self.title = title
        self.command = list(command)
        self.env = dict(env)
        self.cwd = cwd
        self.log = log
        self.patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process, 0 before the first start."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it. The children of one that was killed may still hold its port or its tasks: they go first."""
        self._end_group()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def alive(self) -> bool:
        """Whether it runs; takes its exit status when it does not."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ask it to finish; after its patience end it and its children."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self.patience)
        self._end_group()
        self._process.wait()

    def _end_group(self) -> None:
        if self._process is not None:
            end_group(self._process.pid)


class Server:
    """An embedded server as the supervisor sees it: started before and stopped after the programs, by its own lock."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.title = server.title
        self.server = server

    def start(self) -> None:
        """Bring it back on the same port."""
        self.server.revive()

    def alive(self) -> bool:
        """The process only: asking it to answer several times a second would be noise."""
        return self.server.pid() is not None

    def stop(self) -> None:
        """Left to whoever acquired it."""


def end_group(leader: int) -> None:
    """End every process of a group at once."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _end_with_parent() -> None:
    """Linux tells the child to finish when the launcher dies, however it dies. Runs between fork and exec."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Watches the kept ones until told to stop. Servers come first in the list: they are mended first."""

    def __init__(self, kept: Sequence[Kept], note: Path, said: Callable[[str], None] = say) -> None:
        self.kept = list(kept)
        self.note = note
        self.said = said
        self.stopping = threading.Event()
        self._deaths: dict[str, int] = {}
        self._started: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    def stop_on_signals(self) -> None:
        """Ctrl-C, a closing terminal and ``kill`` all mean: finish."""
        for what in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(what, lambda *_: self.stopping.set())

    def start(self) -> None:
        """Start everything that does not run yet."""
        for one in self.kept:
            if not one.alive():
                self._start(one)

    def watch(self, while_true: Callable[[], bool] = lambda: True, every: float = 0.25) -> None:
        """Start again what dies, with a pause that grows while it keeps dying."""
        while while_true() and not self.stopping.wait(every):
            self.mend()

    def mend(self) -> None:
        """One look at everyone."""
        now = time.monotonic()
        for one in self.kept:
            if one.alive():
                continue
            if one.title not in self._not_before:
                self._note_death(one, now)
            if now >= self._not_before[one.title]:
                self._start(one)

    def _note_death(self, one: Kept, now: float) -> None:
        steady = now - self._started.get(one.title, now) > STEADY
        deaths = 1 if steady else self._deaths.get(one.title, 0) + 1
        self._deaths[one.title] = deaths
        pause = 0.0 if deaths == 1 else min(LONGEST_PAUSE, 0.5 * 2 ** (deaths - 2))
        self._not_before[one.title] = now + pause
        self.said(f"  {one.title} ended unexpectedly; starting it again" + (f" in {pause:.0f} s" if pause >= 1 else ""))

    def deaths(self, title: str) -> int:
        """How often it died lately."""
        return self._deaths.get(title, 0)

    def _start(self, one: Kept) -> None:
        self._not_before.pop(one.title, None)
        try:
            one.start()
        except LauncherError as problem:
            self.said(f"  {problem}")
        self._started[one.title] = time.monotonic()
        self._write_note()

    def _write_note(self) -> None:
        running = {one.title: one.pid for one in self.kept if isinstance(one, Program)}
        with contextlib.suppress(OSError):  # a full disk must not end the supervision
            write_json(self.note, {"programs": {title: [pid, _identity(pid)] for title, pid in running.items() if pid}})

    def stop(self) -> None:
        """Stop everyone, the last started first."""
        for one in reversed(self.kept):
            one.stop()
        self.note.unlink(missing_ok=True)


def _identity(pid: int) -> str:
    """When the process began, in the kernel's ticks: a pid used again has another."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return processes.command_line(pid) or ""


def end_leftovers(note: Path) -> list[str]:
    """End the programs of a launcher that was killed, recognised by pid and start time; the names of those found."""
    found = []
    for title, (pid, identity) in read_json(note).get("programs", {}).items():
        same = identity and _identity(pid) == identity
        if same and processes.command_line(pid) is not None:
            found.append(str(title))
            processes.tell(pid, signal.SIGTERM)
            processes.wait_gone(pid, 10)
        if same:
            end_group(pid)
    note.unlink(missing_ok=True)
    return found
