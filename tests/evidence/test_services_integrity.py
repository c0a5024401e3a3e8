"""What is stored is what was received, or it is seen at once (R1.12)."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from evidence import services, storage
from evidence.errors import IntegrityLost, ItemFrozen, ItemNotFrozen, OriginalUnavailable, StillDamaged
from evidence.models import CustodyEntry, EvidenceItem, Integrity, StoredFile
from evidence.selectors import custody_fault, weighable
from evidence.services import Opened
from evidence.signals import item_frozen, item_restored, item_withdrawn
from evidence.states import Status
from evidence.tasks import sweep_integrity
from ledger.models import Entry
from organisations.actors import SYSTEM_EMAIL, Actor
from organisations.models import User
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import LOG, given, overwrite, shared, tamper, the_file

BOTH_STORES = True

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-3")]


def opened(actor: Actor, item: EvidenceItem, file: StoredFile, purpose: str = "Panel reading") -> Opened:
    with acting_as(actor.principal):
        return services.open_file(
            actor=actor, reference=item.incident.reference, label=item.label, sha256=file.sha256, purpose=purpose
        )


@pytest.fixture
def told() -> Any:
    """What the rooms above were told: (signal, item, actor)."""
    heard: list[tuple[str, str, Actor]] = []

    def listen(name: str) -> Any:
        def hear(sender: object, item: EvidenceItem, actor: Actor, **_: object) -> None:
            heard.append((name, item.label, actor))

        return hear

    hearers = {
        signal: listen(name)
        for signal, name in ((item_frozen, "frozen"), (item_restored, "restored"), (item_withdrawn, "withdrawn"))
    }
    for signal, hear in hearers.items():
        signal.connect(hear)
    yield heard
    for signal, hear in hearers.items():
        signal.disconnect(hear)


def test_a_file_that_matches_is_handed_out_and_the_opening_recorded(people: People) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    answer = opened(analyst, item, the_file(analyst, item))
    assert answer.handle is not None and answer.handle.read() == LOG
    answer.handle.close()
    with acting_as(analyst.principal):
        link = CustodyEntry.objects.get(item=item, act="opened")
        assert link.note == "Panel reading"
        assert link.hash in Entry.objects.get(verb="evidence.opened").payload
        assert StoredFile.objects.get().integrity == Integrity.MATCHES


@pytest.mark.parametrize("purpose", ["", "   ", "x" * 501, "a\u202eb"])
def test_nobody_opens_a_file_without_saying_what_for(people: People, purpose: str) -> None:
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    with pytest.raises(Invalid):
        opened(analyst, item, the_file(analyst, item), purpose)


@pytest.mark.parametrize(
    "damage", [None, LOG[:-1], b"", LOG + b"\n"], ids=["one bit", "truncated", "emptied", "longer"]
)
def test_damage_freezes_the_item_and_tells_whoever_rests_on_it(people: People, told: Any, damage: bytes | None) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident)
    file = the_file(analyst, item)
    tamper(file, damage)
    answer = opened(analyst, item, file)
    assert answer.handle is None and isinstance(answer.refusal, IntegrityLost)
    assert told == [("frozen", "E-1", analyst)]
    with acting_as(analyst.principal):
        stored = EvidenceItem.objects.get(pk=item.pk)
        assert stored.status == Status.FROZEN
        entries = list(CustodyEntry.objects.filter(item=item))
        assert [entry.act for entry in entries] == ["received", "stored", "frozen"]
        assert entries[-1].sha256_seen not in {"", file.sha256}
        assert custody_fault(entries) == ""
        assert Entry.objects.filter(verb="evidence.frozen", root_id=incident.pk).count() == 1
        assert not weighable(incident)[0].custody_complete
        with pytest.raises(ItemFrozen):
            opened(analyst, item, file)


def test_a_freeze_that_cannot_be_told_does_not_happen_half(people: People) -> None:
    """Whoever rests on the item is marked in the same transaction, or nothing is."""
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    tamper(the_file(analyst, item))

    def fail(**_: object) -> None:
        raise RuntimeError("the finding could not be marked")

    item_frozen.connect(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            opened(analyst, item, the_file(analyst, item))
    finally:
        item_frozen.disconnect(fail)
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.get().status == Status.HELD


def test_an_original_that_cannot_be_read_is_said_and_freezes_nothing(people: People) -> None:
    """A disk that is not mounted is not a thousand damaged items."""
    analyst = people.vela.analyst
    item = given(analyst, filed(analyst))
    file = the_file(analyst, item)
    storage.remove(file.path)
    answer = opened(analyst, item, file)
    assert answer.handle is None and isinstance(answer.refusal, OriginalUnavailable)
    with acting_as(analyst.principal):
        assert EvidenceItem.objects.get().status == Status.HELD
        assert StoredFile.objects.get().integrity == Integrity.UNAVAILABLE


def test_a_frozen_item_is_restored_only_with_the_original(people: People, told: Any) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident)
    file = the_file(analyst, item)
    named: dict[str, Any] = {"actor": analyst, "reference": incident.reference, "label": "E-1"}
    with acting_as(analyst.principal), pytest.raises(ItemNotFrozen):
        services.restore_item(**named, reason="x")
    tamper(file)
    opened(analyst, item, file)
    with acting_as(analyst.principal):
        with pytest.raises(StillDamaged), transaction.atomic():
            services.restore_item(**named, reason="Looks fine")
        overwrite(file.path, LOG)
        with pytest.raises(Invalid), transaction.atomic():
            services.restore_item(**named, reason=" ")
        services.restore_item(**named, reason="Brought back from the backup of 20 November")
        assert EvidenceItem.objects.get().status == Status.HELD
        assert weighable(incident)[0].custody_complete
    assert [name for name, _item, _actor in told] == ["frozen", "restored"]


def test_checking_an_item_is_a_link_of_custody(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    given(analyst, incident)
    with acting_as(analyst.principal):
        services.verify_item(actor=analyst, reference=incident.reference, label="E-1")
        assert CustodyEntry.objects.get(act="verified").sha256_seen == StoredFile.objects.get().sha256
        assert Entry.objects.filter(verb="evidence.verified").count() == 1


def test_withdrawing_needs_a_reason_and_is_told(people: People, told: Any) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    item = given(analyst, incident)
    with acting_as(analyst.principal):
        with pytest.raises(Invalid), transaction.atomic():
            services.withdraw_item(actor=analyst, reference=incident.reference, label="E-1", reason="")
        services.withdraw_item(actor=analyst, reference=incident.reference, label="E-1", reason="Source retracted")
        stored = EvidenceItem.objects.get(pk=item.pk)
        assert (stored.status, stored.withdrawn_reason) == (Status.WITHDRAWN, "Source retracted")
        assert Entry.objects.filter(verb="evidence.withdrawn").count() == 1
    assert told == [("withdrawn", "E-1", analyst)]


def test_who_may_open(people: People) -> None:
    incident = filed(people.vela.analyst)
    item = given(people.vela.analyst, incident)
    file = the_file(people.vela.analyst, item)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.SUMMARY)
    shared(people.vela.analyst, incident, people.amal.organisation, Grade.EVIDENCE)
    answer = opened(people.amal.analyst, item, file)
    assert answer.handle is not None
    answer.handle.close()
    with pytest.raises(NotAllowed):
        opened(people.meridian.person("legal_assessor"), item, file)
    with pytest.raises(NotFound):
        opened(people.orrin.analyst, item, file)


def test_a_file_is_reached_through_its_own_item(people: People) -> None:
    analyst = people.vela.analyst
    incident = filed(analyst)
    one, two = given(analyst, incident), given(analyst, incident, data=b"other\n" * 5)
    with pytest.raises(NotFound):
        opened(analyst, one, the_file(analyst, two))


@pytest.fixture
def system(people: People) -> User:
    """The platform's own account."""
    return User.objects.filter(email=SYSTEM_EMAIL).first() or User.objects.create_user(
        SYSTEM_EMAIL, name="Norms Platform", is_system=True
    )


