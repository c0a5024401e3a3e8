"""Whom a server runs as: never root, because PostgreSQL refuses it and Valkey needs none of its rights."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from normsplatform.embedded.errors import LauncherError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged system account that a server is started as when we are root."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        """Arguments for ``subprocess`` that drop every right of root, supplementary groups included."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give one file or directory to this account."""
        os.chown(path, self.uid, self.gid)


def account_for(data: Path) -> Account | None:
    """The account to drop to, or None when we are an ordinary user already.

    An existing data directory decides: its owner stays its owner, even if a better candidate is installed later.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        try:
            entry = pwd.getpwuid(owner)
        except KeyError:
            raise LauncherError(
                f"{data} belongs to user id {owner}, which this machine does not know. "
                f"Give it to an existing user: chown -R nobody {data}"
            ) from None
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise LauncherError(
        "PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody' to run it as. "
        "Create one: useradd --system postgres"
    )


def options_of(account: Account | None) -> dict[str, Any]:
    """``popen_options`` of an account that may be absent."""
    return account.popen_options() if account else {}


def can_reach(account: Account | None, path: Path, test: str = "-x") -> bool:
    """Whether the account passes every parent of the path, asked of the kernel rather than worked out from modes."""
    if account is None:
        return True
    asked = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
    return subprocess.run(asked, check=False, cwd="/", **account.popen_options()).returncode == 0


def runs(account: Account | None, command: Sequence[str]) -> bool:
    """Whether the account can run this program, libraries included."""
    try:
        done = subprocess.run(
            list(command), check=False, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, **options_of(account)
        )
    except OSError:
        return False
    return done.returncode == 0
