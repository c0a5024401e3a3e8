"""Writing a bag as a zip, a piece at a time: every file is hashed on its way, and no more than a chunk is ever in memory.

RFC 8493: `bagit.txt`, `bag-info.txt`, a payload under `data/` with its manifest, and a manifest of the tag files. The zip
holds one folder, the bag. Originals are stored as they are; texts are deflated. Pure.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PIECE = 1024 * 1024


class Outlet(io.RawIOBase):
    """Takes what the zip writer writes and gives it away; cannot be gone back in."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Keeps a piece until it is taken."""
        piece = bytes(data)
        self.pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """Everything written since the last time."""
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def line_of(text: str) -> str:
    """A value of `bag-info.txt`: one line."""
    return " ".join(text.split())


class BagWriter:
    """One bag; each method gives the bytes of the zip that are ready."""

    def __init__(self, name: str, made_at: datetime) -> None:
        self.name = name
        self.stamp = made_at.timetuple()[:6]
        self.outlet = Outlet()
        self.zip = zipfile.ZipFile(self.outlet, "w", allowZip64=True)
        self.payload: dict[str, str] = {}
        self.octets = 0

    def add(self, path: str, chunks: Iterable[bytes], *, packed: bool = False) -> Iterator[bytes]:
        """A file of the payload; `path` begins with `data/`."""
        if not path.startswith("data/"):
            raise ValueError("a payload file lies under data/")
        digest = sha256()

        def hashed() -> Iterator[bytes]:
            for chunk in chunks:
                digest.update(chunk)
                self.octets += len(chunk)
                yield chunk

        yield from self.put(path, hashed(), packed=packed)
        self.payload[path] = digest.hexdigest()

    def put(self, path: str, chunks: Iterable[bytes], *, packed: bool = True) -> Iterator[bytes]:
        """Any file of the bag."""
        entry = zipfile.ZipInfo(f"{self.name}/{path}", self.stamp)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o100644 << 16
        with self.zip.open(entry, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                if ready := self.outlet.take():
                    yield ready
        yield self.outlet.take()

    def finish(
        self, info: Sequence[tuple[str, str]], tags: Mapping[str, bytes], sign: Callable[[bytes], Mapping[str, bytes]]
    ) -> Iterator[bytes]:
        """The tag files and the end of the zip. What `sign` gives speaks about the manifest of tag files and so cannot stand in it."""
        facts = [*info, ("Payload-Oxum", f"{self.octets}.{len(self.payload)}")]
        files = {
            "bagit.txt": DECLARATION,
            "bag-info.txt": "".join(f"{name}: {line_of(value)}\n" for name, value in facts).encode(),
            "manifest-sha256.txt": manifest(self.payload),
            **tags,
        }
        for path, data in files.items():
            yield from self.put(path, [data])
        listed = tag_manifest(files)
        yield from self.put(TAG_MANIFEST, [listed])
        for path, data in sign(listed).items():
            yield from self.put(path, [data])
        self.zip.close()
        yield self.outlet.take()


def manifest(sums: Mapping[str, str]) -> bytes:
    """Lines of `<sha256>  <path>`, in the order of the paths."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items())).encode()


def tag_manifest(files: Mapping[str, bytes]) -> bytes:
    """The manifest of tag files."""
    return manifest({path: sha256(data).hexdigest() for path, data in files.items()})
