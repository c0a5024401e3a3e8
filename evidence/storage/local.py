"""The store as a folder: temporary names in `.incoming`, final names by hard link, everything synced before it counts."""

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import magic
from django.conf import settings

from .names import INCOMING


def root() -> Path:
    """Where files live."""
    return Path(settings.FILES_ROOT)


def place_of(name: str) -> Path:
    """The file behind a name; refuses to leave the root."""
    place = (root() / name).resolve()
    if not place.is_relative_to(root().resolve()):
        raise ValueError("a stored path leaves the store")
    return place


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Folder:
    """A store on a disk of this machine, or one mounted on it."""

    def ready(self) -> bool:
        """Whether the disk is there: an unmounted one is not a thousand damaged items."""
        return root().is_dir()

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Writes a temporary file, durable when this returns; nothing of it is left when it fails."""
        place = place_of(name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        try:
            with place.open("xb") as out:
                for chunk in chunks:
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            place.chmod(0o440)
        except BaseException:
            place.unlink(missing_ok=True)
            raise

    def media_type(self, name: str) -> str:
        """By content (libmagic)."""
        return str(magic.from_file(str(place_of(name)), mime=True))

    def settle(self, temporary: str, final: str) -> bool:
        """Gives a temporary file its final name, durable when this returns; False when the name is taken.

        A hard link fails when the name is taken: two at once cannot overwrite each other.
        """
        place = place_of(final)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        fresh = True
        try:
            os.link(place_of(temporary), place)
        except FileExistsError:
            fresh = False
        for folder in (place.parent, *place.parent.parents):
            sync_folder(folder)
            if folder == root().resolve():
                break
        return fresh

    def open(self, name: str) -> IO[bytes]:
        """For reading; OSError when it is not there."""
        return place_of(name).open("rb")

    def remove(self, name: str) -> None:
        """Gone, or gone already."""
        place_of(name).unlink(missing_ok=True)

    def names(self, prefix: str) -> Iterator[tuple[str, float]]:
        """Every file below a prefix that ends in `/`, with the time it was last written (seconds)."""
        top = place_of(prefix)
        for folder, _folders, files in os.walk(top):
            for file in files:
                path = Path(folder) / file
                try:
                    yield path.relative_to(root().resolve()).as_posix(), path.stat().st_mtime
                except OSError as problem:  # removed meanwhile
                    if problem.errno != errno.ENOENT:
                        raise

    def tops(self) -> list[str]:
        """The first parts of names: one for each organisation, and what is being received."""
        return sorted(entry.name for entry in root().iterdir() if entry.is_dir() and entry.name != INCOMING)

    def forget_unfinished(self, older_than: float) -> int:
        """A killed process leaves whole names only: nothing to do here."""
        return 0
