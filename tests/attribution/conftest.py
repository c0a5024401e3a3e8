"""Files of these tests live in a folder of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILES_ROOT.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return Path(settings.FILES_ROOT)


from tests.evidence.test_danger import scanner  # noqa: E402, F401  (a fixture)

from .ground import found, ground, publisher  # noqa: E402, F401  (fixtures)
