"""Time stamps on intake, from an authority of our own: kept once, beside the file, verified whenever they are shown."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core import clock
from core.tenancy import acting_as
from evidence import services, tasks
from evidence.models import FileStamp, StoredFile
from ledger.models import Entry
from ledger.timestamps import TimestampUnavailable
from organisations.actors import Actor
from organisations.models import User
from tests.ledger.authority import Authority, running
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, the_file

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-3")]
SignIn = Callable[[Actor], Client]


@pytest.fixture
def authority(settings: Any, tmp_path: Path) -> Iterator[Authority]:
    """An authority that is configured and answers."""
    with running() as here:
        (tmp_path / "roots.pem").write_bytes(here.root_pem)
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = here.url, str(tmp_path / "roots.pem")
        yield here


def as_platform(people: People, system: User) -> Actor:
    """The platform acting for Vela."""
    return Actor(system, people.vela.organisation, ())


def test_a_file_is_stamped_after_the_commit_and_the_page_says_by_whom_and_when(
    people: People, system: User, authority: Authority, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    with django_capture_on_commit_callbacks(execute=True):
        item = given(analyst, incident)
        assert authority.asked == 0, "nobody waits for the authority while a file comes in"
    with acting_as(analyst.principal):
        stamp = FileStamp.objects.get()
        assert stamp.authority == "CN=Test time-stamping authority"
        assert abs(stamp.stamped_at - clock.now()) < timedelta(minutes=1)
        assert Entry.objects.filter(verb="evidence.stamped").count() == 1
        for statement in ("UPDATE evidence_filestamp SET authority = 'x'", "DELETE FROM evidence_filestamp"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    page = f"/incidents/{incident.reference}/evidence/{item.label}/"
    assert "Time-stamped by" in sign_in(analyst).get(page).content.decode()
    (file,) = sign_in(analyst).get(f"/api/v1{page}").json()["files"]
    assert file["stamp"]["authority"] == stamp.authority and file["stamp"]["verified"] is True


def test_a_stamp_is_not_believed_but_verified_again(
    people: People, system: User, authority: Authority, sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    given(analyst, incident)
    with acting_as(analyst.principal):
        file_id = StoredFile.objects.get().pk
    services.stamp_file(actor=as_platform(people, system), file_id=file_id)
    with running() as another:  # the roots trusted now are others
        (tmp_path / "others.pem").write_bytes(another.root_pem)
        settings.TIMESTAMP_ROOTS = str(tmp_path / "others.pem")
        page = sign_in(analyst).get(f"/incidents/{incident.reference}/evidence/E-1/").content.decode()
    assert "The time stamp does not verify" in page and "Time-stamped by" not in page


def test_an_authority_that_is_away_is_asked_again(people: People, system: User, authority: Authority) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    file = the_file(analyst, item)
    authority.away = True
    with pytest.raises(TimestampUnavailable):
        services.stamp_file(actor=as_platform(people, system), file_id=file.pk)
    with acting_as(analyst.principal):
        assert not FileStamp.objects.exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "STAMP_AFTER", timedelta(0))
        tasks.stamp_missing()  # still away: nothing is lost, nothing is raised
        authority.away = False
        tasks.stamp_missing()
        tasks.stamp_missing()
    with acting_as(analyst.principal):
        assert FileStamp.objects.get().file_id == file.pk, "once"


def test_without_an_authority_nothing_is_asked(people: People, system: User, settings: Any) -> None:
    settings.TIMESTAMP_URL = ""
    item = given(people.vela.analyst, filed(people.vela.analyst))
    file = the_file(people.vela.analyst, item)
    assert services.stamp_file(actor=as_platform(people, system), file_id=file.pk) is None
    tasks.stamp_missing()
    with acting_as(people.vela.analyst.principal):
        assert not FileStamp.objects.exists()
