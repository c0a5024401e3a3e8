"""What can go wrong on the way in: each fault is detected and named, and nothing that was held before is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError

from core.tenancy import acting_as
from evidence import storage
from evidence.errors import StoreFull
from evidence.models import EvidenceItem, StoredFile
from evidence.storage.local import Folder
from evidence.uploads import Upload
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, bytes_of, chunks_of, given, stored, the_file

pytestmark = [pytest.mark.duty("ATT-2"), pytest.mark.duty("ATT-3")]
MIB = 1024 * 1024
CRLF = b"\r\n"


def posted(body: bytes, announced: int, upload_handlers: list[str], settings: Any) -> Any:
    """A form as a server reads it whose sender announced so many bytes and sent these."""
    settings.FILE_UPLOAD_HANDLERS = upload_handlers
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_TYPE": "multipart/form-data; boundary=b", "CONTENT_LENGTH": str(announced),
        "wsgi.input": BytesIO(body),
    }  # fmt: skip
    return WSGIRequest(environ).FILES.getlist("file")


def test_a_form_whose_line_broke_hands_in_no_half_file(settings: Any) -> None:
    body = CRLF.join(
        [b"--b", b'Content-Disposition: form-data; name="file"; filename="disk.img"', b"", b"x" * 5000, b"--b--", b""]
    )
    handlers = ["evidence.uploads.EvidenceUploadHandler"]
    (whole,) = posted(body, len(body), handlers, settings)
    assert b"".join(Upload.of(whole).chunks) == b"x" * 5000
    with pytest.raises(MultiPartParserError, match="did not arrive whole"):
        posted(body[:3000], len(body), handlers, settings)
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == [Path(whole.temporary_file_path())], (
        "nothing of it stays"
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of four megabytes, where one may mount it."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode  # fmt: skip
    if not mounted:
        place = tmp_path / "none"
    yield place
    if mounted:
        subprocess.run(["umount", "-l", str(tmp_path / "small")], check=False)


@pytest.mark.django_db
def test_a_disk_that_is_full_in_the_middle_keeps_what_was_there(
    people: People, settings: Any, small_disk: Path, monkeypatch: Any
) -> None:
    if small_disk.is_dir():
        settings.FILES_ROOT = small_disk
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    if not small_disk.is_dir():  # who may not mount gets a stand-in: full after three megabytes

        def full(self: Any, name: str, chunks: Any) -> None:
            size = 0
            for chunk in chunks:
                size += len(chunk)
                if size > 3 * MIB:
                    raise OSError(28, "No space left on device")

        monkeypatch.setattr(Folder, "write", full)
    with pytest.raises(StoreFull), storage.receive(chunks_of(8 * MIB)):
        pass
    assert stored() == [the_file(analyst, item).path]
    assert bytes_of(stored()[0]) == LOG
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.count() == StoredFile.objects.count() == 1


KILLED = """
import os, signal, sys
import django
django.setup()
from pathlib import Path
from django.conf import settings
from evidence import storage
settings.FILES_ROOT = Path(sys.argv[1])
def chunks():
    yield b"half of it" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)
with storage.receive(chunks()) as received:
    received.keep(7)
"""


def test_a_process_killed_while_it_hashes_leaves_no_file_and_what_it_left_is_cleared(files_root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(files_root)], cwd=django_settings.BASE_DIR, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = stored()
    assert left.startswith(storage.INCOMING), "no final name was given"
    assert list(storage.settled_names(time.time() + 60)) == []
    assert storage.forget_abandoned(time.time() + 60) == 1
    assert stored() == []
