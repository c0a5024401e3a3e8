"""Custody passes between two sides: no release without a receipt, and the database agrees (R1.13)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import Invalid, NotAllowed, NotFound
from core.tenancy import acting_as
from evidence import hands, services
from evidence.errors import (
    DisposalNeedsTwo,
    DisposalProposed,
    HoldLifted,
    ItemDisposed,
    LegalHoldForbids,
    NoDisposalProposed,
    NothingReleased,
    OwnReceipt,
    ReleaseOpen,
)
from evidence.models import CustodyEntry, EvidenceItem, Integrity, StoredFile, Transfer
from evidence.selectors import custody_fault, custody_links, custody_of, weighable
from evidence.services import Receipt
from evidence.services.handling import add_custody
from evidence.states import Status
from ledger.models import Entry
from organisations.actors import Actor
from organisations.models import User
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, on_disk, shared, tamper, the_file

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-3")]


def released(actor: Actor, item: EvidenceItem, to: str, desk: str = "", purpose: str = "For examination") -> Transfer:
    with acting_as(actor.principal):
        return services.release_item(
            actor=actor,
            reference=item.incident.reference,
            label=item.label,
            organisation=to,
            desk=desk,
            purpose=purpose,
        )


def answered(actor: Actor, item: EvidenceItem, answer: str, note: str = "") -> Receipt:
    with acting_as(actor.principal):
        return services.answer_release(
            actor=actor, reference=item.incident.reference, label=item.label, answer=answer, note=note
        )


@contextmanager
def refused_by_database(actor: Actor, why: str) -> Iterator[None]:
    """Whatever the application forgets, the database says no."""
    with acting_as(actor.principal), pytest.raises(DatabaseError, match=why), transaction.atomic():
        yield


def acts(actor: Actor, item: EvidenceItem) -> list[str]:
    with acting_as(actor.principal):
        return list(CustodyEntry.objects.filter(item=item).order_by("place").values_list("act", flat=True))


@pytest.fixture
def item(people: People) -> EvidenceItem:
    """An item of Vela's; Meridian may see the case's evidence."""
    incident = filed(people.vela.analyst)
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.EVIDENCE)
    return given(people.vela.analyst, incident)


def test_what_is_released_is_accepted_by_the_other_side_after_its_hash_was_compared(
    people: People, item: EvidenceItem
) -> None:
    analyst, lab = people.vela.analyst, people.meridian.analyst
    transfer = released(analyst, item, "meridian", "Forensic laboratory")
    with acting_as(analyst.principal):
        assert hands.in_hands_of(item).organisation == people.vela.organisation, "a release alone moves nothing"
        assert not weighable(item.incident)[0].custody_complete, "open until the other side answers"
    answered(lab, item, "accepted")
    assert acts(lab, item) == ["received", "stored", "released", "verified", "accepted"]
    with acting_as(lab.principal):
        side = hands.in_hands_of(item)
        assert (side.organisation, side.desk) == (people.meridian.organisation, "Forensic laboratory")
        transfer.refresh_from_db()
        assert transfer.receipt is not None and transfer.receipt.actor == lab.user
        entries = custody_of(item)
        assert custody_fault(entries) == ""
        assert entries[2].note == "→ meridian / Forensic laboratory: For examination", "the address is under the hash"
        assert weighable(item.incident)[0].custody_complete
    with acting_as(analyst.principal):
        verbs = set(Entry.objects.filter(root_id=item.incident_id).values_list("verb", flat=True))
        assert "evidence.released" in verbs
    with acting_as(lab.principal):
        assert Entry.objects.filter(verb="evidence.receipt_accepted").count() == 1
    # From here on the other side releases it, and the first side does not.
    with pytest.raises(NotAllowed):
        released(analyst, item, "meridian", "Archive")
    released(lab, item, "vela", purpose="Examined")
    answered(people.vela.another("analyst"), item, "accepted")
    assert acts(lab, item)[-3:] == ["released", "verified", "accepted"]


def test_an_open_release_is_not_followed_by_another(people: People, item: EvidenceItem) -> None:
    released(people.vela.analyst, item, "meridian")
    with pytest.raises(ReleaseOpen):
        released(people.vela.analyst, item, "meridian", "Archive")
    with refused_by_database(people.vela.analyst, "waits for its receipt"):
        add_custody(actor=people.vela.analyst, item=item, act="released", note="again")


def test_a_refused_receipt_comes_back_with_its_reason(people: People, item: EvidenceItem) -> None:
    released(people.vela.analyst, item, "meridian")
    with pytest.raises(Invalid) as refused:
        answered(people.meridian.analyst, item, "refused")
    assert set(refused.value.fields) == {"note"}
    answered(people.meridian.analyst, item, "refused", "The seal of the bag was open")
    with acting_as(people.vela.analyst.principal):
        assert hands.in_hands_of(item).organisation == people.vela.organisation
        row = Transfer.objects.get()
        assert row.receipt is not None and row.receipt.note == "The seal of the bag was open"
        assert weighable(item.incident)[0].custody_complete
    released(people.vela.analyst, item, "meridian")


def test_what_came_back_without_a_receipt_is_recorded_by_another_person_of_the_first_side(
    people: People, item: EvidenceItem
) -> None:
    released(people.vela.analyst, item, "meridian")
    with pytest.raises(OwnReceipt):
        answered(people.vela.analyst, item, "returned", "The courier brought it back")
    with pytest.raises(NotAllowed):
        answered(people.meridian.analyst, item, "returned", "No")
    answered(people.vela.another("analyst"), item, "returned", "The courier brought it back")
    assert acts(people.vela.analyst, item)[-1] == "returned"


def test_two_desks_of_one_organisation_are_two_sides_and_take_two_people(people: People, item: EvidenceItem) -> None:
    analyst = people.vela.analyst
    with pytest.raises(Invalid) as same:
        released(analyst, item, "vela", "")
    assert set(same.value.fields) == {"desk"}
    released(analyst, item, "vela", "Evidence room")
    with pytest.raises(OwnReceipt):
        answered(analyst, item, "accepted")
    with refused_by_database(analyst, "does not receive it"):
        add_custody(actor=analyst, item=item, act="accepted")
    answered(people.vela.another("analyst"), item, "accepted")
    with acting_as(analyst.principal):
        assert str(hands.in_hands_of(item)).endswith("· Evidence room")


def test_a_receipt_needs_a_release_and_the_right_side(people: People, item: EvidenceItem) -> None:
    with pytest.raises(NothingReleased):
        answered(people.meridian.analyst, item, "accepted")
    with refused_by_database(people.meridian.analyst, "no release"):
        add_custody(actor=people.meridian.analyst, item=item, act="accepted")
    shared(people.vela.analyst, item.incident, people.tessera.organisation, Grade.EVIDENCE)
    released(people.vela.analyst, item, "meridian")
    with pytest.raises(NotAllowed):
        answered(people.tessera.analyst, item, "accepted")
    with refused_by_database(people.tessera.analyst, "addressed to"):
        add_custody(actor=people.tessera.analyst, item=item, act="accepted")
    with pytest.raises(Invalid):
        answered(people.meridian.analyst, item, "swallowed")


def test_an_item_is_released_to_nobody_who_may_not_see_it_and_only_the_holder_names_third_parties(
    people: People, item: EvidenceItem
) -> None:
    """Who else was let in is the holder's to know: another side is offered its own house and the holder (SHR-2)."""
    people.orrin.organisation  # noqa: B018  (founded, with no share)
    with pytest.raises(Invalid) as outside:
        released(people.vela.analyst, item, "orrin")
    assert set(outside.value.fields) == {"organisation"}
    shared(people.vela.analyst, item.incident, people.tessera.organisation, Grade.EVIDENCE)
    released(people.vela.analyst, item, "meridian")
    answered(people.meridian.analyst, item, "accepted")
    with pytest.raises(Invalid):
        released(people.meridian.analyst, item, "tessera")
    with acting_as(people.meridian.analyst.principal):
        offered = services.transfers.recipients(people.meridian.analyst, item)
    assert {house.slug for house in offered} == {"meridian", "vela"}
    with pytest.raises(NotFound):
        released(people.orrin.analyst, item, "vela")


