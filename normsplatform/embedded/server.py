"""The life of an embedded server: shared by everyone who needs it, stopped by the last one to leave.

Three locks, all ``flock`` and so freed by the kernel whatever happens to their holder:
``start.lock`` is held while a server is started or stopped, ``users.lock`` is held in shared mode by everyone who
uses it. Whoever leaves and can take the second one alone was the last, and stops the server.
"""

import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO, ClassVar

from normsplatform.embedded import ports, processes
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.files import exclusive, read_json, try_lock, write_json
from normsplatform.embedded.place import Place, place_for

PATIENCE = 300.0
"""Seconds a start may take. Recovery after a crash reads the log of everything since the last checkpoint."""


class PortTaken(Exception):
    """Somebody took the port between our choosing it and the server's opening it."""


class EmbeddedServer(ABC):
    """One server in one directory. ``acquire`` starts or joins it, ``release`` leaves or stops it."""

    title: ClassVar[str]

    def __init__(self, private: Path, log: Path) -> None:
        self.place: Place = place_for(private)
        self.log = log
        self._users: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    # ── what each server answers for itself
    @abstractmethod
    def _initialise(self) -> None:
        """Create the data directory, whole or not at all."""

    @abstractmethod
    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        """Start the program in its own session, as its account, writing to the log."""

    @abstractmethod
    def _answers(self, port: int) -> bool:
        """Whether it serves on that port."""

    @abstractmethod
    def _clear_remains(self) -> None:
        """Remove what a killed server leaves behind and would stumble over."""

    @abstractmethod
    def _halt(self, pid: int) -> None:
        """Stop it fast and clean."""

    @abstractmethod
    def pid(self) -> int | None:
        """The process that serves this very directory, or None."""

    # ── the facts kept between runs
    @property
    def _facts_file(self) -> Path:
        return self.place.private / "server.json"

    @property
    def port(self) -> int:
        """The port it serves on: kept from one start to the next."""
        return int(read_json(self._facts_file).get("port", 0))

    @property
    def password(self) -> str:
        """The administrator's password, made once and kept in a file only we can read."""
        facts = read_json(self._facts_file)
        if "password" not in facts:
            facts["password"] = secrets.token_urlsafe(32)
            write_json(self._facts_file, facts)
        return str(facts["password"])

    def _keep_port(self, port: int) -> None:
        _ = self.password
        write_json(self._facts_file, read_json(self._facts_file) | {"port": port})

    # ── the life
    def acquire(self) -> None:
        """Start the server, or join the one that serves this directory already."""
        with exclusive(self.place.private / "start.lock"):
            self._users = try_lock(self.place.private / "users.lock", shared=True)
            if self._users is None:
                # cannot happen while everyone takes start.lock first; said rather than assumed
                raise LauncherError(f"{self.title} in {self.place.private} is being stopped by another program.")
            try:
                if not self.alive():
                    self._start()
            except BaseException:  # Ctrl-C in the middle of a start included
                self._leave_and_stop_if_last()
                raise

    def release(self) -> None:
        """Leave; the last one stops the server."""
        if self._users is None:
            return
        with exclusive(self.place.private / "start.lock"):
            self._leave_and_stop_if_last()

    def revive(self) -> None:
        """Start it again after it died, on the same port: those who use it hold that address."""
        with exclusive(self.place.private / "start.lock"):
            if not self.alive():
                self._start(only_port=self.port)

    def alive(self) -> bool:
        """Whether it runs and serves."""
        if self._child is not None:
            self._child.poll()  # takes the exit status, or a dead child would stay as a zombie
        return self.pid() is not None and self._answers(self.port)

    def _leave_and_stop_if_last(self) -> None:
        if self._users is not None:
            self._users.close()
            self._users = None
        alone = try_lock(self.place.private / "users.lock")
        if alone is not None:
            with alone:
                self._stop()

    def _start(self, only_port: int = 0) -> None:
        self._end_silent()
        self._clear_remains()
        if not self.place.data.exists():
            self._initialise()
        for _ in range(5):
            port = only_port or (self.port if self.port and ports.is_free(self.port) else ports.free_port())
            self._keep_port(port)
            try:
                self._start_on(port)
            except PortTaken:
                continue
            return
        raise LauncherError(f"{self.title} found no free port on 127.0.0.1 in five attempts. See {self.log}.")

    def _end_silent(self) -> None:
        """A process that is there but does not answer may be starting, stopping or stuck: wait, then end it."""
        pid = self.pid()
        if pid is None:
            return
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.pid() is not None:
            if self._answers(self.port):
                return
            time.sleep(0.1)
        if (pid := self.pid()) is not None:
            self._halt(pid)

    def _start_on(self, port: int) -> None:
        if self.pid() is not None and self._answers(self.port):
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        before = self.log.stat().st_size if self.log.exists() else 0
        self._child = self._launch(port)
        deadline = time.monotonic() + PATIENCE
        while not (self.pid() is not None and self._answers(port)):
            if self._child.poll() is not None:
                self._explain(self._said_since(before))
            if time.monotonic() > deadline:
                raise LauncherError(f"{self.title} did not answer within {PATIENCE:.0f} s. See {self.log}.")
            time.sleep(0.02)

    def _said_since(self, before: int) -> str:
        with self.log.open("rb") as log:
            log.seek(before)
            return log.read().decode(errors="replace")

    def _explain(self, said: str) -> None:
        """Turn the last words of a server that would not start into a sentence."""
        if "Address already in use" in said:
            raise PortTaken
        if "No space left on device" in said:
            raise LauncherError(
                f"{self.title} cannot start: the disk that holds {self.place.data} is full. Free some space."
            )
        last = "\n".join(f"    {line}" for line in said.strip().splitlines()[-6:])
        raise LauncherError(f"{self.title} did not start. Its last words, from {self.log}:\n{last}")

    def _stop(self) -> None:
        pid = self.pid()
        if pid is not None:
            self._halt(pid)
        if self._child is not None and self._child.poll() is None:  # not far enough to have written its pid
            self._child.terminate()
            self._child.wait(30)

    def _halt_by(self, pid: int, *signals_and_seconds: tuple[signal.Signals, float]) -> None:
        for what, seconds in signals_and_seconds:
            processes.tell(pid, what)
            if processes.wait_gone(pid, seconds):
                return
        raise LauncherError(f"{self.title} (process {pid}) cannot be stopped.")
