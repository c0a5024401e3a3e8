"""What happens while bytes arrive and leave: limits, a full disk, ranges."""

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

from core.errors import Invalid
from core.files import Unsatisfiable, part, wanted_range
from evidence import storage
from evidence.errors import StoreFull
from evidence.uploads import EvidenceUploadHandler, Upload

from .builders import stored


def test_a_full_disk_is_said_plainly_and_leaves_nothing(monkeypatch: Any) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull) as caught, storage.receive([b"some"]):
        pass
    assert "no room left" in str(caught.value.fields["file"][0])
    assert stored() == []


def test_what_is_kept_cannot_be_written(files_root: Path) -> None:
    with storage.receive([b"some"]) as received:
        path = received.keep(7)
    assert (files_root / path).stat().st_mode & 0o222 == 0


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-99", (0, 99)),
        ("bytes=990-", (990, 999)),
        ("bytes=-10", (990, 999)),
        ("bytes=0-999999", (0, 999)),
        ("bytes=-5000", (0, 999)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header: str, wanted: tuple[int, int] | None) -> None:
    assert wanted_range(header, 1000) == wanted


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=-0"])
def test_a_range_outside_the_file_is_not_answered(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted_range(header, 1000)


def test_a_range_gives_exactly_its_bytes() -> None:
    data = bytes(range(256)) * 8192
    assert b"".join(part(io.BytesIO(data), 100, 1_500_000)) == data[100:1_500_001]


def arriving(handler: EvidenceUploadHandler, chunks: list[bytes]) -> Upload:
    handler.new_file("file", "a.log", "text/plain", None, None, {})
    for chunk in chunks:
        handler.receive_data_chunk(chunk, 0)
    file = handler.file_complete(sum(map(len, chunks)))
    assert file is not None
    return Upload.of(file)


def test_too_much_is_dropped_while_it_arrives(settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 10
    handler = EvidenceUploadHandler()
    with pytest.raises(Invalid):
        arriving(handler, [b"12345678", b"12345678", b"12345678"])
    assert Path(handler.file.temporary_file_path()).stat().st_size == 0


def test_a_disk_that_fills_while_it_arrives_keeps_the_request(monkeypatch: Any) -> None:
    handler = EvidenceUploadHandler()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk", full)
    with pytest.raises(StoreFull):
        arriving(handler, [b"12345678"])


def test_an_upload_that_arrives_whole_is_given_on() -> None:
    assert b"".join(arriving(EvidenceUploadHandler(), [b"1234", b"5678"]).chunks) == b"12345678"
