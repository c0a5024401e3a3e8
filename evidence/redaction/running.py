"""Lets the child process redact: one folder, limits, and what it answers."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from .. import storage
from ..models import StoredFile

CHILD = Path(__file__).with_name("child.py")
MEMORY = 1536 * 1024 * 1024
SECONDS = 120
LARGEST = 200 * 1024 * 1024


class NotRedacted(Exception):
    """It could not be done; the code says why (`evidence.words.REDACTION_PROBLEMS`), the detail where."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


def run(file: StoredFile, passages: Sequence[Mapping[str, Any]], handed_in: str) -> tuple[bytes, dict[str, Any]]:
    """The redacted bytes and the child's report; with `handed_in` (a path in the store) those, checked. Raises NotRedacted."""
    if file.size > LARGEST:
        raise NotRedacted("too_large")
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="redaction-", dir=settings.FILE_UPLOAD_TEMP_DIR) as name:
        folder = Path(name)
        fetch(file.path, folder / "original", file.sha256)
        order: dict[str, Any] = {
            "media_type": file.media_type, "passages": list(passages), "memory_bytes": MEMORY, "cpu_seconds": SECONDS,
            "handed_in": bool(handed_in),
        }  # fmt: skip
        if handed_in:
            fetch(handed_in, folder / "out", None)
            order["made_type"] = media_type_of(folder / "out")
        (folder / "order.json").write_text(json.dumps(order))
        news = listen(folder)
        if news.get("error"):
            raise NotRedacted(str(news["error"]), str(news.get("detail", "")))
        return (folder / "out").read_bytes(), news


def fetch(path: str, place: Path, sha256: str | None) -> None:
    """A file of the store beside the child."""
    handle, seen = storage.open_hashed(path)
    if handle is None:
        raise NotRedacted("unavailable")
    with handle, place.open("wb") as out:
        if sha256 is not None and seen != sha256:
            raise NotRedacted("integrity")
        for chunk in storage.pieces(handle):
            out.write(chunk)


def media_type_of(place: Path) -> str:
    """By content."""
    import magic

    return str(magic.from_file(str(place), mime=True))


def listen(folder: Path) -> dict[str, Any]:
    """The child's one line; a child that says nothing was stopped by its limits."""
    surroundings = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)}
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD), str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings,
            cwd=folder, timeout=SECONDS * 2, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"error": "too_long"}
    lines = done.stdout.splitlines()
    try:
        news: dict[str, Any] = json.loads(lines[-1]) if lines else {"error": "stopped"}
    except ValueError:
        return {"error": "stopped"}
    return news