def test_the_sweep_finds_damage_in_every_house_without_anybody_reading(people: People, system: User, told: Any) -> None:
    vela, orrin = people.vela.analyst, people.orrin.analyst
    sound, damaged = given(vela, filed(vela)), given(orrin, filed(orrin))
    tamper(the_file(orrin, damaged))
    sweep_integrity()
    with acting_as(vela.principal):
        assert EvidenceItem.objects.get(pk=sound.pk).status == Status.HELD
        assert StoredFile.objects.get().integrity == Integrity.MATCHES
        swept = json.loads(Entry.objects.get(verb="evidence.swept").payload)
        assert (swept["files"], swept["bytes"], swept["matches"]) == (1, str(len(LOG)), 1)
    with acting_as(orrin.principal):
        assert EvidenceItem.objects.get(pk=damaged.pk).status == Status.FROZEN
        link = CustodyEntry.objects.get(act="frozen")
        assert (link.actor, link.organisation) == (system, people.orrin.organisation)
    assert [(name, label) for name, label, _actor in told] == [("frozen", "E-1")]
    sweep_integrity()
    with acting_as(orrin.principal):
        assert CustodyEntry.objects.filter(act="frozen").count() == 1, "safe to run twice"


def test_the_sweep_leaves_everything_alone_when_the_store_is_gone(people: People, system: User, settings: Any) -> None:
    analyst = people.vela.analyst
    given(analyst, filed(analyst))
    settings.FILES_ROOT = Path(settings.FILES_ROOT) / "not-mounted"
    settings.EVIDENCE_S3 = {**settings.EVIDENCE_S3, "bucket_name": "not-there"}
    sweep_integrity()
    with acting_as(analyst.principal):
        assert StoredFile.objects.get().integrity == Integrity.UNCHECKED


def test_the_sweep_checks_a_file_again_after_a_day_and_not_before(
    people: People, system: User, monkeypatch: Any
) -> None:
    analyst = people.vela.analyst
    given(analyst, filed(analyst))
    read: list[str] = []
    real = storage.hash_of

    def counted(path: str) -> str | None:
        read.append(path)
        return real(path)

    monkeypatch.setattr(storage, "hash_of", counted)
    sweep_integrity()
    sweep_integrity()
    assert len(read) == 1
