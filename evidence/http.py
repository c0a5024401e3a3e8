"""A stored file as an HTTP answer: an attachment that no browser runs or renders in our name."""

import io
import re
from collections.abc import Iterator
from typing import IO, Protocol

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from . import dangerous, storage

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Kept(Protocol):
    """A file in the store, as far as handing it out goes: of the evidence, or one that came with a reply."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def dangerous(self) -> bool: ...


class Unsatisfiable(ValueError):
    """The range asked for lies outside the file."""


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range, or None for the whole file: what is not understood is ignored (RFC 9110)."""
    found = RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:  # the last n bytes
        count = int(found[2])
        if count == 0:
            raise Unsatisfiable
        return max(size - count, 0), size - 1
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, last


def part(handle: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    """Bytes from first to last, a chunk at a time; closes the file."""
    with handle:
        handle.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := handle.read(min(storage.CHUNK, left))):
            left -= len(chunk)
            yield chunk


def attachment(file: Kept, handle: IO[bytes], range_header: str = "") -> HttpResponseBase:
    """The file, whole or the range asked for. `handle` was hashed already and is the one that is read.

    A dangerous file leaves only inside an encrypted archive, whole.
    """
    if file.dangerous:
        return packed(file, handle)
    try:
        wanted = wanted_range(range_header, file.size)
    except Unsatisfiable:
        handle.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    first, last = wanted or (0, file.size - 1)
    response = StreamingHttpResponse(
        part(handle, first, last), status=206 if wanted else 200, content_type="application/octet-stream"
    )
    if wanted:
        response["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    return harmless(response, file.name)


def packed(file: Kept, handle: IO[bytes]) -> HttpResponseBase:
    """A dangerous file in its archive; the password stands in a header, for it is no secret."""
    whole = dangerous.archive(file.name, handle)
    size = whole.seek(0, io.SEEK_END)
    response = StreamingHttpResponse(part(whole, 0, size - 1), content_type="application/zip")
    response["Content-Length"] = str(size)
    response["X-Archive-Password"] = dangerous.PASSWORD
    return harmless(response, dangerous.archive_name(file.name))


def harmless(response: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    """An attachment nothing renders, runs or keeps."""
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
