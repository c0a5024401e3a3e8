"""Public pages are read in tests as the public login reads: with its role, inside the test's own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest
from django.db import connection, connections, transaction


def take_role(role: str) -> None:
    """From here on the statements of this transaction run with this role's rights."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")


def read_as_public(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """`public` is the test's own connection; whatever these modules read from it they read as norms_public, or fail."""
    monkeypatch.setattr(connections._connections, "public", connections["default"])  # type: ignore[attr-defined]

    @contextmanager
    def as_public() -> Iterator[str]:
        try:
            with transaction.atomic():
                take_role("norms_public")
                yield "default"
        finally:
            take_role("norms_app")

    for module in modules:
        monkeypatch.setattr(module, "as_public", as_public)
