"""Telling step by step: whole or not at all, and once."""

from pathlib import Path

import pytest
from django.test import override_settings

from core.errors import DomainError
from incidents.models import Incident
from incidents.services import file_incident, open_draft
from ledger.models import Entry
from normsplatform.demo import cases
from normsplatform.demo.accounts import Account, AccountBook
from normsplatform.demo.cast import HOUSES, gather
from normsplatform.demo.stations.evidence import NOTE, content_of
from normsplatform.demo.story import Names, Story, told_by
from organisations.actors import Actor, acting, system_actor
from organisations.founding import found_platform
from organisations.models import Membership, Organisation, User
from tests.incidents.cases import FACTS
from tests.people import People

pytestmark = pytest.mark.django_db


def test_a_step_is_told_once_and_its_names_stay(people: People) -> None:
    analyst = people.vela.analyst

    def act(actor: Actor) -> Names:
        return {"reference": file_incident(actor=actor, facts=FACTS).reference}

    story = Story(told_by([analyst]))
    first = story.tell("case/filed", analyst, act)
    assert story.tell("case/filed", analyst, act) == first
    later = Story(told_by([people.vela.admin]))
    assert later.tell("case/filed", analyst, act) == first
    assert (story.new, later.new) == (1, 0)
    with acting(analyst):
        assert Incident.objects.count() == 1


def test_a_step_that_fails_leaves_nothing_and_is_told_again(people: People) -> None:
    analyst = people.vela.analyst

    def half(actor: Actor) -> None:
        open_draft(actor=actor)
        raise DomainError("no")

    story = Story({})
    with pytest.raises(DomainError) as refused:
        story.tell("case/broken", analyst, half)
    assert "case/broken" in refused.value.__notes__[0]
    with acting(analyst):
        assert not Entry.objects.exists()
    assert told_by([analyst]) == {}
    assert story.tell("case/broken", analyst, lambda actor: {"done": "yes"}) == {"done": "yes"}


def test_what_another_house_told_is_not_ours(people: People) -> None:
    Story({}).tell("step", people.orrin.analyst, lambda actor: None)
    assert told_by([people.vela.analyst]) == {}
    assert told_by([people.vela.analyst, people.orrin.analyst]) == {"step": {}}


def test_the_platform_is_founded_once() -> None:
    assert found_platform() is True
    assert found_platform() is False
    system = system_actor()
    assert system.user.is_system and not system.user.has_usable_password()
    assert system.organisation.is_secretariat
    with acting(system):
        assert not Membership.objects.filter(user=system.user).exists()


def test_a_seeding_stopped_between_two_accounts_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    gather(AccountBook(path))
    whole = {row.email: row for row in AccountBook(path)._accounts.values()}
    book = AccountBook(path)
    del book._accounts["analyst@vela.example"]
    lost = whole["analyst@vela.example"]
    gather(book)
    again = AccountBook(path)
    found = again.get("analyst@vela.example")
    assert found is not None and found.password != lost.password and found.api_token != lost.api_token
    assert all(again.get(email) == row for email, row in whole.items() if email != "analyst@vela.example")
    assert User.objects.filter(email__endswith=".example").count() == sum(len(house.people) for house in HOUSES)


def test_a_book_of_another_database_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    AccountBook(path).put(
        Account("analyst@vela.example", "old", "Vela National CERT", "state", ["analyst"], "norms_old")
    )
    gather(AccountBook(path))
    found = AccountBook(path).get("analyst@vela.example")
    assert found is not None and found.password != "old"
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        assert User.objects.get(email=found.email).check_password(found.password)


def test_a_book_that_was_cut_short_is_no_book(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text('[{"email": "analyst@vela.exa')
    assert AccountBook(path).get("analyst@vela.example") is None


def test_the_secretariat_of_the_cast_is_the_platforms_own() -> None:
    assert next(house for house in HOUSES if house.slug == "secretariat").name == "Secretariat"
    found_platform()
    assert Organisation.objects.get(slug="secretariat").is_secretariat


def test_every_file_of_the_demo_says_that_it_was_written_for_it() -> None:
    files = [row["file"] for case in cases.all_cases() for row in case.get("evidence", ()) if "file" in row]
    assert len(files) > 10
    assert all(NOTE.encode() in content_of(file) for file in files)


@pytest.mark.parametrize(
    ("written", "at", "precision"),
    [
        ("", None, "unknown"),
        ("2022", "2022-01-01T00:00:00+00:00", "year"),
        ("2021-05", "2021-05-01T00:00:00+00:00", "month"),
        ("2022-05-31", "2022-05-31T00:00:00+00:00", "day"),
        ("2015-12-23T13:30Z", "2015-12-23T13:30:00+00:00", "exact"),
        ("~2015-12-23T13:30Z", "2015-12-23T13:30:00+00:00", "hour"),
    ],
)
def test_moments_are_as_exact_as_they_are_written(written: str, at: str | None, precision: str) -> None:
    assert cases.moment(written) == {"at": at, "precision": precision}
