"""Reading a bag somebody sent: nothing of it is believed before it was checked, and nothing is ever unpacked to disk.

What stops it is named by a code and the thing concerned (`BagRefused`). Names that climb out of their folder, two names
for one file, links, encrypted entries, entries that are not what the directory says, and bombs are refused from the
directory alone; every byte is then hashed against the manifests, and what no manifest names is one file too many. Pure.
"""

import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import IO

from .writing import PIECE, TAG_MANIFEST

MOST_FILES = 20_000
# Texts of a package deflate to a tenth; a hundred times that is a bomb.
MOST_RATIO = 200
SMALL = 1024 * 1024
MOST_TEXT = 64 * 1024 * 1024
SAFE = re.compile(r"[A-Za-z0-9._ ()@,=+~-]{1,180}")
LINE = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")
DECLARED = re.compile(r"BagIt-Version: (0\.97|1\.0)\r?\nTag-File-Character-Encoding: UTF-8\r?\n?")
Tick = Callable[[], None]


class BagRefused(Exception):
    """Why a bag is not taken; `code` is stable, `detail` names the file or the thing concerned."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail[:200]
        super().__init__(f"{code}: {detail}")


def safe_path(name: str) -> str:
    """The name, if every part of it is a plain one; raises BagRefused otherwise."""
    parts = name.split("/")
    plain = all(SAFE.fullmatch(part) and part.strip(". ") for part in parts)
    if not plain or name != unicodedata.normalize("NFC", name):
        raise BagRefused("package_path", ascii(name)[1:-1])
    return name


class Bag:
    """A bag in a zip. `files` maps each path inside the bag to its entry."""

    def __init__(self, handle: IO[bytes], *, size: int, most_bytes: int) -> None:
        try:
            self.zip = zipfile.ZipFile(handle)
            entries = self.zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
            raise BagRefused("package_not_zip") from problem
        check_entries(entries, size=size, most_bytes=most_bytes)
        names = {entry: safe_path(entry.filename) for entry in entries if not entry.is_dir()}
        tops = {name.partition("/")[0] for name in names.values()}
        if len(tops) != 1 or any("/" not in name for name in names.values()):
            raise BagRefused("package_no_bag", "bagit.txt")
        (self.name,) = tops
        self.files = {name.partition("/")[2]: entry for entry, name in names.items()}
        if len({path.casefold() for path in self.files}) != len(names):
            raise BagRefused("package_twice", twice(names.values()))

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file, a piece at a time; raises BagRefused when the zip does not hold what its directory says."""
        entry = self.files.get(path)
        if entry is None:
            raise BagRefused("package_missing_file", path)
        left = entry.file_size
        try:
            with self.zip.open(entry) as source:
                while piece := source.read(PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise BagRefused("package_too_large", path)
                    yield piece
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
            raise BagRefused("package_changed_file", path) from problem
        except Exception as problem:
            if type(problem).__module__ == "zlib":
                raise BagRefused("package_changed_file", path) from problem
            raise

    def read(self, path: str, most: int = MOST_TEXT) -> bytes:
        """A whole small file."""
        entry = self.files.get(path)
        if entry is not None and entry.file_size > most:
            raise BagRefused("package_too_large", path)
        return b"".join(self.chunks(path))

    def text(self, path: str, most: int = MOST_TEXT) -> str:
        """The same as text."""
        try:
            return self.read(path, most).decode()
        except UnicodeDecodeError as problem:
            raise BagRefused("package_content", path) from problem

    def digest(self, path: str, tick: Tick) -> str:
        """SHA-256 of a file."""
        found = sha256()
        for piece in self.chunks(path):
            found.update(piece)
            tick()
        return found.hexdigest()

    def sums(self, path: str) -> dict[str, str]:
        """A manifest: path and SHA-256."""
        found: dict[str, str] = {}
        for line in self.text(path).splitlines():
            match = LINE.fullmatch(line)
            if match is None:
                raise BagRefused("package_content", path)
            name = safe_path(match[2])
            if name in found:
                raise BagRefused("package_twice", name)
            found[name] = match[1]
        return found

    def info(self) -> dict[str, str]:
        """`bag-info.txt`: the first value of each name."""
        found: dict[str, str] = {}
        for line in self.text("bag-info.txt", SMALL).splitlines():
            name, colon, value = line.partition(":")
            if not colon:
                raise BagRefused("package_content", "bag-info.txt")
            found.setdefault(name.strip(), value.strip())
        return found

    def check(self, tick: Tick, *, unlisted: frozenset[str] = frozenset()) -> None:
        """Completeness and validity (RFC 8493, 3): nothing missing, nothing too much, every byte as the manifests say."""
        if not DECLARED.fullmatch(self.text("bagit.txt", SMALL)):
            raise BagRefused("package_no_bag", "bagit.txt")
        if "fetch.txt" in self.files:
            raise BagRefused("package_fetch", "fetch.txt")
        payload, tags = self.sums("manifest-sha256.txt"), self.sums(TAG_MANIFEST)
        if stray := sorted(path for path in payload if not path.startswith("data/")):
            raise BagRefused("package_content", stray[0])
        listed = set(payload) | set(tags) | {TAG_MANIFEST} | unlisted
        if extra := sorted(set(self.files) - listed):
            raise BagRefused("package_extra_file", extra[0])
        if missing := sorted((set(payload) | set(tags) | {"bag-info.txt"}) - set(self.files)):
            raise BagRefused("package_missing_file", missing[0])
        for path, expected in [*tags.items(), *payload.items()]:
            if self.digest(path, tick) != expected:
                raise BagRefused("package_changed_file", path)
        octets = sum(self.files[path].file_size for path in payload)
        if self.info().get("Payload-Oxum", f"{octets}.{len(payload)}") != f"{octets}.{len(payload)}":
            raise BagRefused("package_content", "bag-info.txt")


def twice(names: object) -> str:
    """The first name that stands for two files."""
    seen: set[str] = set()
    for name in names:  # type: ignore[attr-defined]
        if name.casefold() in seen:
            return str(name)
        seen.add(name.casefold())
    return ""


def check_entries(entries: list[zipfile.ZipInfo], *, size: int, most_bytes: int) -> None:
    """What the directory alone shows: too many, too large, links, passwords, unknown packing, entries that overlap."""
    if len(entries) > MOST_FILES:
        raise BagRefused("package_too_large", str(len(entries)))
    if sum(entry.compress_size for entry in entries) > size:
        raise BagRefused("package_too_large", "overlapping entries")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise BagRefused("package_too_large", str(sum(entry.file_size for entry in entries)))
    for entry in entries:
        mode = entry.external_attr >> 16
        if entry.flag_bits & 0x1 or (stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))):
            raise BagRefused("package_path", ascii(entry.filename)[1:-1])
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BagRefused("package_not_zip", ascii(entry.filename)[1:-1])
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise BagRefused("package_too_large", ascii(entry.filename)[1:-1])
