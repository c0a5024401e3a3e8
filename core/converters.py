"""What an address may hold: anything else is a 404 before any view is asked."""

from django.urls.converters import StringConverter, register_converter


class IncidentReference(StringConverter):
    """`INC-2026-000042`."""

    regex = r"INC-\d{4}-\d{6,9}"


class DraftReference(StringConverter):
    """`DRAFT-7Q4KXM`: a filing not yet sent."""

    regex = r"DRAFT-[2-9A-HJKMNP-Z]{6}"


class EvidenceNumber(StringConverter):
    """`E-17` within its case."""

    regex = r"E-\d{1,6}"


class FindingNumber(StringConverter):
    """`F-3` within its case."""

    regex = r"F-\d{1,6}"


class MeasureNumber(StringConverter):
    """`M-2` within its case."""

    regex = r"M-\d{1,6}"


class TaskNumber(StringConverter):
    """`R-3` within its case."""

    regex = r"R-\d{1,6}"


def register() -> None:
    """Makes them known to Django; called once by the address list."""
    register_converter(IncidentReference, "incident")
    register_converter(DraftReference, "draft")
    register_converter(EvidenceNumber, "evidence")
    register_converter(FindingNumber, "finding")
    register_converter(MeasureNumber, "measure")
    register_converter(TaskNumber, "task")
