"""A file as an HTTP answer: one to keep, whole or the range asked for, that no browser runs or renders in our name."""

import re
from collections.abc import Iterator, Mapping
from typing import IO

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 1024 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
SAFELY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


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
        while left > 0 and (chunk := handle.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def named(name: str, sha256: str) -> dict[str, str]:
    """Headers of a file of ours. The name is plain ASCII and says what it is."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{sha256}"'}


def file_answer(data: bytes, *, name: str, media_type: str, sha256: str) -> HttpResponse:
    """A small file."""
    return HttpResponse(data, content_type=media_type, headers=named(name, sha256) | SAFELY)


def ranged_answer(
    handle: IO[bytes], *, size: int, media_type: str, range_header: str, headers: Mapping[str, str]
) -> HttpResponseBase:
    """A large file, whole or the range asked for, so that a bad line can take it up again; 416 outside it. Closes `handle`."""
    try:
        wanted = wanted_range(range_header, size)
    except Unsatisfiable:
        handle.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = wanted or (0, size - 1)
    place = {"Content-Range": f"bytes {first}-{last}/{size}"} if wanted else {}
    length = {"Content-Length": str(last - first + 1), "Accept-Ranges": "bytes"}
    return StreamingHttpResponse(
        part(handle, first, last),
        status=206 if wanted else 200,
        content_type=media_type,
        headers={**headers, **length, **place, **SAFELY},
    )


def zip_answer(handle: IO[bytes], *, name: str, size: int, sha256: str, range_header: str) -> HttpResponseBase:
    """A package of ours, whole or the range asked for."""
    return ranged_answer(
        handle, size=size, media_type="application/zip", range_header=range_header, headers=named(name, sha256)
    )
