"""Where a server's data lives: inside our home, unless the account it runs as cannot get there.

As root the home may lie under a directory closed to everyone else (``/root``). Its parents keep their modes: the
data then goes to ``/var/lib/norms-platform/<id>``, and the home keeps a note of where.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from normsplatform.embedded.account import Account, account_for, can_reach


def elsewhere() -> Path:
    """The parent of data that cannot live in the home."""
    return Path(os.environ.get("NORMS_SERVER_STATE", "/var/lib/norms-platform"))


@dataclass(frozen=True)
class Place:
    """The directories of one server: ``private`` stays ours, the others are within reach of its account."""

    private: Path
    data: Path
    socket: Path
    copies: Path
    account: Account | None


def place_for(private: Path) -> Place:
    """Make the directories of a server, or find them again."""
    private.mkdir(parents=True, exist_ok=True)
    note = private / "place"
    noted = Path(note.read_text().strip()) if note.exists() else None
    account = account_for((noted or private) / "data")
    base = noted or private
    if account is not None:
        private.chmod(0o711)  # passed through, not listed
        if noted is None and not can_reach(account, private, "-x"):
            base = elsewhere() / f"{private.name}-{secrets.token_hex(6)}"
            base.mkdir(parents=True, mode=0o711)
            note.write_text(f"{base}\n")
    place = Place(private, base / "data", base / "socket", base / "programs", account)
    base.mkdir(mode=0o711, exist_ok=True)
    place.copies.mkdir(mode=0o755, exist_ok=True)
    place.socket.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        base.chmod(0o711)
        place.copies.chmod(0o755)
        account.own(place.socket)
    return place
