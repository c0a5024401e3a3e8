"""Bytes in the store: whole or not at all, with flat memory, whatever goes wrong in the middle."""

import hashlib
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import Invalid
from evidence import storage

from .builders import bytes_of, chunks_of, overwrite, stored

BOTH_STORES = True
MIB = 1024 * 1024


def test_a_large_file_is_kept_with_flat_memory(settings: Any) -> None:
    size = 96 * MIB
    assert storage.store().ready()  # what a client loads once is not counted
    tracemalloc.start()
    with storage.receive(chunks_of(size)) as received:
        path = received.keep(7)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < (48 if settings.EVIDENCE_STORE == "s3" else 8) * MIB, (
        f"{peak / MIB:.1f} MiB for a file of {size / MIB}"
    )
    assert storage.hash_of(path) == hashlib.sha256(b"\x5a" * size).hexdigest() == received.sha256


def test_a_broken_upload_leaves_nothing() -> None:
    def broken() -> Iterator[bytes]:
        yield b"some"
        raise ConnectionError("the line went dead")

    with pytest.raises(ConnectionError), storage.receive(broken()):
        pass
    assert stored() == []


def test_a_rule_that_refuses_after_receipt_leaves_nothing() -> None:
    with pytest.raises(Invalid), storage.receive([b"some"]):
        raise Invalid({"file": ["no"]})
    assert stored() == []


def test_a_path_never_leaves_the_store() -> None:
    with pytest.raises(ValueError, match="leaves the store"):
        storage.store().open("../../etc/passwd")


def test_temporary_names_of_a_killed_process_are_cleared() -> None:
    storage.store().write(storage.temporary_name(), [b"half"])
    assert storage.forget_abandoned(older_than=time.time() - 60) == 0
    assert storage.forget_abandoned(older_than=time.time() + 60) == 1
    assert stored() == []


def test_the_same_bytes_are_kept_once_and_a_damaged_name_is_passed_by() -> None:
    paths = []
    for _ in range(2):
        with storage.receive([b"some"]) as received:
            paths.append(received.keep(7))
    assert paths[0] == paths[1]
    overwrite(paths[0], b"other")
    with storage.receive([b"some"]) as received:
        second = received.keep(7)
    assert (second, bytes_of(second), bytes_of(paths[0])) == (f"{paths[0]}.1", b"some", b"other")


def test_two_organisations_share_no_bytes() -> None:
    paths = set()
    for organisation in (7, 8):
        with storage.receive([b"some"]) as received:
            paths.add(received.keep(organisation))
    assert sorted(path.split("/")[0] for path in paths) == ["7", "8"]


def test_what_is_read_is_what_was_hashed_from_any_place() -> None:
    data = bytes(range(256)) * 40_000  # two parts of a bucket's upload
    with storage.receive(data[start : start + MIB] for start in range(0, len(data), MIB)) as received:
        path = received.keep(7)
    handle, seen = storage.open_hashed(path)
    assert handle is not None
    with handle:
        assert seen == hashlib.sha256(data).hexdigest()
        assert handle.read(10) == data[:10]
        handle.seek(9_000_000)
        assert handle.read(100) == data[9_000_000:9_000_100]
    assert storage.open_hashed("7/aa/not-there") == (None, None)


def test_an_object_replaced_between_hash_and_reading_is_never_handed_out_as_the_one_that_was_hashed() -> None:
    with storage.receive([b"the one received"]) as received:
        path = received.keep(7)
    handle, _seen = storage.open_hashed(path)
    assert handle is not None
    overwrite(path, b"something else   ")
    with handle:
        try:
            given = handle.read()
        except OSError:  # a bucket says no; a folder still gives what the handle was opened on
            given = b""
    assert given in (b"the one received", b"")


def test_a_shelf_is_a_place_of_its_own_and_never_looked_at_by_the_collection() -> None:
    with storage.receive([b"some"]) as received:
        plain, sealed = received.keep(7), received.keep(7, "sealed")
    assert sealed.startswith("7/sealed/")
    assert list(storage.settled_names(time.time() + 60)) == [(7, [plain])]
    with storage.receive([b"some"]) as received, pytest.raises(ValueError, match="shelf"):
        received.keep(7, "../8")
