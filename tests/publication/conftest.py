"""Public pages are read here as the public login reads: with its role, inside the test's own transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from publication import selectors
from tests.people import People
from tests.publication.figures import Bureau


def take_role(role: str) -> None:
    """From here on the statements of this transaction run with this role's rights."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")


@pytest.fixture(autouse=True)
def public_login(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """`public` is the test's own connection; whatever reads from it does so as norms_public, or fails."""
    if request.node.get_closest_marker("django_db") is None:
        return
    request.getfixturevalue("db")
    monkeypatch.setattr(connections._connections, "public", connections["default"])  # type: ignore[attr-defined]

    @contextmanager
    def as_public() -> Iterator[str]:
        try:
            with transaction.atomic():
                take_role("norms_public")
                yield "default"
        finally:
            take_role("norms_app")

    monkeypatch.setattr(selectors, "as_public", as_public)


@pytest.fixture
def bureau(people: People) -> Bureau:
    """Organisations with cases, and two publishers."""
    return Bureau(people)


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """Runs what is sent to a worker at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
