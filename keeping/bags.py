"""Zips of canonical JSON and files, written into the store a piece at a time; each a BagIt bag that names its hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO

from django.conf import settings

from core import clock
from evidence import storage
from evidence.models import EvidenceItem
from exchange.bag.writing import BagWriter
from exchange.package import layout
from exchange.package.building import Beating, locked_away, original_bytes
from exchange.package.material import Original, holding_of, is_dangerous
from ledger.keys import signer

from .errors import StoredCopyDamaged

SHELF = "keeping"


@dataclass
class Contents:
    """What a bag is written from: texts by path, originals, and what it is."""

    name: str
    info: list[tuple[str, str]]
    readme: str
    texts: Iterable[tuple[str, Iterable[bytes]]] = ()
    originals: list[Original] = field(default_factory=list)


def written(contents: Contents, tick: Callable[[], None]) -> Iterator[bytes]:
    """The zip, a piece at a time."""
    writer = BagWriter(contents.name, clock.now())
    beating = Beating(lambda _progress, _stage: tick(), "copying", 1)
    for path, lines in contents.texts:
        tick()
        yield from writer.add(path, lines, packed=True)
    for original in contents.originals:
        source = locked_away(original, beating) if original.locked else original_bytes(original, beating)
        yield from writer.add(original.path, source)
    key = signer("packages")

    def signature(tag_manifest: bytes) -> dict[str, bytes]:
        text = layout.signed_text(contents.name, sha256(tag_manifest).hexdigest())
        return {layout.SIGNATURE: key.sign(text).encode()}

    yield from writer.finish(contents.info, {"README.txt": contents.readme.encode()}, signature)


def write(contents: Contents, organisation_id: int, tick: Callable[[], None]) -> tuple[str, str, int]:
    """Path, SHA-256 and size of the finished zip."""
    with storage.receive(written(contents, tick), limit=settings.PACKAGE_MAX_BYTES) as received:
        return received.keep(organisation_id, SHELF), received.sha256, received.size


def originals_of(items: Iterable[EvidenceItem], folder: str) -> list[Original]:
    """The files of items whose content may leave: never sealed, frozen, withdrawn or disposed ones; malware locked away."""
    return [
        Original(file, item.label, f"{folder}/{item.incident_id}/{item.label}/{file.sha256}", is_dangerous(item, file))
        for item in items
        if holding_of(item) == layout.HELD
        for file in item.files.all()
    ]


def pieces_of(place: Path) -> Iterator[bytes]:
    """A file, a chunk at a time."""
    with place.open("rb") as handle:
        yield from storage.pieces(handle)


def reopened(path: str, sha256: str) -> IO[bytes]:
    """The stored zip, hashed again before a byte leaves."""
    handle, seen = storage.open_hashed(path)
    if handle is None or seen != sha256:
        if handle is not None:
            handle.close()
        raise StoredCopyDamaged
    return handle
