"""The end of an item's content, on two people's word, and the legal holds that forbid it. The record is never deleted."""

from typing import Any

from django.db import connection, transaction

from core import clock
from core.errors import Invalid, NotAllowed, NotFound
from incidents.access import case_for, lock_case
from incidents.facts import clean_text
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from .. import signals, storage, telling
from ..access import item_for
from ..errors import (
    DisposalNeedsTwo,
    DisposalProposed,
    HoldLifted,
    ItemDisposed,
    LegalHoldForbids,
    NoDisposalProposed,
    ReleaseOpen,
)
from ..hands import holds_on, open_transfer
from ..holding import held
from ..models import CustodyEntry, Disposal, EvidenceItem, Integrity, LegalHold, StoredFile
from ..states import Status
from .handling import add_custody
from .transfers import clean_line

LONGEST_AUTHORITY = 200


def own_item(actor: Actor, reference: str, label: str) -> EvidenceItem:
    """An item to end or to hold, locked with its case: of the case's holder or the contributor. A closed case does not forbid it."""
    case, item = item_for(actor, reference, label, Action.ADD_EVIDENCE)
    lock_case(case.incident.pk)  # a hold and a disposal at once: one of them comes first
    _case, item = item_for(actor, reference, label, Action.ADD_EVIDENCE, lock=True)
    if actor.organisation.pk not in {case.incident.holder_id, item.organisation_id}:
        raise NotAllowed("only the holder of the case and the contributor end an item")
    return item


def grounds(reason: str, authority: str) -> dict[str, str]:
    """Why, and on whose authority."""
    errors: dict[str, list[Any]] = {}
    columns = {
        "reason": clean_text(reason, "reason", errors, required=True),
        "authority": clean_line(clean_text(authority, "authority", errors, required=True), "authority", errors, LONGEST_AUTHORITY),
    }  # fmt: skip
    if errors:
        raise Invalid(errors)
    return columns


@transaction.atomic
def place_hold(*, actor: Actor, reference: str, label: str, reason: str, authority: str) -> LegalHold:
    """Forbids the disposal of an item; without a label, of every item of the case, which its holder alone may do."""
    item: EvidenceItem | None = None
    if label:
        item = own_item(actor, reference, label)
        incident = item.incident
        if item.status == Status.DISPOSED:
            raise ItemDisposed
    else:
        incident = case_for(actor, reference, Action.ADD_EVIDENCE, lock=True).incident
        if incident.holder_id != actor.organisation.pk:
            raise NotAllowed("only the holder of a case holds all of it")
    hold = LegalHold.objects.create(
        incident=incident,
        item=item,
        placed_by=actor.user,
        organisation=actor.organisation,
        **grounds(reason, authority),
    )
    record(
        actor=actor, verb="evidence.hold_placed", subject=hold, root_id=hold.incident_id,
        payload={"item": item.label if item else "", "hold": str(hold.pk)},
    )  # fmt: skip
    return hold


def hold_for(actor: Actor, reference: str, hold_id: int, *, lock: bool = False) -> LegalHold:
    """A hold to lift: of this case, and only for the organisation that placed it."""
    case = case_for(actor, reference, Action.ADD_EVIDENCE, lock=lock)
    hold = LegalHold.objects.filter(incident=case.incident, pk=hold_id).select_related("item", "placed_by").first()
    if hold is None:
        raise NotFound(str(hold_id))
    if hold.organisation_id != actor.organisation.pk:
        raise NotAllowed("only the organisation that placed a hold lifts it")
    return hold


@transaction.atomic
def lift_hold(*, actor: Actor, reference: str, hold_id: int, reason: str) -> LegalHold:
    """Ends a hold, with a reason. Only the organisation that placed it may."""
    hold = hold_for(actor, reference, hold_id, lock=True)
    if hold.lifted_at is not None:
        raise HoldLifted
    errors: dict[str, list[Any]] = {}
    text = clean_text(reason, "reason", errors, required=True)
    if errors:
        raise Invalid(errors)
    hold.lifted_by, hold.lifted_at, hold.lifted_reason = actor.user, clock.now(), text
    hold.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
    record(
        actor=actor, verb="evidence.hold_lifted", subject=hold, root_id=hold.incident_id,
        payload={"item": hold.item.label if hold.item else "", "hold": str(hold.pk)},
    )  # fmt: skip
    return hold


