"""Bytes no row names are collected, and nothing else is: not what is held, not what is being kept at this moment."""

import errno
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import transaction

from core.tenancy import acting_as
from evidence import collecting, storage
from evidence.errors import StoreFull
from evidence.models import StoredFile
from evidence.storage.s3 import as_os_errors
from organisations.founding import found_platform
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, bytes_of, given, stored

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-3")]
BOTH_STORES = True


@pytest.fixture
def a_day_later(monkeypatch: Any) -> None:
    """Everything in the store is old enough to be looked at."""
    found_platform()
    monkeypatch.setattr(collecting, "LEFT_AFTER", -60)


def test_what_an_undone_transaction_left_is_collected_and_what_is_held_stays(people: People, a_day_later: None) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    given(analyst, incident)

    class Undone(Exception):
        """Something that went wrong after the file had its name."""

    with pytest.raises(Undone), transaction.atomic():
        given(analyst, incident, data=b"left behind\n" * 20)
        raise Undone
    assert len(stored()) == 2
    collecting.collect_unnamed()
    with acting_as(analyst.principal):
        assert stored() == [StoredFile.objects.get().path]
    assert bytes_of(stored()[0]) == LOG


def test_nothing_is_collected_before_a_day_is_over(people: People) -> None:
    found_platform()
    with storage.receive([b"some"]) as received:
        received.keep(people.vela.organisation.pk)
    collecting.collect_unnamed()
    assert len(stored()) == 1


def test_what_another_tenant_may_not_see_is_still_held(people: People, a_day_later: None) -> None:
    # The contributor lost the case; the rows are out of their sight, not out of the world.
    given(people.vela.analyst, filed(people.vela.analyst))
    with acting_as(people.orrin.analyst.principal):
        assert collecting.unnamed(stored()) == [], "nobody but the platform learns what is held"
        assert collecting.unnamed(["1/aa/nothing"]) == []
    collecting.collect_unnamed()
    assert len(stored()) == 1


def test_a_store_out_of_reach_is_no_empty_store(
    people: People, a_day_later: None, settings: Any, tmp_path: Any
) -> None:
    settings.FILES_ROOT = tmp_path / "not-mounted"
    settings.EVIDENCE_S3 = {**settings.EVIDENCE_S3, "bucket_name": "not-there"}
    collecting.collect_unnamed()


@pytest.mark.parametrize(
    ("code", "number"), [("QuotaExceeded", errno.ENOSPC), ("NoSuchKey", errno.ENOENT), ("SlowDown", errno.EIO)]
)
def test_what_a_bucket_answers_is_said_as_a_disk_would_say_it(code: str, number: int) -> None:
    with pytest.raises(OSError) as caught, as_os_errors("7/aa/x"):
        raise ClientError({"Error": {"Code": code}}, "PutObject")
    assert caught.value.errno == number


def test_a_full_store_is_said_plainly(monkeypatch: Any) -> None:
    def full(self: object, name: str, chunks: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(type(storage.store()), "write", full)
    with pytest.raises(StoreFull), storage.receive([b"some"]):
        pass
