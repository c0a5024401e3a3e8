"""Custody: every hand an item passes through is a link."""

from django.db import transaction

from core.errors import Invalid
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action

from ..access import file_of, item_for
from ..models import CustodyEntry, EvidenceItem, StoredFile

Act = CustodyEntry.Act


def add_custody(
    *,
    actor: Actor,
    item: EvidenceItem,
    act: str,
    file: StoredFile | None = None,
    seen: str | None = None,
    note: str = "",
) -> CustodyEntry:
    """One more link; its place, time and hash are given by the database."""
    return CustodyEntry.objects.create(
        incident_id=item.incident_id, item=item, file=file, act=act, actor=actor.user, organisation=actor.organisation,
        sha256_seen=seen or "", note=note,
    )  # fmt: skip


@transaction.atomic
def record_handling(
    *, actor: Actor, reference: str, label: str, act: str, note: str = "", sha256: str | None = None
) -> CustodyEntry:
    """A copy or an export made by another room of the house becomes a link of the item's custody (R1.13)."""
    if act not in {Act.COPIED, Act.EXPORTED}:
        raise Invalid({"act": ["Only copies and exports are recorded this way."]})
    _case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    file = file_of(item, sha256) if sha256 else None
    link = add_custody(actor=actor, item=item, act=act, file=file, seen=sha256, note=note)
    record(
        actor=actor, verb="evidence.handled", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "act": act, "custody": link.hash},
    )  # fmt: skip
    return link
