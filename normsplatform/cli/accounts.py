"""The demo accounts, shown at every start."""

import json
from pathlib import Path

from normsplatform.cli.terminal import table


def accounts_table(file: Path) -> str:
    """The accounts as a table for the terminal; empty when there are none."""
    try:
        accounts = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return ""
    rows = [
        [
            str(account.get("email", "")),
            str(account.get("password", "")),
            ", ".join(str(role) for role in account.get("roles", [])),
            str(account.get("organisation", "")),
        ]
        for account in accounts
    ]
    return table(["e-mail", "password", "roles", "organisation"], rows) if rows else ""
