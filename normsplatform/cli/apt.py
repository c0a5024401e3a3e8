"""Debian's packages: installed when we are root, otherwise the exact command is said."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from normsplatform.cli.terminal import say
from normsplatform.embedded.errors import LauncherError


def command_for(packages: Sequence[str]) -> str:
    """What a person types."""
    names = " ".join(packages)
    root = "" if os.geteuid() == 0 else "sudo "
    return f"{root}apt-get update && {root}apt-get install --no-install-recommends {names}"


def is_here() -> bool:
    """Whether this is a system with apt."""
    return shutil.which("apt-get") is not None


def install(packages: Sequence[str], reason: str) -> None:
    """Install as root; otherwise stop with the command."""
    if not is_here():
        raise LauncherError(
            f"Missing: {reason}. This system has no apt-get; install what your system calls: {', '.join(packages)}"
        )
    if os.geteuid() != 0:
        raise LauncherError(f"Missing: {reason}. Install it and start again:\n\n    {command_for(packages)}")
    say(f"Installing {', '.join(packages)}: {reason}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # lists may be old or absent on a fresh machine; a mirror that fails here is noticed by the install
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet, stdin=subprocess.DEVNULL, capture_output=True)
    done = subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        check=False,
        env=quiet,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        last = "\n".join(f"    {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-6:])
        raise LauncherError(
            f"apt-get could not install {', '.join(packages)} ({reason}):\n{last}\n\n    {command_for(packages)}"
        )
