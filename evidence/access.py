"""The only way to one item: through its case. An item of another case is not there (404)."""

import re

from core.errors import NotAllowed, NotFound
from incidents.access import CaseAccess, case_for
from incidents.errors import AlreadyClosed
from incidents.states import Status as CaseStatus
from organisations.actors import Actor
from organisations.roles import Action

from .errors import ItemDisposed, ItemWithdrawn
from .models import EvidenceItem, StoredFile
from .states import Status

LABEL = re.compile(r"E-(\d{1,6})")
SHA256 = re.compile(r"[0-9a-f]{64}")


def number_of(label: str) -> int:
    """17 of `E-17`; NotFound for anything else."""
    found = LABEL.fullmatch(label)
    if found is None:
        raise NotFound(label)
    return int(found[1])


def item_for(
    actor: Actor, reference: str, label: str, action: Action = Action.SEE_EVIDENCE, *, lock: bool = False
) -> tuple[CaseAccess, EvidenceItem]:
    """The case and its item, if the actor may do `action` there."""
    case = case_for(actor, reference, action)
    items = EvidenceItem.objects.filter(incident=case.incident, number=number_of(label))
    items = items.select_related("origin", "statement", "organisation", "uploaded_by", "received_custody").defer(
        "received_custody__content", "received_custody__said"
    )
    if lock:
        items = items.select_for_update(of=("self",), no_key=True)
    item = items.first()
    if item is None:
        raise NotFound(label)
    item.incident = case.incident
    return case, item


def own_item_for(actor: Actor, reference: str, label: str, action: Action) -> tuple[CaseAccess, EvidenceItem]:
    """An item to change, locked: only who holds the case or gave the item in may."""
    case, item = item_for(actor, reference, label, action, lock=True)
    if actor.organisation.pk not in {case.incident.holder_id, item.organisation_id}:
        raise NotAllowed("only the holder of the case and the contributor change an item")
    must_be_open(case)
    return case, item


def must_be_open(case: CaseAccess) -> None:
    """A closed case is read, not changed."""
    if case.incident.status == CaseStatus.CLOSED:
        raise AlreadyClosed


def must_stand(item: EvidenceItem) -> None:
    """What was withdrawn or disposed of is read, not changed."""
    if item.status == Status.WITHDRAWN:
        raise ItemWithdrawn
    if item.status == Status.DISPOSED:
        raise ItemDisposed


def file_of(item: EvidenceItem, sha256: str) -> StoredFile:
    """The item's file with this hash."""
    file = StoredFile.objects.filter(item=item, sha256=sha256).first() if SHA256.fullmatch(sha256) else None
    if file is None:
        raise NotFound(sha256)
    file.item = item
    return file
