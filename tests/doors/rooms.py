"""A world made once for a whole module: committed to a copy of the test database, so that each test undoes its own changes alone.

Making the case with something in every room takes seconds, and every test of the doors wants it. Here it is made once; a test
is given its own copies of the people, of the world and of the stored files, and the database undoes what the test did.
"""

import copy
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import override_settings

from organisations.actors import role_numbers
from tests.databases import copied
from tests.people import People

from .world import World


@dataclass(frozen=True)
class Room:
    """What was made, and where its files lie."""

    people: People
    world: World
    files: Path

    def again(self) -> "Room":
        """For one test, to change as it likes."""
        return copy.deepcopy(self)


def for_public_pages(patch: pytest.MonkeyPatch) -> None:
    """`public` is the test's own connection: who the public pages are for is asked here, their role in tests/publication."""
    patch.setattr(connections._connections, "public", connections["default"])  # type: ignore[attr-defined]


@contextmanager
def made_once(make: Callable[[], tuple[People, World]], files: Path, blocker: Any) -> Iterator[Room]:
    """Builds the world in a database of its own; while the block lasts, tests run there."""
    for name in ("files", "uploads"):
        (files / name).mkdir()
    place = connections["default"].settings_dict
    template, own = place["NAME"], f"{place['NAME']}_{uuid.uuid4().hex[:8]}"
    with blocker.unblock(), copied(template, own):
        place["NAME"] = own
        role_numbers.cache_clear()  # numbers given here are given again in the database the others use
        try:
            with (
                override_settings(FILES_ROOT=files / "files", FILE_UPLOAD_TEMP_DIR=files / "uploads"),
                pytest.MonkeyPatch.context() as patch,
                transaction.atomic(),
            ):
                for_public_pages(patch)
                people, world = make()
                connection.run_on_commit.clear()  # what workers would be sent: no test of the doors waits for one
            connections.close_all()
            with blocker.block():
                yield Room(people, world, files / "files")
        finally:
            place["NAME"] = template
            role_numbers.cache_clear()
