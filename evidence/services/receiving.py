"""Items that come from another platform: their custody goes on where it stopped there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incidents.access import CaseAccess
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.services import record
from organisations.actors import Actor

from ..models import CustodyEntry, EvidenceItem, Lineage, ReceivedCustody, StoredFile
from ..names import clean_name, written_out
from .handling import add_custody
from .intake import resolve_links

# How items hang together as a matter of fact; what corroborates what is a judgement, and theirs.
FACTUAL = frozenset({"derived_from", "same_origin", "same_collector", "same_telemetry"})


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that is in the store already, under its final name."""

    path: str
    sha256: str
    size: int
    media_type: str
    name: str
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What came along: who sent it, which trusted key vouches for it (or none), the chain word for word, and all that was said."""

    sender: str
    signed_by: str
    package: str
    label: str
    content: str
    said: Mapping[str, Any]
    links: int
    first_hash: str
    last_hash: str

    @property
    def note(self) -> str:
        """The first link here names the last one there: this is what makes two chains one."""
        vouched = f"signed by {self.signed_by}" if self.signed_by else "an unverified instance"
        return (
            f"Received as {self.label} in package {self.package} from {self.sender} ({vouched});"
            f" continues link {self.links}, hash {self.last_hash}"
        )


def receive_item(
    *, actor: Actor, case: CaseAccess, columns: dict[str, Any], files: Sequence[Arrived], before: Before
) -> EvidenceItem:
    """An item of another platform becomes evidence of this case; call it in the transaction that takes the whole package in.

    `columns` were checked by `evidence.facts.check`. Grades that came along are kept as said by others: the item is ungraded.
    """
    standard = in_force(Instrument.Kind.EVIDENCE_STANDARD)
    item = EvidenceItem.objects.create(
        incident=case.incident, uploaded_by=actor.user, organisation=actor.organisation, standard_version=standard.version,
        **resolve_links(columns, actor=actor, incident=case.incident),
    )  # fmt: skip
    add_custody(actor=actor, item=item, act=CustodyEntry.Act.RECEIVED, note=before.note)
    record(
        actor=actor, verb="evidence.added", subject=item, root_id=case.incident.pk,
        payload={
            "item": item.label, "kind": item.kind, "class": item.evidence_class, "mark": item.mark, "package": before.package,
            "label": before.label, "continues": before.last_hash, "signed_by": before.signed_by,
        },
        instruments={"evidence-standard": standard.version},
    )  # fmt: skip
    for file in files:
        row = StoredFile.objects.create(
            incident=case.incident, item=item, organisation=actor.organisation, sha256=file.sha256, size=file.size,
            name=clean_name(file.name), name_given=written_out(file.name), media_type=file.media_type[:120], path=file.path,
            stored_by=actor.user, dangerous=file.dangerous,
        )  # fmt: skip
        link = add_custody(actor=actor, item=item, act=CustodyEntry.Act.STORED, file=row, seen=row.sha256)
        record(
            actor=actor, verb="evidence.file_stored", subject=row, root_id=case.incident.pk,
            payload={"item": item.label, "sha256": row.sha256, "size": str(row.size), "custody": link.hash},
        )  # fmt: skip
    ReceivedCustody.objects.create(
        incident=case.incident, item=item, sender=before.sender, signed_by=before.signed_by, package=before.package,
        label=before.label, links=before.links, first_hash=before.first_hash, last_hash=before.last_hash,
        content=before.content, said=json.dumps(before.said, ensure_ascii=True),
    )  # fmt: skip
    return item


def link_received(*, actor: Actor, item: EvidenceItem, other: EvidenceItem, kind: str, note: str) -> None:
    """A factual link between two items that came along."""
    _link, made = Lineage.objects.get_or_create(
        item=item,
        other=other,
        kind=kind,
        defaults={"incident_id": item.incident_id, "note": note, "added_by": actor.user},
    )
    if made:
        record(
            actor=actor, verb="evidence.linked", subject=item, root_id=item.incident_id,
            payload={"item": item.label, "other": other.label, "kind": kind},
        )  # fmt: skip
