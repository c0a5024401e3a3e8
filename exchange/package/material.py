"""From a case to what its package says: read as the person who asked, at one moment (in one transaction)."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from core.marks import strictest, strictest_pap
from evidence.models import CustodyEntry, EvidenceItem, FileStamp, GradeEntry, Lineage, StoredFile
from evidence.states import Status
from incidents.access import CaseAccess
from incidents.models import Incident
from incidents.selectors import activity
from ledger.hashing import moment
from ledger.models import Entry
from ledger.proving import entry_data

from ..custody.data import custody_data
from ..models import Package
from . import layout
from .proofs import Proofs, proofs_of

MALWARE = "malware_sample"
LEDGER_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Original:
    """A file to copy: where it lies, what it must hash to, and where in the bag it goes."""

    file: StoredFile
    label: str
    path: str
    locked: bool


@dataclass
class Material:
    """Everything a package is written from."""

    items: list[dict[str, Any]] = field(default_factory=list)
    custody: dict[str, dict[str, Any]] = field(default_factory=dict)
    originals: list[Original] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    proofs: Proofs = field(default_factory=Proofs)
    stamps: dict[str, bytes] = field(default_factory=dict)
    rows: list[EvidenceItem] = field(default_factory=list)
    mark: str = ""

    @property
    def withheld(self) -> list[dict[str, Any]]:
        """Items that come without content, each with why."""
        return [item for item in self.items if item["holding"] != layout.HELD]


def holding_of(item: EvidenceItem) -> str:
    """Whether the content may go along, or why it may not."""
    if item.sealed:
        return layout.SEALED
    return {Status.FROZEN: layout.FROZEN, Status.WITHDRAWN: layout.WITHDRAWN, Status.DISPOSED: layout.DISPOSED}.get(
        Status(item.status), layout.HELD
    )


def is_dangerous(item: EvidenceItem, file: StoredFile) -> bool:
    """Malware never leaves as it is."""
    return item.kind == MALWARE or file.dangerous


def grades_of(item: EvidenceItem) -> list[dict[str, Any]]:
    """Every judgement, the newest (which holds) first, by organisation: a grader's name is not needed to weigh a grade."""
    return [
        {
            "reliability": entry.reliability, "reliability_reason": entry.reliability_reason, "credibility": entry.credibility,
            "credibility_reason": entry.credibility_reason, "organisation": entry.organisation.name,
            "graded_at": moment(entry.graded_at), "standard_version": entry.standard_version,
        }
        for entry in GradeEntry.objects.filter(item=item).select_related("organisation")
    ]  # fmt: skip


def statement_of(item: EvidenceItem) -> dict[str, Any] | None:
    """The statement an item stands for, word for word."""
    said = item.statement
    if said is None:
        return None
    when = said.said_at.isoformat() if said.said_at else None
    return {"kind": said.kind, "said_by": said.said_by, "said_at": when, "wording": said.wording}


def lineage_of(item: EvidenceItem, inside: set[int]) -> list[dict[str, Any]]:
    """How it hangs together with others; of an item outside the package only the number is said."""
    links = Lineage.objects.filter(item=item).select_related("other").order_by("pk")
    return [
        {
            "kind": link.kind, "other": link.other.label, "in_package": link.other_id in inside,
            "note": link.note if link.other_id in inside else "",
        }
        for link in links
    ]  # fmt: skip


def existence(item: EvidenceItem) -> dict[str, Any]:
    """What may be said of sealed material: that it is there, its hashes, grade and releasable summary (R2.12)."""
    last = CustodyEntry.objects.filter(item=item).order_by("-place").first()
    return {
        "label": item.label, "item_id": item.pk, "holding": layout.SEALED, "mark": item.mark, "pap": item.pap, "evidence_class": item.evidence_class,
        "summary": str(item.details.get("releasable_summary", "")),
        "grade": {"reliability": item.reliability, "credibility": item.credibility} if item.reliability else None,
        "files": [{"path": None, "sha256": file.sha256, "size": file.size} for file in item.files.all()],
        "custody": {"path": None, "links": last.place if last else 0, "last_hash": last.hash if last else ""},
    }  # fmt: skip


