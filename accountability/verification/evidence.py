"""The evidence a finding is computed from, each item as far as the report's mark lets it be told, and its custody in short."""

from collections import defaultdict
from typing import Any

from attribution import norms, selectors
from attribution.models import Finding
from core import naming
from core.marks import Way, stricter
from evidence.custody import Link, first_fault, is_complete
from evidence.models import CustodyEntry, EvidenceItem
from evidence.selectors import LINK_COLUMNS, files_with_stamps
from incidents.marks import not_cleared
from incidents.models import Incident
from ledger.hashing import moment
from organisations.actors import Actor

from ..clearance import retold

HOW = (
    "Ask for an item's custody record and compare the hash of its last link, or of the link at this place, with the one printed"
    " here: a chain that was changed, cut or prolonged in between has another."
)


def items_of(incident: Incident) -> list[EvidenceItem]:
    """Every item of the case, by number."""
    rows = EvidenceItem.objects.filter(incident=incident).select_related("origin", "statement")
    return list(rows.prefetch_related(files_with_stamps()).order_by("number"))


def closed_to(actor: Actor, incident: Incident, items: list[EvidenceItem], mark: str) -> frozenset[str]:
    """Items of which a report at this mark tells no more than that they are there: above it, or not the reader's to take out."""
    marked = [(item.label, item.mark, item.organisation_id) for item in items]
    own = {label for label, _mark in not_cleared(actor, incident, marked, Way.TAKEN)}
    return frozenset(own | {item.label for item in items if stricter(item.mark, mark)})


def chains_of(incident: Incident) -> dict[int, list[Link]]:
    """Every chain of custody, link by link."""
    chains: dict[int, list[Link]] = defaultdict(list)
    rows = CustodyEntry.objects.filter(incident=incident).order_by("item_id", "place").values_list(*LINK_COLUMNS)
    for row in rows:
        chains[row[0]].append(Link(*row))
    return chains


def custody_of(item: EvidenceItem, chain: list[Link]) -> dict[str, Any]:
    """Head of the chain and whether it holds, every link computed again now."""
    files = {file.pk: file.sha256 for file in item.files.all()}
    return {
        "links": len(chain), "head": naming.covering_names(chain[-1].hash) if chain else "", "fault": first_fault(chain),
        "complete": is_complete(chain, files),
    }  # fmt: skip


def grade_of(item: EvidenceItem) -> dict[str, Any] | None:
    """Source and information, two judgements that are never merged; None: not graded."""
    if not item.reliability:
        return None
    return {"reliability": item.reliability, "credibility": item.credibility, "alone": item.graded_alone}


def withheld_item(item: EvidenceItem) -> dict[str, Any]:
    """What may be said of an item above the mark: that it is there, its class, mark and grade (R2.12)."""
    return {
        "label": item.label, "withheld": "above_mark", "mark": item.mark, "evidence_class": item.evidence_class, "grade": grade_of(item),
        "status": item.status,
    }  # fmt: skip


def told_item(item: EvidenceItem, chain: list[Link]) -> dict[str, Any]:
    """An item that may be told of. What a sealed one says has its seal in its place already: its title is the one for others."""
    said = item.statement
    return {
        "label": item.label,
        "withheld": "sealed" if item.sealed else "",
        "mark": item.mark,
        "pap": item.pap,
        "evidence_class": item.evidence_class,
        "grade": grade_of(item),
        "status": item.status,
        "title": item.title,
        "origin": item.origin.name if item.origin else "",
        "statement": {"kind": item.statement_type or said.kind, "said_by": said.said_by} if said else None,
        "received_at": moment(item.received_at),
        "files": [
            {"sha256": file.sha256, "size": file.size, "stamped_at": moment(file.stamp.stamped_at) if hasattr(file, "stamp") else None}
            for file in item.files.all()
        ],
        "custody": custody_of(item, chain),
    }  # fmt: skip


def evidence_of(
    finding: Finding, items: list[EvidenceItem], closed: frozenset[str], hidden: frozenset[str]
) -> dict[str, Any]:
    """Every item of the case with how it weighs for this finding: rated how by the group, counted in full or why not."""
    standard = norms.standard_of(finding.standard_version)
    codes = selectors.group_codes(finding.incident, standard)
    why_not = {row["item"]: row["reasons"] for row in finding.explanation.get("exclusions", [])}
    chains = chains_of(finding.incident)
    rows = []
    for item in items:
        told = withheld_item(item) if item.label in closed else told_item(item, chains[item.pk])
        reasons = [retold(text, hidden) for text in why_not.get(item.label, [])]
        rated = codes.get((item.pk, finding.hypothesis_id))
        rows.append({**told, "rated": rated, "counts_in_full": item.label not in why_not, "why_not": reasons})
    told_of = [row for row in rows if "custody" in row]
    return {
        "items": rows,
        "custody": {
            "chains": len(told_of),
            "links": sum(row["custody"]["links"] for row in told_of),
            "broken": [{"label": row["label"], "fault": row["custody"]["fault"]} for row in told_of if row["custody"]["fault"]],
            "incomplete": [row["label"] for row in told_of if not row["custody"]["complete"]],
            "not_told": [row["label"] for row in rows if "custody" not in row],
            "how_to_check": HOW,
        },
    }  # fmt: skip