def test_what_does_not_match_is_not_accepted_and_freezes(people: People, item: EvidenceItem) -> None:
    released(people.vela.analyst, item, "meridian")
    tamper(the_file(people.vela.analyst, item))
    receipt = answered(people.meridian.analyst, item, "accepted")
    assert receipt.refusal is not None and receipt.refusal.code == "evidence_integrity_lost"
    with acting_as(people.vela.analyst.principal):
        assert EvidenceItem.objects.get(pk=item.pk).status == Status.FROZEN
        assert Transfer.objects.get().receipt_id is None
    answered(people.meridian.analyst, item, "refused", "Its hash is another")


def test_the_database_keeps_transfers_as_they_were_written(people: People, item: EvidenceItem, as_owner: Any) -> None:
    analyst = people.vela.analyst
    transfer = released(analyst, item, "meridian")
    for statement in (
        "UPDATE evidence_transfer SET purpose = 'x'",
        "DELETE FROM evidence_transfer",
        "TRUNCATE evidence_transfer CASCADE",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), as_owner() as cursor:
            cursor.execute(f"SET LOCAL app.org_ids = '{item.organisation_id}'")
            cursor.execute("SET LOCAL ROLE norms_definer" if "TRUNCATE" not in statement else "RESET ROLE")
            cursor.execute(statement)
    with acting_as(analyst.principal):
        link = add_custody(actor=analyst, item=given(analyst, item.incident), act="copied")
        with pytest.raises(DatabaseError, match="begins with its release"), transaction.atomic():
            Transfer.objects.create(
                incident=item.incident, item=link.item, release=link, from_organisation=item.organisation,
                to_organisation=people.meridian.organisation, purpose="x", released_by=analyst.user,
            )  # fmt: skip
        transfer.refresh_from_db()
        assert transfer.receipt_id is None


