"""Tests of the doors try every room: files have a folder of their own, and the public pages read this test's rows."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from organisations import middleware
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
    monkeypatch.setattr("django.core.handlers.base.log_response", lambda *_args, **_more: None)


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who knocks is found out once for each: of the thousands of requests that follow only what they may is asked.

    That an ended or suspended membership ends the session at once is tried without this (`test_outside_nothing_is_there`).
    """
    find, known = middleware.find_actor, dict[str, dict[str, Any]]()
    kept = ("user", "token", "token_refused")

    def once(request: Any) -> Any:
        key = request.headers.get("Authorization") or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key:
            return find(request)
        if key not in known:
            known[key] = {
                "actor": find(request),
                **{name: getattr(request, name) for name in kept if hasattr(request, name)},
            }
        for name in kept:
            if name in known[key]:
                setattr(request, name, known[key][name])
        return known[key]["actor"]

    monkeypatch.setattr(middleware, "find_actor", once)
