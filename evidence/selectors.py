"""What pages, API, findings and PDF read of evidence."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Prefetch, Q, Subquery

from core import naming
from incidents.models import Incident
from instruments.models import Instrument
from instruments.selectors import in_force
from organisations.actors import Actor

from . import standard
from .custody import Link, first_fault, is_complete
from .models import (
    CustodyEntry,
    Disposal,
    EvidenceItem,
    Integrity,
    LegalHold,
    Lineage,
    ReceivedCustody,
    Redaction,
    Seal,
    StoredFile,
)
from .querysets import EvidenceItemQuerySet
from .snapshots import standard_values
from .states import SealState

# The worst of an item's files speaks for the item.
WORST = (Integrity.MISMATCH, Integrity.UNAVAILABLE, Integrity.REMOVED, Integrity.UNCHECKED, Integrity.MATCHES)
# Acts whose note may name the source or tell of the content; purposes and reasons of custodians are no secret.
NAMES_SOURCE = frozenset(
    {CustodyEntry.Act.RECEIVED, CustodyEntry.Act.OPENED, CustodyEntry.Act.COPIED, CustodyEntry.Act.EXPORTED}
)
NAMES_SIDES = frozenset({CustodyEntry.Act.RELEASED})
LINK_COLUMNS = (
    "item_id", "place", "act", "at", "actor_id", "organisation_id", "file_id", "sha256_seen", "note", "previous", "hash",
)  # fmt: skip


def links_in(incident_id: int) -> list[tuple[int, int, str]]:
    """Every lineage link of a case: item, other, kind."""
    return list(Lineage.objects.filter(incident_id=incident_id).values_list("item_id", "other_id", "kind"))


def files_with_stamps() -> "Prefetch[str, Any, Any]":
    """An item's files with their time stamps, in one statement for any number of items."""
    return Prefetch("files", StoredFile.objects.select_related("stamp"))


def items_of(incident: Incident) -> EvidenceItemQuerySet:
    """The items of a case with what a list shows, newest first."""
    return (
        EvidenceItem.objects.filter(incident=incident)
        .select_related("origin", "statement", "organisation", "received_custody")
        .defer("received_custody__content", "received_custody__said")
        .prefetch_related(files_with_stamps())
        .order_by("-number")
    )


def received_of(item: EvidenceItem) -> ReceivedCustody | None:
    """What came along with an item of another platform; None for one that was given in here."""
    found: ReceivedCustody | None = getattr(item, "received_custody", None)
    return found


def told_before(item: EvidenceItem) -> ReceivedCustody | None:
    """The same, where what was told there may be shown: of a sealed item the notes of the platform before would tell too much."""
    return None if item.sealed else received_of(item)


def integrity_of(files: Iterable[StoredFile]) -> Integrity | None:
    """The worst outcome among files; None without files."""
    found = {file.integrity for file in files}
    return next((Integrity(value) for value in WORST if value in found), None)


def lacks_of(item: EvidenceItem, content: standard.Content | None = None) -> list[standard.Lack]:
    """What the item lacks to count, under the standard given or the one in force; what a sealed one lacked when it was sealed."""
    content = in_force(Instrument.Kind.EVIDENCE_STANDARD).content if content is None else content
    if item.sealed:
        seal = Seal.objects.filter(item=item, state=SealState.SEALED).first()
        if seal is not None:  # what it says is locked away: asked again, it would lack everything (R2.12)
            return [standard.Lack(code, content["fields"].get(code, code)) for code in seal.lacking]
    return standard.lacks(content, item.kind, standard_values(item, list(item.files.all())))


def custody_links(entries: Iterable[CustodyEntry]) -> list[Link]:
    """Custody entries as the pure rules read them, in order."""
    return [Link(*(getattr(entry, name) for name in LINK_COLUMNS)) for entry in sorted(entries, key=lambda e: e.place)]