def test_a_release_without_an_address_does_not_reach_the_record(people: People, item: EvidenceItem) -> None:
    analyst = people.vela.analyst
    with refused_by_database(analyst, "addressed to somebody"):
        add_custody(actor=analyst, item=item, act="released", note="to nobody")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("act", "why"), [("received", "one receipt"), ("unsealed", "never sealed"), ("disposed", "two people")]
)
def test_an_act_out_of_order_is_refused_by_the_database(people: People, item: EvidenceItem, act: str, why: str) -> None:
    with refused_by_database(people.vela.analyst, why):
        add_custody(actor=people.vela.analyst, item=item, act=act, note="x")


# ── disposal and legal holds ─────────────────────────────────────────────────────────────────────────────────────────


def proposed(actor: Actor, item: EvidenceItem) -> None:
    with acting_as(actor.principal):
        services.propose_disposal(
            actor=actor, reference=item.incident.reference, label=item.label, reason="Retention is over",
            authority="Records law, article 9",
        )  # fmt: skip


def decided(actor: Actor, item: EvidenceItem, *, carry_out: bool = True, reason: str = "") -> None:
    with acting_as(actor.principal):
        services.decide_disposal(
            actor=actor, reference=item.incident.reference, label=item.label, carry_out=carry_out, reason=reason
        )


def held(actor: Actor, item: EvidenceItem, label: str) -> Any:
    with acting_as(actor.principal):
        return services.place_hold(
            actor=actor, reference=item.incident.reference, label=label, reason="A claim is pending", authority="Court order 17"
        )  # fmt: skip


