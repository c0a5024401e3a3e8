"""Public pages are read here as the public login reads: with its role, inside the test's own transaction."""

from collections.abc import Callable
from typing import Any

import pytest

from publication import selectors
from publication.api import views
from tests.people import People
from tests.public_login import read_as_public
from tests.publication.figures import Bureau


@pytest.fixture(autouse=True)
def public_login(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is read for a public page is read as norms_public."""
    if request.node.get_closest_marker("django_db") is not None:
        request.getfixturevalue("db")
        read_as_public(monkeypatch, selectors, views)


@pytest.fixture
def bureau(people: People) -> Bureau:
    """Organisations with cases, and two publishers."""
    return Bureau(people)


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """Runs what is sent to a worker at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
