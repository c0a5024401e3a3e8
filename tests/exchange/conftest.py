"""A case of Vela's with evidence, files in a folder of their own, and the hands that ask and work."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidents.models import Incident
from tests.people import People
from tests.stores import own_store
from tests.tenancy.test_walls import filed

Work = Callable[[Callable[[], Any]], Any]


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    return own_store(tmp_path, settings)


@pytest.fixture
def incident(people: People) -> Incident:
    """A hospital without records."""
    return filed(people.vela.analyst)


@pytest.fixture
def work(django_capture_on_commit_callbacks: Any) -> Work:
    """Does something and then what it handed to a worker."""

    def do(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return do
