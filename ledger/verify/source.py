"""The files of a package, out of a zip or an unpacked folder, with nothing believed and nothing written to disk.

Names that climb out, links, devices, two names for one file, encrypted entries, entries larger than their directory says and
bombs are refused with a sentence. Files are read a piece at a time: size alone does no harm.
"""

import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from .verdict import Refused

PIECE = 1024 * 1024
MOST_FILES = 50_000
MOST_TEXT = 64 * 1024 * 1024
SMALL = 1024 * 1024
MOST_RATIO = 200  # texts of a package deflate to a tenth
LONGEST = 1000  # signs of a path

Opener = Callable[[], IO[bytes]]


def safe(name: str) -> str:
    """The path, if it stays inside; raises Refused otherwise."""
    parts = name.split("/")
    if len(name) > LONGEST or any(part in ("", ".", "..") for part in parts) or not name.isprintable():
        raise Refused(f"the name {name!r} could point outside the package: nothing was read")
    if "\\" in name or ":" in parts[0]:
        raise Refused(f"the name {name!r} could point outside the package: nothing was read")
    return name


class Source:
    """The files of one package by their path inside it."""

    def __init__(self, found: Mapping[str, tuple[int, Opener]]) -> None:
        self.files = dict(found)
        folded: dict[str, str] = {}
        for path in self.files:
            other = folded.setdefault(path.casefold(), path)
            if other != path:
                raise Refused(f"{path!r} and {other!r} are one file on some computers and two on others")

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def size(self, path: str) -> int:
        """Bytes, as the directory says; reading checks it."""
        return self.files[path][0]

    def pieces(self, path: str) -> Iterator[bytes]:
        """The file, a piece at a time; raises Refused when it is not there, damaged or longer than it says."""
        if path not in self.files:
            raise Refused(f"{path} is missing")
        left, opened = self.files[path]
        try:
            with opened() as handle:
                while piece := handle.read(PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise Refused(f"{path} is longer than it says")
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
            raise Refused(f"{path} cannot be read: it is damaged") from problem
        if left:
            raise Refused(f"{path} is shorter than it says")

    def data(self, path: str, most: int = MOST_TEXT) -> bytes:
        """A whole small file."""
        if path in self.files and self.size(path) > most:
            raise Refused(f"{path} is far too large for what it is")
        return b"".join(self.pieces(path))

    def text(self, path: str, most: int = MOST_TEXT) -> str:
        """The same as text."""
        try:
            return self.data(path, most).decode()
        except UnicodeDecodeError as problem:
            raise Refused(f"{path} is not UTF-8 text") from problem

    def json(self, path: str) -> Any:
        """The same as JSON."""
        return parsed(self.text(path), path)

    def digest(self, path: str) -> str:
        """SHA-256."""
        found = sha256()
        for piece in self.pieces(path):
            found.update(piece)
        return found.hexdigest()


def parsed(text: str, path: str) -> Any:
    """JSON; raises Refused for anything else, and for what says one thing twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Refused(f"{path} says one thing twice")
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as problem:
        raise Refused(f"{path} is not JSON that can be read") from problem


def opened_file(place: Path) -> IO[bytes]:
    """A file on disk, to be read."""
    return place.open("rb")


def from_folder(folder: Path) -> Source:
    """A folder as it lies on disk. Links and anything but plain files are refused, not followed."""
    found: dict[str, tuple[int, Opener]] = {}
    waiting = [(folder, "")]
    while waiting:
        here, prefix = waiting.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                name = safe(f"{prefix}{entry.name}")
                facts = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(facts.st_mode):
                    waiting.append((Path(entry.path), f"{name}/"))
                elif stat.S_ISREG(facts.st_mode):
                    found[name] = (facts.st_size, partial(opened_file, Path(entry.path)))
                else:
                    raise Refused(f"{name} is a link or a device and not a file: nothing was read")
                if len(found) + len(waiting) > MOST_FILES:
                    raise Refused(f"the package holds more than {MOST_FILES} files")
    return Source(found)


def from_zip(handle: IO[bytes], size: int) -> Source:
    """A zip with one folder in it; refused from its directory alone where that shows harm."""
    try:
        opened = zipfile.ZipFile(handle)
        entries = opened.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, struct.error) as problem:
        raise Refused(
            "this is neither a package (a zip), nor an unpacked one (a folder), nor a record (JSON)"
        ) from problem
    if len(entries) > MOST_FILES:
        raise Refused(f"the package holds more than {MOST_FILES} files")
    if sum(entry.compress_size for entry in entries) > size:
        raise Refused("parts of the zip lie over each other: it is made to do harm")
    for entry in entries:
        check_entry(entry)
    files = [entry for entry in entries if not entry.is_dir()]
    names = [entry.filename for entry in files]
    if len(set(names)) != len(names):
        raise Refused("the zip holds two files of one name")
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1 or any("/" not in name for name in names):
        raise Refused("the zip does not hold one folder, as a package does")
    return Source(
        {
            name.partition("/")[2]: (entry.file_size, partial(opened.open, entry))
            for name, entry in zip(names, files, strict=True)
        }
    )


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Raises Refused for what no package holds."""
    name = safe(entry.filename.removesuffix("/"))
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise Refused(f"{name} is a link or a device and not a file: nothing was read")
    if entry.flag_bits & 0x1:
        raise Refused(f"{name} is encrypted in the zip itself")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{name} is packed in a way no package uses")
    if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise Refused(f"{name} would grow more than {MOST_RATIO} times when unpacked: it is made to do harm")
