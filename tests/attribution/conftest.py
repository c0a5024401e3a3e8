"""Files of these tests live in a folder of their own."""

from pathlib import Path
from typing import Any

import pytest

from tests.stores import own_store


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    return own_store(tmp_path, settings)


from tests.evidence.test_danger import scanner  # noqa: E402, F401  (a fixture)

from .ground import found, ground, publisher  # noqa: E402, F401  (fixtures)
