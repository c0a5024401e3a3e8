"""A place of its own for every test that starts servers: reachable for their account, gone afterwards."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from normsplatform.embedded import processes
from normsplatform.embedded.postgresql import PostgreSQL
from normsplatform.embedded.valkey import Valkey


def belonging_to(folder: Path) -> list[int]:
    """Every living process that names the folder in its command line or environment, ourselves excepted."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        command = processes.command_line(pid)
        if pid == os.getpid() or command is None:
            continue
        with contextlib.suppress(OSError):
            if str(folder) in command or str(folder).encode() in (entry / "environ").read_bytes():
                found.append(pid)
    return found


def wait_until_none_belongs_to(folder: Path, seconds: float = 10) -> list[int]:
    """What is still there after that time."""
    deadline = time.monotonic() + seconds
    while (left := belonging_to(folder)) and time.monotonic() < deadline:
        for pid in left:
            processes.reap(pid)
        time.sleep(0.1)
    return left


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A short path (sockets have a limit), passable for the account a server drops to (pytest's own is closed)."""
    folder = Path(tempfile.mkdtemp(prefix="norms-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    for pid in belonging_to(folder):  # only what this test started
        processes.tell(pid, signal.SIGKILL)
    wait_until_none_belongs_to(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for one test, which hears nothing of the servers the tests themselves run on."""
    with scratch_folder() as folder:
        monkeypatch.setenv("NORMS_SERVER_STATE", str(folder / "elsewhere"))
        for name in ("DATABASE_URL", "REDIS_URL", "NORMS_HOME", "NORMS_BASE_URL", "ALLOWED_HOSTS"):
            monkeypatch.delenv(name, raising=False)
        yield folder


@pytest.fixture
def postgresql(scratch: Path) -> Iterator[PostgreSQL]:
    """A PostgreSQL of our own, running."""
    server = PostgreSQL(scratch / "postgresql", scratch / "logs" / "postgresql.log", durable=False)
    server.acquire()
    yield server
    server.release()


@pytest.fixture
def valkey(scratch: Path) -> Iterator[Valkey]:
    """A Valkey of our own, running."""
    server = Valkey(scratch / "valkey", scratch / "logs" / "valkey.log")
    server.acquire()
    yield server
    server.release()
