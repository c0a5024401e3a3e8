"""What pages and API read of exchange."""

from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from documents.selectors import document_as_json, job_as_json
from evidence.models import EvidenceItem
from incidents.access import CaseAccess

from .models import CustodyRecord, Package, ReceivedPackage


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


def packages_of(case: CaseAccess) -> QuerySet[Package]:
    """Packages made of a case, newest first."""
    rows = Package.objects.filter(incident=case.incident).select_related("asked_by", "organisation", "job")
    return rows.order_by("-number")


def package_of(case: CaseAccess, number: int) -> Package:
    """One package, through its case."""
    found = packages_of(case).filter(number=number).first()
    if found is None:
        raise NotFound(number)
    return found


def package_as_json(package: Package) -> dict[str, Any]:
    """A package as the API tells it, without where it lies."""
    made = {
        "mark": package.mark,
        "sha256": package.sha256,
        "size": package.size,
        "made_at": package.made_at,
        **package.holds,
    }
    return {
        "number": package.number,
        "identifier": package.identifier,
        "items": package.labels,
        "mark": package.ceiling,
        "recipient": package.recipient,
        "purpose": package.purpose,
        "names_reason": package.names_reason,
        "asked_at": package.asked_at,
        "organisation": package.organisation.slug,
        "job": job_as_json(package.job),
        "made": made if package.sha256 else None,
    }


def received_packages_of(case: CaseAccess) -> QuerySet[ReceivedPackage]:
    """Packages others sent into a case, newest first."""
    rows = ReceivedPackage.objects.filter(incident=case.incident).select_related("asked_by", "organisation", "job")
    return rows.order_by("-number")


def received_of(case: CaseAccess, number: int) -> ReceivedPackage:
    """One received package, through its case."""
    found = received_packages_of(case).filter(number=number).first()
    if found is None:
        raise NotFound(number)
    return found


def received_as_json(row: ReceivedPackage) -> dict[str, Any]:
    """A received package as the API tells it, without where it lies."""
    return {
        "number": row.number,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "asked_at": row.asked_at,
        "organisation": row.organisation.slug,
        "job": job_as_json(row.job),
        "identifier": row.identifier or None,
        "sender": row.sender or None,
        "signed_by": row.signed_by or None,
        "verified": bool(row.signed_by) if row.taken_in_at else None,
        "mark": row.mark or None,
        "outcome": row.outcome,
    }
