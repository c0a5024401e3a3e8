"""An item as plain values: what the edit form starts from, what a conflict shows, what the API gives, what the standard reads."""

from typing import Any

from .models import EvidenceItem, StoredFile


def facts_of(item: EvidenceItem) -> dict[str, Any]:
    """All facts, in the shape `evidence.facts.check` takes."""
    return {
        "title": item.title,
        "kind": item.kind,
        "evidence_class": item.evidence_class,
        "description": item.description,
        "source": item.source,
        "collection_method": item.collection_method,
        "collected": {
            "at": item.collected_at.isoformat() if item.collected_at else None,
            "precision": item.collected_precision,
        },
        "collected_by": item.collected_by,
        "clock": {
            "zone": item.clock_zone,
            "offset_seconds": item.clock_offset_seconds,
            "source": item.clock_source,
        },
        "origin": item.origin.name if item.origin else "",
        "statement": item.statement_id,
        "statement_type": item.statement_type,
        "mark": item.mark,
        "pap": item.pap,
        "details": dict(item.details),
    }


def standard_values(item: EvidenceItem, files: list[StoredFile]) -> dict[str, Any]:
    """The item by the standard's field codes. A linked statement answers for its own type, date, speaker and words."""
    said = item.statement
    spoken = (
        {
            "statement_type": said.kind,
            "statement_date": said.said_at,
            "stated_by": said.said_by,
            "wording": said.wording,
        }
        if said
        else {}
    )
    own = {
        **item.details,
        "source": item.source,
        "collection_method": item.collection_method,
        "collected_at": item.collected_at,
        "clock": bool(item.clock_zone) and item.clock_offset_seconds is not None,
        "clock_source": item.clock_source,
        "sha256": files[0].sha256 if files else "",
        "format": files[0].media_type if files else "",
        "origin": item.origin_id,
        "statement_type": item.statement_type,
        "tlp": item.mark,
        "reliability": item.reliability,
        "credibility": item.credibility,
        "evidence_class": item.evidence_class,
    }
    return {**spoken, **{code: value for code, value in own.items() if value or code not in spoken}}
