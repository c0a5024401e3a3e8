"""A key of one's own: made once, shown once, opened by its owner alone."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.errors import Invalid
from core.tenancy import acting_as
from ledger.models import Entry
from organisations.actors import Actor
from sealing import selectors, services
from sealing.errors import HasSealingKey, NoSealingKey, TooManyTries
from sealing.models import SealingKey
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-4")]
PASSPHRASE = "velvet anchor nine lanterns"


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def owner(people: People) -> Iterator[Actor]:
    actor = people.vela.analyst
    with acting_as(actor.principal):
        yield actor


def test_a_key_is_made_recorded_and_unlocked_by_its_passphrase(owner: Actor) -> None:
    key, _code = services.make_key(actor=owner, passphrase=PASSPHRASE)
    same, private = services.unlock(owner, PASSPHRASE)
    assert same == key
    entry = Entry.objects.get(verb="sealing_key.made")
    assert key.fingerprint in entry.payload
    stored = bytes(key.by_passphrase) + bytes(key.by_recovery) + bytes(key.salt) + entry.payload.encode()
    assert private not in stored and PASSPHRASE.encode() not in stored
    with pytest.raises(HasSealingKey):
        services.make_key(actor=owner, passphrase=PASSPHRASE)


@pytest.mark.parametrize("passphrase", ["short", "password1234", "x" * 501])
def test_a_passphrase_that_is_easily_found_is_refused(owner: Actor, passphrase: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.make_key(actor=owner, passphrase=passphrase)
    assert "passphrase" in refused.value.fields


def test_five_wrong_guesses_lock_even_the_right_one_out(owner: Actor) -> None:
    services.make_key(actor=owner, passphrase=PASSPHRASE)
    for _guess in range(5):
        with pytest.raises(Invalid):
            services.unlock(owner, "wrong guess here")
    with pytest.raises(TooManyTries):
        services.unlock(owner, PASSPHRASE)
    cache.clear()
    services.unlock(owner, PASSPHRASE)


def test_a_right_guess_forgets_the_wrong_ones(owner: Actor) -> None:
    services.make_key(actor=owner, passphrase=PASSPHRASE)
    for _round in range(2):
        for _guess in range(4):
            with pytest.raises(Invalid):
                services.unlock(owner, "wrong guess here")
        services.unlock(owner, PASSPHRASE)


def test_the_passphrase_changes_by_the_old_one_or_by_the_code_and_the_key_stays(owner: Actor) -> None:
    key, code = services.make_key(actor=owner, passphrase=PASSPHRASE)
    _key, private = services.unlock(owner, PASSPHRASE)
    _key, second = services.change_passphrase(actor=owner, passphrase="orchard under glass 7", old=PASSPHRASE)
    assert services.unlock(owner, "orchard under glass 7")[1] == private
    with pytest.raises(Invalid):
        services.unlock(owner, PASSPHRASE)
    with pytest.raises(Invalid):  # the earlier sheet is of no use any more
        services.change_passphrase(actor=owner, passphrase="another three words", code=code)
    services.change_passphrase(actor=owner, passphrase="another three words", code=second)
    assert services.unlock(owner, "another three words") == (key, private)


def test_a_lost_key_is_replaced_and_stays_on_record(owner: Actor) -> None:
    with pytest.raises(NoSealingKey):
        services.unlock(owner, PASSPHRASE)
    key, _code = services.make_key(actor=owner, passphrase=PASSPHRASE)
    fresh, _code = services.make_key(actor=owner, passphrase="orchard under glass 7", replace=True)
    assert fresh.fingerprint != key.fingerprint
    assert selectors.key_of(owner.user) == fresh
    assert SealingKey.objects.get(pk=key.pk).retired_at is not None
    assert key.fingerprint in Entry.objects.get(verb="sealing_key.replaced").payload


def test_nobody_else_sees_makes_or_changes_a_key(owner: Actor, people: People) -> None:
    key, _code = services.make_key(actor=owner, passphrase=PASSPHRASE)
    for other in (people.vela.coordinator, people.vela.admin, people.orrin.analyst):
        with acting_as(other.principal):
            assert not SealingKey.objects.exists()
            assert SealingKey.objects.filter(pk=key.pk).update(retired_at=key.made_at) == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                key.pk = None
                key.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sealing_sealingkey SET public = sha256(public), fingerprint = encode(sha256(sha256(public)), 'hex')"
        )


def test_in_the_browser_the_sheet_is_shown_once(people: People, sign_in: Callable[[Actor], Client]) -> None:
    client = sign_in(people.vela.analyst)
    assert "Make the key" in client.get("/sealing-key/").text
    wrong = client.post("/sealing-key/", {"passphrase": PASSPHRASE, "again": "something else entirely"})
    assert wrong.status_code == 422 and PASSPHRASE not in wrong.text
    made = client.post("/sealing-key/", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert made.status_code == 201 and "no-store" in made["Cache-Control"]
    code = made.text.split('<code dir="ltr">')[1].split("<")[0]
    page = client.get("/sealing-key/")
    assert code not in page.text and PASSPHRASE not in page.text
    assert client.post("/sealing-key/", {"passphrase": PASSPHRASE, "again": PASSPHRASE}).status_code == 409
    changed = client.post(
        "/sealing-key/passphrase/",
        {"old": "", "code": code, "passphrase": "orchard under glass 7", "again": "orchard under glass 7"},
    )
    assert changed.status_code == 201
    assert client.post("/sealing-key/replace/", {"passphrase": PASSPHRASE, "again": PASSPHRASE}).status_code == 422
    replaced = client.post("/sealing-key/replace/", {"passphrase": PASSPHRASE, "again": PASSPHRASE, "lost": "on"})
    assert replaced.status_code == 201


def test_a_program_can_do_the_same_and_the_code_is_not_kept_for_a_retry(
    people: People, sign_in: Callable[[Actor], Client]
) -> None:
    client = sign_in(people.vela.analyst)
    assert client.get("/api/v1/sealing-key/").status_code == 404
    body = {"passphrase": PASSPHRASE}
    made = client.post(
        "/api/v1/sealing-key/", body, content_type="application/json", headers={"Idempotency-Key": "one"}
    )
    assert made.status_code == 201 and made.json()["recovery_code"]
    again = client.post(
        "/api/v1/sealing-key/", body, content_type="application/json", headers={"Idempotency-Key": "one"}
    )
    assert again.status_code == 409 and again.json()["code"] == "sealing_has_key"
    assert client.get("/api/v1/sealing-key/").json() == {name: made.json()[name] for name in ("fingerprint", "made_at")}
    change = {"passphrase": "orchard under glass 7", "old": PASSPHRASE}
    assert client.post("/api/v1/sealing-key/passphrase/", change, content_type="application/json").status_code == 200
    assert client.post("/api/v1/sealing-key/passphrase/", change, content_type="application/json").status_code == 400
