"""Tests of the doors try every room: files have a folder of their own, and the public pages read this test's rows."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.people import People

from .rooms import Room, for_public_pages, made_once
from .world import World, build


@pytest.fixture(scope="module")
def room(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A case with something in every room, made once for the module; a test is handed `people` and `world`."""

    def make() -> tuple[People, World]:
        people = People()
        return people, build(people)

    with made_once(make, tmp_path_factory.mktemp("room"), django_db_blocker) as made:
        yield made


@pytest.fixture
def files_root(tmp_path: Path, settings: Any, request: pytest.FixtureRequest) -> Path:
    """A store of the test's own: empty, or what was stored when the world was made."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    if "room" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("room").files, settings.FILES_ROOT)
    else:
        settings.FILES_ROOT.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return Path(settings.FILES_ROOT)


@pytest.fixture
def public_login(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """See `for_public_pages`."""
    for_public_pages(monkeypatch)


@pytest.fixture
def mine(room: Room) -> Room:
    """The test's own copies of what was made."""
    return room.again()


@pytest.fixture
def people(db: None, request: pytest.FixtureRequest) -> People:
    """The cast; where a world was made for the module, those who are in it."""
    if "room" in request.fixturenames:
        made: Room = request.getfixturevalue("mine")
        return made.people
    return People()


@pytest.fixture
def world(mine: Room, files_root: Path, public_login: None) -> World:
    """The case with something in every room."""
    return mine.world


@pytest.fixture
def bare_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are decided but not drawn: for tables of answers with thousands of requests."""
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *_args, **_more: "")
