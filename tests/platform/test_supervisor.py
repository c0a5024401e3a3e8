"""The supervisor starts again what dies, waits longer each time, and leaves nobody behind."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from normsplatform.cli.supervisor import Program, Supervisor, end_leftovers
from normsplatform.embedded import processes
from tests.platform.conftest import belonging_to, wait_until_none_belongs_to

WITH_CHILD = "import subprocess, time; subprocess.Popen(['sleep', '300']); print('up', flush=True); time.sleep(300)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(300)"


def program(folder: Path, code: str, patience: float = 5) -> Program:
    env = {"MARK": str(folder), "PATH": os.environ["PATH"]}
    return Program("sample", [sys.executable, "-c", code], env, folder, folder / "sample.log", patience)


def eventually(fact: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def started(folder: Path, one: Program) -> None:
    one.start()
    assert eventually(lambda: "up" in one.log.read_text())


@pytest.fixture
def said() -> list[str]:
    return []


def test_a_killed_program_is_started_again_at_once(scratch: Path, said: list[str]) -> None:
    one = program(scratch, WITH_CHILD)
    supervisor = Supervisor([one], scratch / "children.json", said.append)
    supervisor.start()
    first = one.pid
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: not one.alive())
    supervisor.mend()
    assert one.alive()
    assert one.pid != first
    assert said == ["  sample ended unexpectedly; starting it again"]
    supervisor.stop()


def test_the_children_of_a_killed_program_go_before_it_is_started_again(scratch: Path, said: list[str]) -> None:
    """A killed gunicorn's workers hold the port, a killed Celery's pool goes on with its task."""
    one = program(scratch, WITH_CHILD)
    started(scratch, one)
    assert eventually(lambda: len(belonging_to(scratch)) == 2)
    orphan = next(pid for pid in belonging_to(scratch) if pid != one.pid)
    os.kill(one.pid, signal.SIGKILL)
    assert eventually(lambda: not one.alive())
    assert processes.command_line(orphan) is not None
    one.start()
    assert eventually(lambda: processes.command_line(orphan) is None)
    one.stop()


def test_a_program_that_keeps_dying_is_given_longer_pauses(scratch: Path, said: list[str]) -> None:
    one = program(scratch, "raise SystemExit(1)")
    supervisor = Supervisor([one], scratch / "children.json", said.append)
    supervisor.start()
    begun = time.monotonic()
    while time.monotonic() - begun < 2.5:
        supervisor.mend()
        time.sleep(0.02)
    # at once, then after 0.5 s, 1 s, 2 s: without pauses there would be dozens
    assert 3 <= supervisor.deaths("sample") <= 5
    supervisor.stop()


def test_stopping_ends_the_whole_group_even_when_it_will_not_listen(scratch: Path) -> None:
    one = program(scratch, DEAF, patience=0.3)
    started(scratch, one)
    one.stop()
    assert wait_until_none_belongs_to(scratch) == []


def test_what_a_killed_launcher_left_is_found_and_ended(scratch: Path, said: list[str]) -> None:
    one = program(scratch, WITH_CHILD)
    supervisor = Supervisor([one], scratch / "children.json", said.append)
    supervisor.start()
    assert eventually(lambda: len(belonging_to(scratch)) == 2)
    assert end_leftovers(scratch / "children.json") == ["sample"]
    assert wait_until_none_belongs_to(scratch) == []
    assert end_leftovers(scratch / "children.json") == []


def test_a_pid_used_again_by_somebody_else_is_left_alone(scratch: Path) -> None:
    bystander = program(scratch, WITH_CHILD)
    started(scratch, bystander)
    (scratch / "children.json").write_text(f'{{"programs": {{"web": [{bystander.pid}, "1"]}}}}')
    assert end_leftovers(scratch / "children.json") == []
    assert bystander.alive()
    bystander.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_the_programs_end_when_the_launcher_is_killed(scratch: Path) -> None:
    code = f"""
import os, sys, time
from pathlib import Path
from normsplatform.cli.supervisor import Program
one = Program("sample", [sys.executable, "-c", {WITH_CHILD!r}], dict(os.environ), Path.cwd(), Path({str(scratch)!r}) / "inner.log")
one.start()
time.sleep(300)
"""
    launcher = program(scratch, code)
    launcher.env["PYTHONPATH"] = str(Path.cwd())
    launcher.start()
    inner = scratch / "inner.log"
    assert eventually(lambda: inner.exists() and "up" in inner.read_text())
    supervised = [pid for pid in belonging_to(scratch) if "sleep" not in str(processes.command_line(pid)).split()[0]]
    assert len(supervised) == 2
    os.kill(launcher.pid, signal.SIGKILL)
    child = next(pid for pid in supervised if pid != launcher.pid)
    assert eventually(lambda: processes.command_line(child) is None)
