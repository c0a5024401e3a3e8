"""The book of demo accounts: a file with each password and key of this installation, readable by its owner alone."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from normsplatform.embedded.files import write_private


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the book."""

    email: str
    password: str
    organisation: str
    kind: str
    roles: list[str]
    api_token: str
    sealing_passphrase: str = ""


class AccountBook:
    """A JSON list, replaced in one step at every change: a killed seeding leaves a whole book."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._accounts = {account.email: account for account in read(path)}

    def get(self, email: str) -> Account | None:
        """The account under this address, as the book has it."""
        return self._accounts.get(email)

    def put(self, account: Account) -> None:
        """Adds or replaces an account, on disk before this returns."""
        self._accounts[account.email] = account
        rows = [asdict(each) for each in self._accounts.values()]
        write_private(self.path, json.dumps(rows, indent=2, ensure_ascii=False) + "\n")


def read(path: Path) -> list[Account]:
    """What the book holds; nothing when it is missing or not ours."""
    try:
        return [Account(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (FileNotFoundError, ValueError, TypeError):
        return []
