"""Custody passing from one side to another: released by one person, received by another of the side it was addressed to."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid, NotAllowed
from incidents.facts import clean_text
from incidents.selectors import grants_on
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action, Grade

from .. import storage, telling
from ..access import item_for, must_be_open
from ..custody import addressed
from ..errors import IntegrityLost, ItemDisposed, NothingReleased, OriginalUnavailable, OwnReceipt, ReleaseOpen
from ..hands import in_hands_of, open_transfer
from ..holding import held
from ..models import CustodyEntry, EvidenceItem, StoredFile, Transfer
from ..states import Status
from .handling import add_custody
from .integrity import add_check, freeze, note_check

Act = CustodyEntry.Act
LONGEST_DESK = 80
# What the side it was addressed to may answer, and what the side that released it may record.
ANSWERS = (Act.ACCEPTED, Act.REFUSED)
RECEIPTS = (*ANSWERS, Act.RETURNED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transfer that was answered; or why nothing was accepted. Answered, not raised: the freeze must be kept."""

    transfer: Transfer
    refusal: DomainError | None = None


def recipients(actor: Actor, item: EvidenceItem) -> list[Organisation]:
    """The organisations this side may release the item to: itself (another desk) and the case's holder; the holder, to everybody who
    may see the case's evidence. Others are not offered: who else was let in is the holder's to know (SHR-2).
    """
    incident = item.incident
    sides = {actor.organisation.pk: actor.organisation, incident.holder_id: incident.holder}
    if actor.organisation.pk == incident.holder_id:
        for grant in grants_on(incident):
            if Grade[grant.permission.codename.removeprefix("grade_").upper()] >= Grade.EVIDENCE:
                house = grant.group.role_group.organisation
                sides[house.pk] = house
    return sorted(sides.values(), key=lambda house: house.name)


def clean_line(value: Any, field: str, errors: dict[str, list[Any]], longest: int) -> str:
    """One line of at most `longest` characters; may be empty."""
    text = clean_text(value, field, errors)
    if "\n" in text:
        errors.setdefault(field, []).append(_("Write this on one line."))
    if len(text) > longest:
        errors.setdefault(field, []).append(_("Shorten this to %(limit)d characters.") % {"limit": longest})
    return text


@transaction.atomic
def release_item(
    *, actor: Actor, reference: str, label: str, organisation: str, desk: str = "", purpose: str
) -> Transfer:
    """Gives the item out of hand, addressed to another side; it stays open until that side answers (R1.13)."""
    case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE, lock=True)
    must_be_open(case)
    if item.status == Status.DISPOSED:
        raise ItemDisposed
    side = in_hands_of(item)
    if side.organisation.pk != actor.organisation.pk:
        raise NotAllowed("only the side that has the item releases it")
    if open_transfer(item) is not None:
        raise ReleaseOpen
    errors: dict[str, list[Any]] = {}
    why = clean_text(purpose, "purpose", errors, required=True)
    to_desk = clean_line(desk, "desk", errors, LONGEST_DESK)
    house = next((side for side in recipients(actor, item) if side.slug == organisation), None)
    if house is None:
        errors.setdefault("organisation", []).append(_("Choose one from the list."))
    elif (house.pk, to_desk) == (side.organisation.pk, side.desk):
        errors.setdefault("desk", []).append(_("This desk has the item already. Name another one."))
    if errors or house is None:
        raise Invalid(errors)
    link = add_custody(actor=actor, item=item, act=Act.RELEASED, note=addressed(house.slug, to_desk, why))
    transfer = Transfer.objects.create(
        incident=case.incident, item=item, release=link, from_organisation=side.organisation, from_desk=side.desk,
        to_organisation=house, to_desk=to_desk, purpose=why, released_by=actor.user,
    )  # fmt: skip
    record(
        actor=actor, verb="evidence.released", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "to": house.slug, "desk": to_desk, "custody": link.hash},
    )  # fmt: skip
    telling.released(transfer)
    return transfer


def compare_before_receipt(*, actor: Actor, item: EvidenceItem) -> DomainError | None:
    """What is accepted is compared with its hashes first, so that both sides have seen the same bytes."""
    for file in StoredFile.objects.filter(item=item):
        there = held(file)
        seen = storage.hash_of(there.path)
        if seen is None:
            return OriginalUnavailable()
        if seen != there.sha256:
            freeze(actor=actor, file=file, there=there, seen=seen)
            return IntegrityLost()
        note_check(file, there, seen)
        add_check(actor=actor, item=item, act=Act.VERIFIED, file=file, there=there, seen=seen)
    return None


@transaction.atomic
def answer_release(*, actor: Actor, reference: str, label: str, answer: str, note: str = "") -> Receipt:
    """The receipt of an open release: accepted or refused (with a reason) by another person of the side it was addressed to, or
    recorded as come back, with a reason, by another person of the side that released it. A closed case does not forbid it.
    """
    _case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE, lock=True)
    transfer = open_transfer(item)
    if transfer is None:
        raise NothingReleased
    errors: dict[str, list[Any]] = {}
    if answer not in RECEIPTS:
        raise Invalid({"answer": [_("Choose one from the list.")]})
    side = transfer.from_organisation_id if answer == Act.RETURNED else transfer.to_organisation_id
    if actor.organisation.pk != side:
        raise NotAllowed("a release is answered by the side it was addressed to")
    if transfer.released_by_id == actor.user.pk:
        raise OwnReceipt
    text = clean_text(note, "note", errors, required=answer != Act.ACCEPTED)
    if errors:
        raise Invalid(errors)
    if answer == Act.ACCEPTED and item.status == Status.HELD:
        lost = compare_before_receipt(actor=actor, item=item)
        if lost is not None:
            return Receipt(transfer, lost)
    link = add_custody(actor=actor, item=item, act=answer, note=text)
    transfer.refresh_from_db()
    record(
        actor=actor, verb=f"evidence.{RECEIPT_VERBS[answer]}", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "release": transfer.release.hash, "custody": link.hash},
    )  # fmt: skip
    telling.answered(transfer)
    return Receipt(transfer)


RECEIPT_VERBS: dict[str, str] = {
    Act.ACCEPTED: "receipt_accepted",
    Act.REFUSED: "receipt_refused",
    Act.RETURNED: "came_back",
}
