"""Where everything is that the platform writes: ``NORMS_HOME``, by default ``var/`` beside the code."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from normsplatform.embedded.errors import LauncherError

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Home:
    """One installation's state. Tests and benchmarks have their own below it."""

    path: Path

    @property
    def env(self) -> Path:
        """The Python environment."""
        return self.path / "env"

    @property
    def env_marker(self) -> Path:
        """Says what the environment was made from; absent while it is being made."""
        return self.path / "env.json"

    @property
    def logs(self) -> Path:
        """What the programs say."""
        return self.path / "logs"

    @property
    def secrets(self) -> Path:
        """Generated passwords and Django's key."""
        return self.path / "secrets.json"

    @property
    def accounts(self) -> Path:
        """The demo accounts, written by ``seed_demo``."""
        return self.path / "demo-accounts.json"

    @property
    def prepared(self) -> Path:
        """What the database was last prepared with, so that nothing is done twice."""
        return self.path / "prepared.json"

    @property
    def up_lock(self) -> Path:
        """Held by the one ``./norms up`` of this home; its content is the address."""
        return self.path / "up.lock"

    @property
    def children(self) -> Path:
        """The programs ``up`` started, to find them again if ``up`` itself is killed."""
        return self.path / "children.json"

    def within(self, name: str) -> "Home":
        """A home of its own for another purpose, below this one."""
        return Home(self.path / name)

    def make(self) -> "Home":
        """Create the directories; a sentence when that is not allowed."""
        try:
            # passed through but not listed: as root, the servers' account must get to its data
            self.path.mkdir(parents=True, exist_ok=True, mode=0o711)
            for name, mode in (("logs", 0o700), ("files", 0o700), ("uploads", 0o700)):
                (self.path / name).mkdir(exist_ok=True, mode=mode)
        except PermissionError as problem:
            raise LauncherError(
                f"{problem.filename} cannot be written by you. Set NORMS_HOME to a directory that can, "
                f"for example: NORMS_HOME=~/.norms ./norms up"
            ) from problem
        return self

    def require_space(self, megabytes: int, what: str) -> None:
        """Stop before the disk is full rather than in the middle."""
        free = shutil.disk_usage(self.path).free // 2**20
        if free < megabytes:
            raise LauncherError(
                f"{what} needs about {megabytes} MB, and the disk of {self.path} has {free} MB left. "
                "Free some space, or set NORMS_HOME to another disk, and start again."
            )


def home_from_environment() -> Home:
    """The home this command works on."""
    return Home(Path(os.environ.get("NORMS_HOME") or ROOT / "var").expanduser().absolute())