def description(
    item: EvidenceItem, inside: set[int], files: list[dict[str, Any]], custody: dict[str, Any]
) -> dict[str, Any]:
    """Everything said of an item."""
    return {
        "label": item.label, "item_id": item.pk, "holding": holding_of(item), "status": item.status, "mark": item.mark, "pap": item.pap,
        "title": item.title, "kind": item.kind, "evidence_class": item.evidence_class, "description": item.description,
        "source": item.source, "collection_method": item.collection_method,
        "collected": {"at": item.collected_at.isoformat() if item.collected_at else None, "precision": item.collected_precision},
        "collected_by": item.collected_by,
        "clock": {"zone": item.clock_zone, "offset_seconds": item.clock_offset_seconds, "source": item.clock_source},
        "origin": item.origin.name if item.origin else "", "statement": statement_of(item), "statement_type": item.statement_type,
        "details": dict(item.details), "standard_version": item.standard_version, "received_at": moment(item.received_at),
        "contributed_by": item.organisation.name,
        "withdrawn_reason": item.withdrawn_reason,
        "grade": {"reliability": item.reliability, "credibility": item.credibility} if item.reliability else None,
        "grades": grades_of(item), "lineage": lineage_of(item, inside), "files": files,
        "custody": {
            "path": layout.custody_path(item.label), "links": len(custody["links"]),
            "last_hash": custody["links"][-1]["hash"] if custody["links"] else "",
        },
    }  # fmt: skip


def entries_about(incident: Incident, items: set[int], files: set[int]) -> list[Entry]:
    """What the ledger says of these items and files, oldest first."""
    wanted = {("evidence.evidenceitem", str(pk)) for pk in items} | {("evidence.storedfile", str(pk)) for pk in files}
    found: list[Entry] = []
    before: int | None = None
    while page := activity(incident, before, LEDGER_PAGE):
        found += [entry for entry in page if (entry.subject_type, entry.subject_id) in wanted]
        before = page[-1].pk
    return found[::-1]


def chosen_items(incident: Incident, labels: list[str]) -> list[EvidenceItem]:
    """The items of these numbers, or all of them, by number."""
    items = EvidenceItem.objects.filter(incident=incident).select_related("origin", "statement", "organisation")
    if labels:
        items = items.filter(number__in=[int(label.removeprefix("E-")) for label in labels])
    return list(items.prefetch_related("files").order_by("number"))


def gather(case: CaseAccess, package: Package) -> Material:
    """The whole of it, apart from the bytes of the originals."""
    found = Material(rows=chosen_items(case.incident, package.labels))
    inside = {item.pk for item in found.rows}
    open_items, open_files = set(), set()
    for item in found.rows:
        item.incident = case.incident
        if holding_of(item) == layout.SEALED:
            found.items.append(existence(item))
            continue
        custody = custody_data(item)
        found.custody[item.label] = custody
        open_items.add(item.pk)
        files = []
        for file in item.files.all():
            open_files.add(file.pk)
            locked = is_dangerous(item, file)
            path = layout.file_path(item.label, file.sha256, locked=locked) if holding_of(item) == layout.HELD else None
            if path is not None:
                found.originals.append(Original(file, item.label, path, locked))
            files.append(
                {"path": path, "sha256": file.sha256, "size": file.size, "media_type": file.media_type, "name": file.name, "locked": locked}
            )  # fmt: skip
        found.items.append(description(item, inside, files, custody))
    found.entries = [entry_data(entry) for entry in entries_about(case.incident, open_items, open_files)]
    found.proofs = proofs_of(found.entries)
    found.stamps = {
        layout.stamp_path(stamp.file.sha256): bytes(stamp.token)
        for stamp in FileStamp.objects.filter(file_id__in=open_files).select_related("file")
    }
    found.mark = strictest(case.incident.mark, *(item.mark for item in found.rows))
    return found


def items_data(case: CaseAccess, package: Package, material: Material) -> dict[str, Any]:
    """`items.json`."""
    return {
        "format": layout.FORMAT, "identifier": package.identifier, "case": case.incident.reference, "case_title": case.incident.title,
        "exercise": case.incident.is_exercise, "mark": material.mark,
        "pap": strictest_pap(case.incident.pap, *(item.pap for item in material.rows)), "issued_by": settings.BASE_URL,
        "holder": case.incident.holder.name, "asked_for_by": package.organisation.name, "for": package.recipient,
        "purpose": package.purpose, "as_of": moment(package.asked_at), "items": material.items,
    }  # fmt: skip