def may_end(item: EvidenceItem) -> None:
    """Raises what stands against the disposal of an item."""
    if item.status == Status.DISPOSED:
        raise ItemDisposed
    if holds_on(item):
        raise LegalHoldForbids
    if open_transfer(item) is not None:
        raise ReleaseOpen


@transaction.atomic
def propose_disposal(*, actor: Actor, reference: str, label: str, reason: str, authority: str) -> Disposal:
    """Asks a second person to do away with an item's content."""
    item = own_item(actor, reference, label)
    may_end(item)
    if Disposal.objects.filter(item=item, outcome=Disposal.Outcome.OPEN).exists():
        raise DisposalProposed
    proposal = Disposal.objects.create(
        incident=item.incident, item=item, proposed_by=actor.user, organisation=actor.organisation, **grounds(reason, authority)
    )  # fmt: skip
    record(
        actor=actor, verb="evidence.disposal_proposed", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "proposal": str(proposal.pk)},
    )  # fmt: skip
    telling.disposal_proposed(proposal)
    return proposal


@transaction.atomic
def decide_disposal(*, actor: Actor, reference: str, label: str, carry_out: bool, reason: str = "") -> Disposal:
    """Carries out a proposed disposal, or refuses it with a reason. Carrying it out takes another person than the proposer, who
    may still take the proposal back. The bytes go after the commit; the record, the hashes and the custody stay.
    """
    item = own_item(actor, reference, label)
    proposal = Disposal.objects.filter(item=item, outcome=Disposal.Outcome.OPEN).first()
    if proposal is None:
        raise NoDisposalProposed
    errors: dict[str, list[Any]] = {}
    text = clean_text(reason, "reason", errors, required=not carry_out)
    if errors:
        raise Invalid(errors)
    if carry_out:
        may_end(item)
        if proposal.proposed_by_id == actor.user.pk:
            raise DisposalNeedsTwo
        proposal.link = add_custody(
            actor=actor, item=item, act=CustodyEntry.Act.DISPOSED, note=f"{proposal.authority}: {proposal.reason}"
        )
    proposal.outcome = Disposal.Outcome.CARRIED_OUT if carry_out else Disposal.Outcome.REFUSED
    proposal.decided_by, proposal.decided_at, proposal.decided_reason = actor.user, clock.now(), text
    proposal.save(update_fields=["outcome", "decided_by", "decided_at", "decided_reason", "link"])
    if carry_out:
        end_item(item)
    record(
        actor=actor, verb="evidence.disposed" if carry_out else "evidence.disposal_refused", subject=item,
        root_id=item.incident_id,
        payload={
            "item": item.label, "proposal": str(proposal.pk),
            **({"custody": proposal.link.hash, "files": list(item.files.values_list("sha256", flat=True))} if proposal.link else {}),
        },
    )  # fmt: skip
    if carry_out:
        signals.item_disposed.send(sender=EvidenceItem, item=item, actor=actor)
    return proposal


def end_item(item: EvidenceItem) -> None:
    """The item's state and its files', and their bytes once this is committed."""
    from ..tasks import remove_content  # the task calls back into this module

    item.status = Status.DISPOSED
    item.version += 1
    item.save(update_fields=["status", "version", "changed_at"])
    StoredFile.objects.filter(item=item).update(integrity=Integrity.REMOVED, checked_at=clock.now())
    remove_content.delay_on_commit(item.pk, item.incident.holder_id)  # type: ignore[attr-defined]


@transaction.atomic
def remove_files(item_id: int, holder_id: int) -> int:
    """Takes away the bytes of an item of this holder's that was disposed of, except those another item still holds; how many.

    Safe to repeat.
    """
    gone = 0
    disposed = StoredFile.objects.filter(item_id=item_id, item__status=Status.DISPOSED, incident__holder_id=holder_id)
    for file in disposed:
        there = held(file)
        if there.sealed:  # its stream is its own, and without it no share opens anything
            storage.remove(there.path)
            gone += 1
            continue
        with (
            connection.cursor() as cursor
        ):  # alone: whoever keeps the same bytes now shares this lock until their row is there
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evidence_store'), %s)", [file.organisation_id])
            cursor.execute("SELECT evidence_content_wanted(%s)", [file.path])
            (wanted,) = cursor.fetchone() or (True,)
        if not wanted:
            storage.remove(file.path)
            gone += 1
    return gone
