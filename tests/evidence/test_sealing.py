"""Sealed content: N custodians of N organisations open it, for one person, for a time; nobody and nothing else does (SHR-4)."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from evidence import services, storage
from evidence.errors import (
    AlreadyAnswered,
    AlreadySealed,
    CopyElsewhere,
    IntegrityLost,
    ItemNotSealed,
    ItemSealed,
    NotAgreed,
    NotYourOwnRequest,
    RequestOver,
    SealDamaged,
    TooFewCustodians,
)
from evidence.models import (
    Custodian,
    CustodyEntry,
    Integrity,
    ReleasedShare,
    Seal,
    SealAnswer,
    SealedFile,
    SealRequest,
    Share,
    StoredFile,
)
from evidence.selectors import custody_fault, custody_of, lacks_of, weighable
from evidence.states import RequestState, SealState, Status
from evidence.tasks import sweep_integrity, tidy_seals
from notifications.models import Notification
from organisations.actors import SYSTEM_EMAIL, Actor
from organisations.models import User
from sealing import boxes, shares, stream
from sealing.errors import NoSealingKey, TooManyTries
from tests.people import People

from .builders import given, on_disk, upload
from .seals import OUTWARD, PASSPHRASE, SECRET, Sealed

pytestmark = [pytest.mark.django_db, pytest.mark.duty("SHR-4")]


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def case(people: People) -> Sealed:
    return Sealed(people)


@pytest.fixture
def platform(db: None) -> None:
    """The platform's own account, for the clock's work."""
    User.objects.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "Platform", "is_system": True})


def of(actor: Actor, thing: Any) -> Any:
    """The row as this person sees it."""
    with acting_as(actor.principal):
        return type(thing).objects.filter(pk=thing.pk).first()


def in_store() -> bytes:
    """Everything in the store, one after the other."""
    return b"".join(path.read_bytes() for path in sorted(Path(project.FILES_ROOT).rglob("*")) if path.is_file())


def stream_of(case: Sealed) -> Path:
    with acting_as(case.depositor.principal):
        return Path(project.FILES_ROOT) / SealedFile.objects.get(file=case.file).path


def rewrite(place: Path, data: bytes) -> None:
    place.chmod(0o640)
    place.write_bytes(data)


def test_two_of_three_open_it_for_the_one_who_asked(case: Sealed, as_owner: Callable[[], Any]) -> None:
    seal = case.sealed()
    assert seal.state == SealState.SEALED and not on_disk(case.file).exists()
    request = case.request()
    assert case.answer(request, case.custodians[0]).state == RequestState.PENDING
    with pytest.raises(NotAgreed):
        case.opened(request)
    assert case.answer(request, case.custodians[2]).state == RequestState.GRANTED
    opened = case.opened(request)
    assert opened.handle is not None
    with opened.handle as handle:
        assert handle.read() == SECRET and opened.file.name == "marrow-interview.txt"
    with acting_as(case.depositor.principal):
        links = [link for link in custody_of(case.item) if link.act in {"sealed", "asked", "agreed", "opened"}]
        assert [link.act for link in links] == ["sealed", "asked", "agreed", "agreed", "opened"]
        assert links[-1].actor == case.requester.user and links[-1].note == "Panel reading"
        assert links[-1].sha256_seen == hashlib.sha256(SECRET).hexdigest()
        assert not custody_fault(custody_of(case.item))
    with as_owner() as cursor:
        cursor.execute("SELECT verb FROM ledger_entry WHERE verb LIKE 'evidence.seal%' ORDER BY id")
        verbs = [row[0] for row in cursor.fetchall()]
    for reader, told in (
        (case.custodians[1], {"seal.asked"}),
        (case.requester, {"seal.agreed"}),
        (case.depositor, {"seal.request", "seal.agreed", "seal.opened"}),
    ):
        with acting_as(reader.principal):
            rows = Notification.objects.filter(kind__startswith="seal.")
            assert {row.kind for row in rows} == told and all(
                row.url.endswith(f"/requests/{request.pk}/") for row in rows
            )
    assert verbs == [
        "evidence.seal_asked", "evidence.sealed", "evidence.seal_request", "evidence.seal_agreed", "evidence.seal_agreed",
        "evidence.seal_opened",
    ]  # fmt: skip


def test_others_see_that_it_is_there_its_hash_its_grade_and_the_summary_and_nothing_else(case: Sealed) -> None:
    before = of(case.depositor, case.item)
    with acting_as(case.depositor.principal):
        lacking = [lack.code for lack in lacks_of(before)]
    case.sealed()
    for reader in (case.requester, case.depositor):
        item = of(reader, case.item)
        assert item.sealed and item.title == OUTWARD["title"] and item.description == OUTWARD["summary"]
        with acting_as(reader.principal):
            [file] = StoredFile.objects.filter(item=item)
            shown = json.dumps([{**vars(row), "_state": ""} for row in (item, file)], default=str)
            assert "Marrow" not in shown and "marrow" not in shown
            assert file.sha256 == hashlib.sha256(SECRET).hexdigest()
            assert [lack.code for lack in lacks_of(item)] == lacking, (
                "closed, it supports a judgement as before (R2.12)"
            )
            [ready] = weighable(case.incident)
            assert ready.custody_complete and list(ready.missing) == lacking
    shut: list[Callable[[], object]] = [
        lambda: services.describe_item(actor=case.depositor, **case.names, version=2, facts={"title": "x"}),
        lambda: services.add_file(actor=case.depositor, **case.names, upload=upload(b"more")),
        lambda: services.open_file(actor=case.depositor, **case.names, sha256=case.file.sha256, purpose="Curious"),
    ]
    for act in shut:
        with pytest.raises(ItemSealed), acting_as(case.depositor.principal):
            act()
    with pytest.raises(ItemSealed), acting_as(case.requester.principal):
        services.open_file(actor=case.requester, **case.names, sha256=case.file.sha256, purpose="Curious")


def dumped(cursor: Any) -> bytes:
    """Every row of every table, as whoever has the database sees them."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(
        "SELECT relname, relrowsecurity FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    tables, rows = cursor.fetchall(), []
    for table, walled in tables:
        if walled:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
        rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows).encode()


