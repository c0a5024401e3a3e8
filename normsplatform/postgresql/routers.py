"""Which login does what."""

from typing import Any


class SchemaBelongsToOwner:
    """Only the owner's login migrates: the application cannot change its own tables."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return None if db == "owner" else False
