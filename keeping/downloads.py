"""How what was made leaves: as a file to keep, whole or the range asked for."""

from typing import IO

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from evidence.http import Unsatisfiable, part, wanted_range
from exchange.downloads import SAFELY


def zip_answer(handle: IO[bytes], *, name: str, size: int, sha256: str, range_header: str) -> HttpResponseBase:
    """The bytes; a bad line can take them up again where it broke."""
    try:
        wanted = wanted_range(range_header, size)
    except Unsatisfiable:
        handle.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = wanted or (0, size - 1)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(last - first + 1), "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"', **({"Content-Range": f"bytes {first}-{last}/{size}"} if wanted else {}),
    }  # fmt: skip
    return StreamingHttpResponse(
        part(handle, first, last),
        status=206 if wanted else 200,
        content_type="application/zip",
        headers=headers | SAFELY,
    )