def all_keys(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """From here on: the item keys and shares that pass through memory."""
    seen: list[bytes] = []
    genuine = shares.split

    def split(key: bytes, threshold: int, count: int) -> dict[int, bytes]:
        parts = genuine(key, threshold, count)
        seen.extend([key, *parts.values()])
        return parts

    monkeypatch.setattr(shares, "split", split)
    return seen


def test_neither_a_dump_of_the_database_nor_the_store_holds_content_or_key(
    case: Sealed, monkeypatch: pytest.MonkeyPatch, as_owner: Callable[[], Any]
) -> None:
    keys = all_keys(monkeypatch)
    case.sealed()
    case.read(case.granted())
    with as_owner() as cursor:
        dump = dumped(cursor)
    assert b"sealed-" in dump and b"An account of the night" in dump, "the dump is one"
    store = in_store()
    assert stream.MAGIC in store
    assert len(keys) == 4
    for key in keys:
        assert key not in store and key.hex().encode() not in dump
    for secret in (SECRET[:40], b"Ilse Marrow tells", b"Interview with", b"marrow-interview", PASSPHRASE.encode()):
        assert secret not in store and secret not in dump and secret.hex().encode() not in dump
    # What stays, and is said so in docs/explanation/sealing.md: the note of receipt, under the hash of its link.
    assert dump.count(b"Ilse Marrow") == dump.count(b"Ilse Marrow, in person") == 1


def test_what_happens_to_shares_is_seen_by_nobody_but_their_holders(case: Sealed) -> None:
    seal = case.sealed()
    request = case.granted()
    holders = {person.user.pk for person in case.custodians}
    for reader in (*case.custodians, case.depositor, case.requester, case.people.vela.admin):
        with acting_as(reader.principal):
            assert set(Share.objects.values_list("user_id", flat=True)) == holders & {reader.user.pk}
            assert ReleasedShare.objects.count() == (2 if reader == case.requester else 0)
    with acting_as(case.people.orrin.analyst.principal):
        assert not Seal.objects.exists() and not SealRequest.objects.exists() and not Custodian.objects.exists()
        for act in (
            lambda: services.ask_custodians(actor=case.people.orrin.analyst, **case.names, kind="open", purpose="x"),
            lambda: case.opened(request, case.people.orrin.analyst),
        ):
            with pytest.raises(NotFound):
                act()
    assert seal.threshold == 2


def test_the_wrong_people_do_not_seal_ask_answer_or_open(case: Sealed) -> None:
    with pytest.raises(NotAllowed), acting_as(case.requester.principal):
        services.seal_item(actor=case.requester, **case.names, custodians=[], threshold=2, **OUTWARD)
    with pytest.raises(ItemNotSealed):
        case.request()
    case.sealed()
    with pytest.raises(AlreadySealed):
        case.asked_for()
    for kind in ("unseal", "reshare"):
        with pytest.raises(NotAllowed):
            case.request(kind=kind)
    request = case.request()
    with pytest.raises(NotAllowed):
        case.answer(request, case.depositor)
    with pytest.raises(NotAllowed):  # a colleague of a custodian
        case.answer(request, case.people.meridian.person("legal_assessor"))
    case.answer(request, case.custodians[0])
    with pytest.raises(AlreadyAnswered):
        case.answer(request, case.custodians[0], approve=False)
    case.answer(request, case.custodians[1])
    for other in (case.depositor, case.custodians[0], case.custodians[1]):
        with pytest.raises(NotAllowed):
            case.opened(request, other)
    with pytest.raises(RequestOver):
        case.answer(request, case.custodians[2])


def test_nobody_agrees_to_their_own_request(case: Sealed) -> None:
    case.sealed()
    asker = case.custodians[0]
    request = case.request(asker)
    with pytest.raises(NotYourOwnRequest):
        case.answer(request, asker)
    case.answer(request, case.custodians[1])
    assert case.answer(request, case.custodians[2]).state == RequestState.GRANTED
    assert case.read(request, asker) == SECRET


def test_who_is_needed_cannot_ask(people: People) -> None:
    case = Sealed(people, threshold=3)
    case.sealed()
    with pytest.raises(TooFewCustodians):
        case.request(case.custodians[0])
    assert case.read(case.granted()) == SECRET


def test_refused_when_those_left_are_too_few(case: Sealed) -> None:
    case.sealed()
    request = case.request()
    assert case.answer(request, case.custodians[0], approve=False).state == RequestState.PENDING
    assert case.answer(request, case.custodians[1], approve=False).state == RequestState.REFUSED
    with pytest.raises(RequestOver):
        case.answer(request, case.custodians[2])
    with pytest.raises(NotAgreed):
        case.opened(request)
    with acting_as(case.requester.principal):
        assert not ReleasedShare.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"custodians": []}, "custodians"),
        ({"custodians": ["999999:1"]}, "custodians"),
        ({"threshold": 1}, "threshold"),
        ({"threshold": 4}, "threshold"),
        ({"threshold": "two"}, "threshold"),
        ({"summary": " "}, "summary"),
        ({"title": ""}, "title"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_seal_that_would_protect_nothing_is_refused(case: Sealed, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused, transaction.atomic():
        case.asked_for(**change)
    assert field in refused.value.fields
    assert not of(case.depositor, case.item).sealed


def test_two_of_one_organisation_are_no_two(case: Sealed) -> None:
    second = case.with_key(case.people.meridian.person("legal_assessor"))
    one = case.custodians[0]
    values = [f"{person.user.pk}:{person.organisation.pk}" for person in (one, second)]
    with pytest.raises(Invalid) as refused, transaction.atomic():
        case.asked_for(custodians=values)
    assert "custodians" in refused.value.fields


def test_who_sees_nothing_of_the_case_or_has_no_key_cannot_be_named(case: Sealed) -> None:
    outsider = case.with_key(case.people.orrin.analyst)
    with acting_as(case.depositor.principal):
        offered = {candidate.user_id for candidate in services.candidates(case.incident)}
    assert outsider.user.pk not in offered
    assert {person.user.pk for person in case.custodians} <= offered
    with acting_as(outsider.principal):
        assert services.candidates(case.incident) == []


def test_bytes_that_another_item_holds_open_are_not_sealed(case: Sealed) -> None:
    given(case.depositor, case.incident, data=SECRET, name="copy.txt")
    with pytest.raises(CopyElsewhere), transaction.atomic():
        case.asked_for()


def test_bytes_given_in_again_meanwhile_are_not_taken_from_the_other_item(case: Sealed) -> None:
    seal = case.asked_for()
    other = given(case.depositor, case.incident, data=SECRET, name="copy.txt")
    assert services.carry_out(case.depositor, seal.pk)
    with acting_as(case.depositor.principal):
        assert storage.hash_of(StoredFile.objects.get(item=other).path) == case.file.sha256
        assert SealedFile.objects.get().plaintext_removed_at is None


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("where", ["receive", "plain_hash", "place_shares", "show_summary"])
def test_a_worker_killed_before_the_end_loses_nothing(
    case: Sealed, monkeypatch: pytest.MonkeyPatch, platform: None, where: str
) -> None:
    seal = case.asked_for()

    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    import evidence.services.sealing as sealing_service

    with monkeypatch.context() as patch:
        patch.setattr(storage if where == "receive" else sealing_service, where, die)
        with pytest.raises(Killed):
            services.carry_out(case.depositor, seal.pk)
    assert on_disk(case.file).read_bytes() == SECRET
    assert of(case.depositor, seal).state == SealState.SEALING
    with pytest.raises(ItemSealed), acting_as(case.depositor.principal):  # asked for: not handed out any more
        services.open_file(actor=case.depositor, **case.names, sha256=case.file.sha256, purpose="x")
    monkeypatch.setattr("evidence.tasks.SEAL_AGAIN_AFTER", timedelta(0))
    tidy_seals()
    assert of(case.depositor, seal).state == SealState.SEALED
    assert not on_disk(case.file).exists()
    assert case.read(case.granted()) == SECRET


def test_a_worker_killed_before_the_plaintext_goes_leaves_it_to_the_clock(
    case: Sealed, monkeypatch: pytest.MonkeyPatch, platform: None
) -> None:
    seal = case.asked_for()
    with monkeypatch.context() as patch:
        patch.setattr("evidence.services.sealing.clear_plaintext", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            services.carry_out(case.depositor, seal.pk)
    assert on_disk(case.file).exists() and of(case.depositor, seal).state == SealState.SEALED
    tidy_seals()
    assert not on_disk(case.file).exists()


def test_an_original_that_is_damaged_is_not_sealed_over(case: Sealed) -> None:
    seal = case.asked_for()
    rewrite(on_disk(case.file), SECRET[:-1] + b"?")
    assert not services.carry_out(case.depositor, seal.pk)
    assert of(case.depositor, seal).problem == "integrity"
    assert of(case.depositor, case.item).status == Status.FROZEN
    assert on_disk(case.file).exists() and stream.MAGIC not in in_store()


def pieces(data: bytes, size: int = 64 + stream.TAG) -> list[bytes]:
    body = data[stream.HEADER :]
    return [body[at : at + size] for at in range(0, len(body), size)]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = stream.lock
    monkeypatch.setattr(stream, "lock", lambda key, context, chunks: genuine(key, context, chunks, piece=64))


@pytest.mark.parametrize("how", ["changed", "cut", "moved", "dropped"])
@pytest.mark.parametrize("covered", [False, True])
def test_a_tampered_stream_is_named_and_nothing_of_it_is_handed_out(
    case: Sealed, small_pieces: None, as_owner: Callable[[], Any], how: str, covered: bool
) -> None:
    """`covered`: whoever wrote over the store wrote the new hash into the database too."""
    case.sealed()
    request = case.granted()
    place = stream_of(case)
    whole = place.read_bytes()
    head, body = whole[: stream.HEADER], pieces(whole)
    tampered = {
        "changed": [body[0], bytes([body[1][0] ^ 1]) + body[1][1:], *body[2:]], "cut": body[:-2],
        "moved": [body[0], body[2], body[1], *body[3:]], "dropped": [body[0], *body[2:]],
    }[how]  # fmt: skip
    rewrite(place, head + b"".join(tampered))
    if covered:
        with as_owner() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "ALTER TABLE evidence_sealedfile DISABLE TRIGGER USER; ALTER TABLE evidence_sealedfile NO FORCE ROW LEVEL SECURITY"
            )
            cursor.execute(
                "UPDATE evidence_sealedfile SET sha256 = %s", [hashlib.sha256(place.read_bytes()).hexdigest()]
            )
            assert cursor.rowcount == 1
            cursor.execute("SET LOCAL ROLE norms_app")
    opened = case.opened(request)
    assert opened.handle is None
    assert isinstance(opened.refusal, SealDamaged if covered else IntegrityLost)
    assert of(case.depositor, case.item).status == Status.FROZEN


def test_the_sweep_compares_sealed_content_without_a_key_and_a_restored_one_counts_again(
    case: Sealed, platform: None
) -> None:
    case.sealed()
    sweep_integrity()
    file = of(case.depositor, case.file)
    assert file.integrity == Integrity.MATCHES and file.checked_at is not None
    place = stream_of(case)
    whole = place.read_bytes()
    rewrite(place, whole[:-1] + bytes([whole[-1] ^ 1]))
    with acting_as(case.depositor.principal):
        services.verify_item(actor=case.depositor, **case.names)
        link = CustodyEntry.objects.get(item=case.item, act="frozen")
        assert link.sha256_seen == "" and "instead of" in link.note
    assert of(case.depositor, case.item).status == Status.FROZEN
    rewrite(place, whole)
    with acting_as(case.depositor.principal):
        services.restore_item(actor=case.depositor, **case.names, reason="Brought back from the second copy")
        [ready] = weighable(case.incident)
        assert ready.custody_complete
    assert case.read(case.granted()) == SECRET


def test_a_wrong_passphrase_opens_nothing_and_five_lock(case: Sealed) -> None:
    case.sealed()
    request = case.request()
    with pytest.raises(Invalid):
        case.answer(request, case.custodians[0], passphrase="wrong guess entirely")
    with acting_as(case.custodians[0].principal):
        assert not SealAnswer.objects.exists()
    for custodian in case.custodians[:2]:
        case.answer(request, custodian)
    for _guess in range(5):
        with pytest.raises(Invalid):
            case.opened(request, passphrase="wrong guess entirely")
    with pytest.raises(TooManyTries):
        case.opened(request)


def test_an_agreement_ends_with_its_time_and_leaves_no_share(
    case: Sealed, monkeypatch: pytest.MonkeyPatch, as_owner: Callable[[], Any], platform: None
) -> None:
    case.sealed()
    waiting, request = case.request(case.custodians[2]), case.granted()
    assert case.read(request) == SECRET
    with as_owner() as cursor:  # four days and five weeks later
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE evidence_sealrequest DISABLE TRIGGER seal_request_guard; ALTER TABLE evidence_sealrequest NO FORCE ROW LEVEL SECURITY"
        )
        cursor.execute(
            "UPDATE evidence_sealrequest SET open_until = open_until - interval '4 days' WHERE state = 'granted'"
        )
        cursor.execute(
            "UPDATE evidence_sealrequest SET asked_at = asked_at - interval '35 days', expires_at = expires_at - interval '35 days' WHERE state = 'pending'"
        )
        cursor.execute(
            "ALTER TABLE evidence_sealrequest ENABLE TRIGGER seal_request_guard; ALTER TABLE evidence_sealrequest FORCE ROW LEVEL SECURITY; SET LOCAL ROLE norms_app"
        )
    with pytest.raises(NotAgreed):
        case.opened(request)
    with pytest.raises(RequestOver):
        case.answer(waiting, case.custodians[0])
    tidy_seals()
    with acting_as(case.requester.principal):
        assert not ReleasedShare.objects.exists()
        assert set(SealRequest.objects.values_list("state", flat=True)) == {RequestState.EXPIRED}


def test_requester_and_depositor_can_end_a_request_and_nobody_else(case: Sealed) -> None:
    case.sealed()
    for ender in (case.requester, case.people.vela.person("coordinator")):
        request = case.granted()
        with pytest.raises(NotAllowed), acting_as(case.custodians[0].principal):
            services.end_request(actor=case.custodians[0], **case.names, request_id=request.pk)
        with acting_as(ender.principal):
            services.end_request(actor=ender, **case.names, request_id=request.pk)
            with pytest.raises(RequestOver):
                services.end_request(actor=ender, **case.names, request_id=request.pk)
        with pytest.raises(NotAgreed):
            case.opened(request)
        with acting_as(case.requester.principal):
            assert not ReleasedShare.objects.exists()


def test_a_seal_is_ended_by_its_custodians_and_everything_is_as_before(case: Sealed) -> None:
    before = of(case.depositor, case.item)
    case.sealed()
    locked, other = stream_of(case), case.request()
    request = case.granted(case.depositor, "unseal")
    with acting_as(case.depositor.principal):
        done = services.unseal_item(actor=case.depositor, **case.names, request_id=request.pk, passphrase=PASSPHRASE)
    assert done.refusal is None
    after = of(case.requester, case.item)
    same = (
        "title",
        "description",
        "source",
        "collection_method",
        "collected_by",
        "clock_source",
        "details",
        "origin_id",
        "collected_at",
    )
    assert {name: getattr(after, name) for name in same} == {name: getattr(before, name) for name in same}
    assert not after.sealed and of(case.requester, case.file).name == "marrow-interview.txt"
    with acting_as(case.requester.principal):
        opened = services.open_file(actor=case.requester, **case.names, sha256=case.file.sha256, purpose="Reading")
        assert opened.handle is not None and opened.handle.read() == SECRET
        opened.handle.close()
        [ready] = weighable(case.incident)
        assert ready.custody_complete
    assert of(case.requester, request).state == RequestState.DONE
    assert of(case.requester, other).state == RequestState.ENDED
    assert locked.exists(), "taken away after the commit, not before"
    assert case.sealed(threshold=3).threshold == 3, "and it can be sealed again"


def test_an_unsealing_that_dies_leaves_no_plaintext_for_ever(
    case: Sealed, monkeypatch: pytest.MonkeyPatch, platform: None
) -> None:
    case.sealed()
    request = case.granted(case.depositor, "unseal")
    with monkeypatch.context() as patch, acting_as(case.depositor.principal):
        patch.setattr("evidence.services.unsealing.finish", lambda _request: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed), transaction.atomic():
            services.unseal_item(actor=case.depositor, **case.names, request_id=request.pk, passphrase=PASSPHRASE)
    assert of(case.depositor, case.item).sealed and on_disk(case.file).exists()
    tidy_seals()
    assert not on_disk(case.file).exists()


def test_a_lost_custodian_is_replaced_by_the_others(case: Sealed) -> None:
    case.sealed()
    old = case.granted()
    lost, comes = case.custodians[0], case.with_key(case.people.vela.person("custodian"))
    with acting_as(case.depositor.principal):
        leaving = Custodian.objects.get(user=lost.user)
    request = case.request(
        case.depositor, "reshare", leaving=leaving.pk, arriving=f"{comes.user.pk}:{comes.organisation.pk}"
    )
    for custodian in case.custodians[1:]:
        case.answer(request, custodian)
    with acting_as(case.depositor.principal):
        seal = services.replace_custodian(
            actor=case.depositor, **case.names, request_id=request.pk, passphrase=PASSPHRASE
        )
    assert seal.generation == 2
    with pytest.raises(NotAgreed):  # what was agreed on before is over
        case.opened(old)
    fresh = case.request()
    with pytest.raises(NotAllowed):
        case.answer(fresh, lost)
    case.answer(fresh, comes)
    assert case.answer(fresh, case.custodians[1]).state == RequestState.GRANTED
    assert case.read(fresh) == SECRET
    with acting_as(lost.principal):
        assert not Share.objects.exists()


def test_a_lost_key_is_no_key(case: Sealed) -> None:
    from sealing.services import make_key

    case.sealed()
    request = case.request()
    custodian = case.custodians[0]
    with acting_as(custodian.principal):
        make_key(actor=custodian, passphrase=PASSPHRASE, replace=True)
    with pytest.raises(Exception, match="another sealing key"):
        case.answer(request, custodian)
    with pytest.raises(NoSealingKey):
        case.request(case.people.meridian.person("legal_assessor"))


def test_what_is_said_inside_is_read_under_the_same_agreement(case: Sealed) -> None:
    case.sealed()
    request = case.granted()
    with acting_as(case.requester.principal):
        found = services.sealed_facts(actor=case.requester, **case.names, request_id=request.pk, passphrase=PASSPHRASE)
    assert found["facts"]["title"] == "Interview with Ilse Marrow"
    assert found["names"] == {case.file.sha256: "marrow-interview.txt"}


def refused(statement: str, values: list[Any], actor: Actor) -> None:
    """The database itself says no, to the application's own login."""
    with pytest.raises(DatabaseError), acting_as(actor.principal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount, "nothing was there to refuse"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_what_must_never_be(case: Sealed) -> None:
    seal = case.sealed()
    request = case.request()
    case.answer(request, case.custodians[0])
    custodian = case.custodians[0].user.pk
    for statement, values, actor in (
        ("UPDATE evidence_sealrequest SET state = 'granted', open_until = now() + interval '1 day' WHERE id = %s", [request.pk], case.requester),
        ("UPDATE evidence_sealrequest SET requested_by_id = %s WHERE id = %s", [case.depositor.user.pk, request.pk], case.depositor),
        ("UPDATE evidence_seal SET threshold = 1 WHERE id = %s", [seal.pk], case.depositor),
        ("UPDATE evidence_seal SET state = 'unsealed', unsealed_at = now() WHERE id = %s", [seal.pk], case.depositor),
        ("UPDATE evidence_seal SET generation = 2 WHERE id = %s", [seal.pk], case.depositor),
        ("UPDATE evidence_evidenceitem SET sealed = false WHERE id = %s", [case.item.pk], case.depositor),
        ("UPDATE evidence_custodian SET replaced_at = now() WHERE user_id = %s", [custodian], case.depositor),
        ("UPDATE evidence_sealanswer SET approved = false WHERE request_id = %s", [request.pk], case.custodians[0]),
        ("UPDATE evidence_storedfile SET name = 'other' WHERE id = %s", [case.file.pk], case.depositor),
        ("UPDATE evidence_sealedfile SET sha256 = repeat('0', 64) WHERE seal_id = %s", [seal.pk], case.depositor),
        (
            "INSERT INTO evidence_custodyentry (incident_id, item_id, file_id, act, actor_id, organisation_id, sha256_seen, note)"
            " SELECT incident_id, item_id, id, 'opened', %s, %s, sha256, 'x' FROM evidence_storedfile WHERE id = %s",
            [case.requester.user.pk, case.requester.organisation.pk, case.file.pk], case.requester,
        ),
        (
            "INSERT INTO evidence_sealanswer (incident_id, request_id, custodian_id, approved, reason)"
            " SELECT incident_id, %s, id, true, 'x' FROM evidence_custodian WHERE user_id = %s",
            [request.pk, case.custodians[1].user.pk], case.custodians[1],
        ),
        (
            "INSERT INTO evidence_sealanswer (incident_id, request_id, custodian_id, approved, reason)"
            " SELECT incident_id, %s, id, false, 'x' FROM evidence_custodian WHERE user_id = %s",
            [request.pk, case.custodians[1].user.pk], case.depositor,
        ),
        (
            "INSERT INTO evidence_share (custodian_id, incident_id, user_id, generation, number, box)"
            " SELECT id, incident_id, user_id, 9, 9, '' FROM evidence_custodian LIMIT 1", [], case.depositor,
        ),
    ):  # fmt: skip
        refused(statement, values, actor)
    with acting_as(case.depositor.principal), connection.cursor() as cursor:
        cursor.execute("SELECT evidence_place_share(%s, 2, 1, 'x')", [Custodian.objects.first().pk])  # type: ignore[union-attr]
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT evidence_release_share(%s, 'x')", [request.pk])
        assert cursor.fetchone() == (None,)


def test_fewer_custodians_than_must_agree_are_not_stored(case: Sealed) -> None:
    with (
        pytest.raises(IntegrityError, match="fewer custodians"),
        acting_as(case.depositor.principal),
        transaction.atomic(),
    ):
        Seal.objects.create(
            incident=case.incident, item=case.item, threshold=2, sealed_by=case.depositor.user,
            organisation=case.depositor.organisation, **OUTWARD,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_memory_stays_flat_while_it_is_opened(case: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is read from its locked stream as it goes out: at most two pieces of it are in memory."""
    case.sealed()
    request = case.granted()
    opened = case.opened(request)
    assert opened.handle is not None
    raw = opened.handle.raw  # type: ignore[attr-defined]
    with opened.handle as handle:
        assert handle.read(10) == SECRET[:10]
        handle.seek(0)
        assert handle.read() == SECRET
        with pytest.raises(io.UnsupportedOperation):
            raw.seek(5)
    assert raw.key == b"" and raw.source.closed


def test_a_key_of_another_seal_opens_nothing(case: Sealed) -> None:
    case.sealed()
    place = stream_of(case)
    with place.open("rb") as source, pytest.raises(stream.Damaged):
        list(stream.unlock(bytes(boxes.KEY), b"file/" + case.file.sha256.encode(), source))
