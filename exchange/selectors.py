"""What pages and API read of exchange."""

from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from documents.selectors import document_as_json, job_as_json
from evidence.models import EvidenceItem

from .models import CustodyRecord


def records_of(item: EvidenceItem) -> QuerySet[CustodyRecord]:
    """Custody records of an item, newest first."""
    return (
        CustodyRecord.objects.filter(item=item)
        .select_related("asked_by", "organisation", "job__result__superseded_by")
        .defer("content")
        .order_by("-number")
    )


def record_of(item: EvidenceItem, number: int) -> CustodyRecord:
    """One custody record, through its item."""
    found = records_of(item).filter(number=number).first()
    if found is None:
        raise NotFound(number)
    return found


def record_as_json(record: CustodyRecord) -> dict[str, Any]:
    """A custody record as the API tells it."""
    return {
        "number": record.number,
        "language": record.language,
        "asked_at": record.asked_at,
        "organisation": record.organisation.slug,
        "data_sha256": record.sha256 or None,
        "job": job_as_json(record.job),
        "document": document_as_json(record.job.result),
    }
