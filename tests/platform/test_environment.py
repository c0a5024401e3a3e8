"""The Python environment is whole or made anew; what is wrong outside is said in a sentence."""

import subprocess
from pathlib import Path

import pytest

from normsplatform.cli import apt, environment, libraries
from normsplatform.cli.home import Home
from normsplatform.embedded.errors import LauncherError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A project that needs nothing, and its home."""
    code = tmp_path / "code"
    code.mkdir()
    (code / "requirements.txt").write_text("# nothing\n")
    (code / "requirements-dev.txt").write_text("# nothing, and nothing for tests\n")
    monkeypatch.setattr(environment, "ROOT", code)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # no uv
    return Home(tmp_path / "var").make()


@pytest.mark.slow
def test_a_half_made_environment_is_made_anew(home: Home) -> None:
    """Killed between the packages and the marker: what is there cannot be trusted."""
    (home.env / "bin").mkdir(parents=True)
    half = home.env / "bin" / "python"
    half.write_text("#!/bin/sh\nexit 3\n")
    half.chmod(0o755)
    assert not environment.is_complete(home, "runtime")
    environment.ensure(home, "runtime")
    assert environment.is_complete(home, "runtime")
    assert subprocess.run([str(half), "-c", ""], check=False).returncode == 0


@pytest.mark.slow
def test_the_second_time_nothing_is_done_and_tests_add_to_what_is_there(home: Home) -> None:
    environment.ensure(home, "runtime")
    sign = home.env / "sign"
    sign.touch()
    environment.ensure(home, "runtime")
    assert not environment.is_complete(home, "dev")
    environment.ensure(home, "dev")
    assert sign.exists()
    assert environment.is_complete(home, "runtime")
    assert environment.is_complete(home, "dev")
    (home.path.parent / "code" / "requirements.txt").write_text("# another\n")
    (home.path.parent / "code" / "requirements-dev.txt").write_text("# others\n")
    assert not environment.is_complete(home, "runtime")
    environment.ensure(home, "runtime")
    assert not sign.exists(), "another list: a new environment"


@pytest.mark.slow
def test_a_package_that_is_not_the_locked_one_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel with another hash than ours never gets in, and the next start does not believe the environment."""
    wheel = home.path / "sample-1-py3-none-any.whl"
    wheel.write_bytes(b"not the one we locked")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(home.path))
    (home.path.parent / "code" / "requirements.txt").write_text(f"sample==1 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(LauncherError, match="a package is not the one we locked"):
        environment.ensure(home, "runtime")
    assert not environment.is_complete(home, "runtime")


def test_a_full_disk_is_said_before_anything_is_done(home: Home) -> None:
    with pytest.raises(LauncherError, match=r"needs about \d+ MB, and the disk of .* has \d+ MB left"):
        home.require_space(10**9, "The Python environment")


def test_a_home_that_cannot_be_written_is_a_sentence(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(LauncherError, match=r"/somewhere cannot be written by you\. Set NORMS_HOME"):
        home.make()


def absent_library(monkeypatch: pytest.MonkeyPatch, *, essential: bool = True) -> None:
    """One library that is missing, whatever is installed."""
    need = libraries.Need("libsample1", "sampling", lambda: False, essential)
    monkeypatch.setattr(libraries, "NEEDS", (need,))


def fake_apt(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """An apt-get that writes down what it is asked, then does as the script says."""
    said = folder / "asked"
    program = folder / "apt-get"
    program.write_text(f'#!/bin/sh\necho "$@" >> {said}\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return said


def test_an_ordinary_user_is_told_the_exact_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = fake_apt(tmp_path, monkeypatch, "exit 0")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    absent_library(monkeypatch)
    with pytest.raises(LauncherError) as refused:
        libraries.ensure()
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends libsample1" in str(refused.value)
    assert not said.exists(), "nothing is installed behind the user's back"


def test_root_installs_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = fake_apt(tmp_path, monkeypatch, "exit 0")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    need = libraries.Need("libsample1", "sampling", lambda: said.exists())
    monkeypatch.setattr(libraries, "NEEDS", (need,))
    libraries.ensure()
    assert said.read_text().splitlines() == ["update -qq", "install -y -qq --no-install-recommends libsample1"]


def test_root_without_a_mirror_gets_aptgets_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_apt(tmp_path, monkeypatch, 'echo "E: Unable to locate package libsample1" >&2; exit 100')
    monkeypatch.setattr("os.geteuid", lambda: 0)
    absent_library(monkeypatch)
    with pytest.raises(LauncherError, match="Unable to locate package libsample1"):
        libraries.ensure()


def test_a_missing_font_is_said_but_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_apt(tmp_path, monkeypatch, "exit 100")
    absent_library(monkeypatch, essential=False)
    for user in (0, 1000):
        monkeypatch.setattr("os.geteuid", lambda user=user: user)
        libraries.ensure()
        assert "sampling" in capsys.readouterr().err


def test_what_is_said_can_be_typed() -> None:
    assert apt.command_for(["a", "b"]).endswith("apt-get install --no-install-recommends a b")
