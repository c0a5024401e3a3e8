"""``./norms up`` as a person uses it: start, kill anything, start twice, stop, start again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from normsplatform.cli import environment
from normsplatform.cli.home import ROOT, Home
from normsplatform.embedded import ports, processes
from normsplatform.embedded.files import read_json, write_json
from normsplatform.embedded.postgresql import PostgreSQL
from normsplatform.embedded.valkey import Valkey
from tests.platform.conftest import belonging_to, scratch_folder, wait_until_none_belongs_to

pytestmark = pytest.mark.slow


def launcher_env(home: Home, *without: str) -> dict[str, str]:
    """As from a fresh shell: nothing of the test's own servers."""
    ours = ("DATABASE_", "REDIS_", "DJANGO_", "SECRET_KEY", "NORMS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name not in without}
    return kept | {"NORMS_HOME": str(home.path), "NORMS_SERVER_STATE": str(home.path / "elsewhere")}


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home with the environment the tests run in, so that nothing is installed again. Each start finds its data."""
    with scratch_folder() as folder:
        home = Home(folder / "var").make()
        home.env.symlink_to(sys.prefix)
        write_json(home.env_marker, {"requirements-dev.txt": environment.lock_of("dev")})
        yield home


class Run:
    """One ``./norms up``."""

    def __init__(self, home: Home, port: int) -> None:
        self.home, self.port = home, port
        self.output = home.path / f"output-{time.monotonic_ns()}"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [str(ROOT / "norms"), "up", "--no-demo", "--port", str(port)],
                env=launcher_env(home),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_running(self) -> None:
        deadline = time.monotonic() + 300
        while "is running at" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def wait_until_answers(self) -> bool:
        deadline = time.monotonic() + 120
        while not self.answers() and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.answers()

    def interrupt(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def started(home: Home) -> Iterator[list[Run]]:
    """Every run of this file; none outlives it."""
    runs: list[Run] = []
    yield runs
    for run in runs:
        if run.process.poll() is None:
            run.interrupt()


@pytest.fixture
def run(home: Home, started: list[Run]) -> Run:
    """A running platform: the one of an earlier test when that one left it running, for a start costs seconds."""
    if not (started and started[-1].process.poll() is None):
        started.append(Run(home, ports.free_port()))
        started[-1].wait_until_running()
    return started[-1]


def program_pid(home: Home, title: str) -> int:
    return int(read_json(home.children)["programs"][title][0])


def restarted(home: Home, title: str, before: int) -> bool:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        pid = program_pid(home, title)
        if pid != before and processes.command_line(pid) is not None:
            return True
        time.sleep(0.1)
    return False


def test_the_web_is_not_given_the_owners_password(run: Run, home: Home) -> None:
    """Requests are served as norms_app; what a process does not know it cannot leak."""
    owner = str(read_json(home.secrets)["norms_owner"]).encode()
    for title in ("web", "worker", "scheduler"):
        assert owner not in Path(f"/proc/{program_pid(home, title)}/environ").read_bytes()


def test_a_second_start_says_that_the_first_is_running(run: Run, home: Home) -> None:
    second = Run(home, ports.free_port())
    assert second.process.wait(30) == 1
    assert f"is running already (process {run.process.pid}, http://127.0.0.1:{run.port})" in second.said()
    assert run.answers()


def manage_check(home: Home) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "norms"), "manage", "check"]
    return subprocess.run(command, env=launcher_env(home), capture_output=True, text=True, check=False)


def test_a_command_joins_a_running_platform_and_leaves_it_running(run: Run, home: Home) -> None:
    done = manage_check(home)
    assert done.returncode == 0, done.stderr
    assert run.answers()


def test_whatever_is_killed_comes_back(run: Run, home: Home) -> None:
    for title in ("web", "worker", "scheduler"):
        before = program_pid(home, title)
        os.kill(before, signal.SIGKILL)
        assert restarted(home, title, before), f"{title}: {run.said()}"
    servers = (
        PostgreSQL(home.path / "postgresql", home.logs / "postgresql.log"),
        Valkey(home.path / "valkey", home.logs / "valkey.log"),
    )
    for server in servers:
        dead = server.pid()
        assert dead is not None
        os.kill(dead, signal.SIGKILL)
        deadline = time.monotonic() + 120
        while server.pid() in {None, dead} or not server.alive():
            assert time.monotonic() < deadline, run.said()
            time.sleep(0.1)
    assert run.wait_until_answers()


def test_after_the_launcher_itself_is_killed_the_next_start_recovers(run: Run, home: Home) -> None:
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    again = Run(home, run.port)  # the same port: what held it has to be gone
    again.wait_until_running()
    assert again.interrupt() == 0
    assert again.said().rstrip().endswith("./norms up starts again.")
    assert wait_until_none_belongs_to(home.path) == []


def test_a_command_alone_stops_the_servers_it_started(home: Home, started: list[Run]) -> None:
    for run in started:
        if run.process.poll() is None:
            run.interrupt()
    done = manage_check(home)
    assert done.returncode == 0, done.stderr
    assert wait_until_none_belongs_to(home.path) == []


def test_a_busy_port_is_named_with_its_holder_and_another_is_offered(home: Home) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        run = Run(home, port)
        assert run.process.wait(30) == 1
    assert f"Port {port} on 127.0.0.1 is in use by" in run.said()
    assert f"process {os.getpid()}" in run.said()
    assert "./norms up --port " in run.said()
    assert belonging_to(home.path) == []


@pytest.mark.parametrize("word", ["nonsense", "up --port 0", "up --port abc", "up --port 70000"])
def test_nonsense_is_refused_with_the_usage(home: Home, word: str) -> None:
    done = subprocess.run(
        [str(ROOT / "norms"), *word.split()], env=launcher_env(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "norms up" in done.stdout + done.stderr


def test_without_a_fit_python_a_sentence_says_how_to_get_one(tmp_path: Path, home: Home) -> None:
    """An old Python on the path, and no other."""
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        old = tmp_path / name
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
    for needed in ("sh", "dirname", "readlink"):
        (tmp_path / needed).symlink_to(f"/usr/bin/{needed}")
    script = tmp_path / "norms"
    script.write_text((ROOT / "norms").read_text().replace("/usr/bin/python3", "/nonexistent/python3"))
    env = launcher_env(home) | {"PATH": str(tmp_path)}
    done = subprocess.run(["/bin/sh", str(script), "up"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