def test_content_ends_on_two_peoples_word_and_the_record_stays(
    people: People, item: EvidenceItem, system: User, django_capture_on_commit_callbacks: Any
) -> None:

    analyst, second = people.vela.analyst, people.vela.another("analyst")
    file = the_file(analyst, item)
    proposed(analyst, item)
    with pytest.raises(DisposalNeedsTwo):
        decided(analyst, item)
    with refused_by_database(analyst, "two people"):
        add_custody(actor=analyst, item=item, act="disposed", note="alone")
    with django_capture_on_commit_callbacks(execute=True):
        decided(second, item)
    assert not on_disk(file).exists()
    with acting_as(analyst.principal):
        stored = EvidenceItem.objects.get(pk=item.pk)
        assert stored.status == Status.DISPOSED
        kept = StoredFile.objects.get(item=item)
        assert (kept.sha256, kept.integrity) == (file.sha256, Integrity.REMOVED), "the hash stays"
        entries = custody_of(item)
        assert entries[-1].act == "disposed" and "article 9" in entries[-1].note
        assert custody_fault(entries) == "" and custody_links(entries)
        with pytest.raises(ItemDisposed):
            services.open_file(
                actor=analyst, reference=item.incident.reference, label="E-1", sha256=file.sha256, purpose="Look"
            )
        with pytest.raises(ItemDisposed):
            services.verify_item(actor=analyst, reference=item.incident.reference, label="E-1")
        with pytest.raises(DatabaseError, match="after disposal"), transaction.atomic():
            add_custody(actor=analyst, item=item, act="opened", note="x")
        with pytest.raises(DatabaseError), transaction.atomic():
            EvidenceItem.objects.filter(pk=item.pk).update(status="held")
    with pytest.raises(ItemDisposed):
        released(analyst, item, "meridian")


def test_bytes_another_item_holds_stay_when_one_of_them_ends(
    people: People, item: EvidenceItem, system: User, django_capture_on_commit_callbacks: Any
) -> None:
    """The same content in another case, which the person who disposes may not even see."""

    other = given(people.vela.analyst, filed(people.vela.analyst))
    file = the_file(people.vela.analyst, item)
    assert file.path == the_file(people.vela.analyst, other).path
    proposed(people.vela.analyst, item)
    with django_capture_on_commit_callbacks(execute=True):
        decided(people.vela.another("analyst"), item)
    assert on_disk(file).exists()
    proposed(people.vela.analyst, other)
    with django_capture_on_commit_callbacks(execute=True):
        decided(people.vela.person("custodian"), other)
    assert not on_disk(file).exists()


@pytest.mark.parametrize("label", ["E-1", ""], ids=["on the item", "on the case"])
def test_a_legal_hold_refuses_disposal_until_it_is_lifted(people: People, item: EvidenceItem, label: str) -> None:

    analyst, second = people.vela.analyst, people.vela.another("analyst")
    proposed(analyst, item)
    hold = held(analyst, item, label)
    with pytest.raises(LegalHoldForbids):
        decided(second, item)
    with refused_by_database(second, "legal hold"):
        add_custody(actor=second, item=item, act="disposed", note="x")
    with acting_as(second.principal):
        with pytest.raises(Invalid):
            services.lift_hold(actor=second, reference=item.incident.reference, hold_id=hold.pk, reason=" ")
        services.lift_hold(actor=second, reference=item.incident.reference, hold_id=hold.pk, reason="Claim settled")
        with pytest.raises(HoldLifted):
            services.lift_hold(actor=second, reference=item.incident.reference, hold_id=hold.pk, reason="Again")
        with pytest.raises(DatabaseError), transaction.atomic():
            type(hold).objects.filter(pk=hold.pk).update(lifted_reason="Another reason")
    decided(second, item)


def test_who_may_hold_and_end(people: People, item: EvidenceItem) -> None:

    shared(people.vela.analyst, item.incident, people.tessera.organisation, Grade.CONTRIBUTE)
    for act in (lambda: proposed(people.tessera.analyst, item), lambda: held(people.tessera.analyst, item, "")):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NoDisposalProposed):
        decided(people.vela.another("analyst"), item)
    proposed(people.vela.analyst, item)
    with pytest.raises(DisposalProposed):
        proposed(people.vela.person("custodian"), item)
    with pytest.raises(Invalid):
        decided(people.vela.person("custodian"), item, carry_out=False)
    decided(people.vela.person("custodian"), item, carry_out=False, reason="Keep it for the panel")
    proposed(people.vela.analyst, item)  # may be proposed again
    released(people.vela.analyst, item, "meridian")
    with pytest.raises(ReleaseOpen):
        decided(people.vela.person("custodian"), item)
    hold = held(people.vela.analyst, item, "E-1")
    with acting_as(people.tessera.analyst.principal), pytest.raises(NotAllowed):
        services.lift_hold(actor=people.tessera.analyst, reference=item.incident.reference, hold_id=hold.pk, reason="x")
