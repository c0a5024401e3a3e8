"""A stored file as an HTTP answer: an attachment that no browser runs or renders in our name."""

import io
from typing import IO, Protocol

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from core.files import SAFELY, part, ranged_answer

from . import dangerous


class Kept(Protocol):
    """A file in the store, as far as handing it out goes: of the evidence, or one that came with a reply."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def dangerous(self) -> bool: ...


def called(name: str) -> dict[str, str]:
    """The header that names it; the name is somebody else's, so it is encoded (RFC 6266)."""
    return {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}


def attachment(file: Kept, handle: IO[bytes], range_header: str = "") -> HttpResponseBase:
    """The file, whole or the range asked for. `handle` was hashed already and is the one that is read.

    A dangerous file leaves only inside an encrypted archive, whole.
    """
    if file.dangerous:
        return packed(file, handle)
    return ranged_answer(
        handle,
        size=file.size,
        media_type="application/octet-stream",
        range_header=range_header,
        headers=called(file.name),
    )


def packed(file: Kept, handle: IO[bytes]) -> HttpResponseBase:
    """A dangerous file in its archive; the password stands in a header, for it is no secret."""
    whole = dangerous.archive(file.name, handle)
    size = whole.seek(0, io.SEEK_END)
    own = {
        **called(dangerous.archive_name(file.name)),
        "Content-Length": str(size),
        "X-Archive-Password": dangerous.PASSWORD,
    }
    return StreamingHttpResponse(part(whole, 0, size - 1), content_type="application/zip", headers=own | SAFELY)
