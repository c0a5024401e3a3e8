"""An empty store of a test's own, for evidence and for what is being uploaded."""

from pathlib import Path
from typing import Any


def own_store(tmp_path: Path, settings: Any) -> Path:
    """Made below `tmp_path` and set; where files lie."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILES_ROOT.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return Path(settings.FILES_ROOT)
