"""Tests of the doors try every room: files have a folder of their own, and the public pages read this test's rows."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.people import People

from .world import World, build


@pytest.fixture
def files_root(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILES_ROOT.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return Path(settings.FILES_ROOT)


@pytest.fixture
def public_login(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """`public` is the test's own connection: who the public pages are for is asked here, their role in tests/publication."""
    monkeypatch.setattr(connections._connections, "public", connections["default"])  # type: ignore[attr-defined]


@pytest.fixture
def world(people: People, files_root: Path, public_login: None) -> World:
    """A case with something in every room."""
    return build(people)


@pytest.fixture
def bare_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are decided but not drawn: for tables of answers with thousands of requests."""
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *_args, **_more: "")
