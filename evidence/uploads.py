"""What happens while an upload still arrives: too much is not written down, and the other answers survive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

from . import storage
from .errors import StoreFull


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in: the name somebody gave it and its bytes, read once."""

    name: str
    chunks: Iterable[bytes]

    @classmethod
    def of(cls, file: UploadedFile[Any]) -> Upload:
        """From a form or an API request; raises Invalid when it was refused on arrival."""
        refused = getattr(file, "refused", None)
        if refused is not None:
            raise refused
        return cls(file.name or "", file.chunks(storage.CHUNK))


class EvidenceUploadHandler(TemporaryFileUploadHandler):
    """Django's handler, with a limit: beyond it, or on a full disk, bytes are dropped and the file says why.

    Stopping the request instead would lose every other answer of the form.
    """

    chunk_size = storage.CHUNK
    source: Any = None

    def handle_raw_input(self, input_data: Any, *args: Any, **kwargs: Any) -> None:
        """Remembers what is read from, to see at the end whether all of it came."""
        self.source = input_data
        self.refused: Invalid | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Starts a temporary file in a folder that is there."""
        if settings.FILE_UPLOAD_TEMP_DIR:
            Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
        super().new_file(*args, **kwargs)
        self.received = 0
        self.refused = None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps a chunk, unless this file is refused already."""
        if self.refused is not None:
            return
        self.received += len(raw_data)
        if self.received > settings.EVIDENCE_MAX_BYTES:
            self.refuse(Invalid({"file": [storage.too_large(settings.EVIDENCE_MAX_BYTES)]}))
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as problem:
            if problem.errno not in storage.NO_ROOM:
                raise
            self.refuse(StoreFull())

    def refuse(self, why: Invalid) -> None:
        """Gives the disk back what was written."""
        self.refused = why
        if self.file.file is not None:
            self.file.file.truncate(0)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file, or what is left of a refused one with its reason."""
        done = super().file_complete(file_size)
        if done is not None and self.refused is not None:
            done.refused = self.refused  # type: ignore[attr-defined]
        return done

    def upload_complete(self) -> None:
        """A line that broke ends a form like any other end, only with fewer bytes than the sender announced: all of it is refused (400).

        Django itself would leave out the file that was cut short and take the rest for the whole form.
        """
        stream = getattr(self.source, "_stream", None)
        came, announced = getattr(stream, "_pos", None), getattr(stream, "limit", None)
        if came is not None and announced is not None and came < announced:
            raise MultiPartParserError(_("This file did not arrive whole. Send it again."))