def custody_of(item: EvidenceItem, reader: Actor | None = None) -> list[CustodyEntry]:
    """An item's custody, first link first.

    While an item is sealed, what links said before it was is `withheld` from readers of other organisations: the note of
    receipt names the source. It is under the hash of its link and cannot be locked away with the rest.
    """
    entries = list(
        CustodyEntry.objects.filter(item=item).select_related("actor", "organisation", "file").order_by("place")
    )
    if item.sealed and reader is not None and reader.organisation.pk != item.organisation_id:
        closed = max((entry.place for entry in entries if entry.act == CustodyEntry.Act.SEALED), default=len(entries))
        for entry in entries:
            entry.withheld = bool(entry.note) and entry.place < closed and entry.act in NAMES_SOURCE
    if naming.is_blind():  # who it was handed to stands in the note, under the hash
        for entry in entries:
            entry.withheld = entry.withheld or (bool(entry.note) and entry.act in NAMES_SIDES)
    return entries


def custody_fault(entries: Iterable[CustodyEntry]) -> str:
    """The first broken link in words, or nothing."""
    return first_fault(custody_links(entries))


@dataclass(frozen=True, slots=True)
class Weighable:
    """An item with everything a finding asks of it."""

    item: EvidenceItem
    derived_from: frozenset[int]
    corroborated_by: frozenset[int]
    missing: tuple[str, ...]
    custody_complete: bool


def weighable(incident: Incident, content: standard.Content | None = None) -> list[Weighable]:
    """Every item of a case, ready to be weighed under the standard given or the one in force. Five queries.

    Withdrawn and frozen items are in the list with their status: what rests on them must be seen to fall.
    """
    content = in_force(Instrument.Kind.EVIDENCE_STANDARD).content if content is None else content
    entries: dict[int, list[Link]] = defaultdict(list)
    rows = CustodyEntry.objects.filter(incident=incident).order_by("item_id", "place").values_list(*LINK_COLUMNS)
    for row in rows:
        entries[row[0]].append(Link(*row))
    by_kind: dict[tuple[int, str], set[int]] = defaultdict(set)
    for one, other, kind in links_in(incident.pk):
        by_kind[one, kind].add(other)
    ready = []
    for item in items_of(incident).order_by("number"):
        files = {file.pk: file.sha256 for file in item.files.all()}
        ready.append(
            Weighable(
                item=item,
                derived_from=frozenset(by_kind[item.pk, Lineage.Kind.DERIVED_FROM]),
                corroborated_by=frozenset(by_kind[item.pk, Lineage.Kind.CORROBORATED_BY]),
                missing=tuple(lack.code for lack in lacks_of(item, content)),
                custody_complete=is_complete(entries[item.pk], files),
            )
        )
    return ready


@dataclass(frozen=True, slots=True)
class Around:
    """The item before and the one after, by number (empty at either end); whether a hold, a disposal or a
    redaction is on record for it."""

    before: str
    after: str
    held: bool
    ending: bool
    redacted: bool


def beside(item: EvidenceItem) -> dict[str, Any]:
    """What else the item's page has to look up, as columns of a statement that reads the item anyway."""
    others = EvidenceItem.objects.filter(incident_id=item.incident_id)
    holds = LegalHold.objects.filter(
        Q(item=item.pk) | Q(item__isnull=True), incident=item.incident_id, lifted_at__isnull=True
    )
    return {
        "number_before": Subquery(others.filter(number__lt=item.number).order_by("-number").values("number")[:1]),
        "number_after": Subquery(others.filter(number__gt=item.number).order_by("number").values("number")[:1]),
        "is_held": Exists(holds),
        "is_ending": Exists(Disposal.objects.filter(item=item.pk)),
        "is_redacted": Exists(Redaction.objects.filter(item=item.pk)),
    }


def around(row: Any) -> Around:
    """The same, from the row that was read with it."""
    before, after = (f"E-{number}" if number else "" for number in (row.number_before, row.number_after))
    return Around(before, after, bool(row.is_held), bool(row.is_ending), bool(row.is_redacted))


PAGE = 25


def item_rows(incident: Incident, before: int | None = None) -> tuple[list[EvidenceItem], int | None]:
    """A page of the list, newest first, and where the next one starts. Two statements."""
    items = items_of(incident)
    if before is not None:
        items = items.filter(number__lt=before)
    rows = list(items[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].number if len(rows) > PAGE else None
