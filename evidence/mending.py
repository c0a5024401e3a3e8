"""Where what an item lacks is mended: each field of the standard, or act, with the address of its question."""

from django.urls import reverse

from . import standard
from .models import EvidenceItem

# How the form names a field of the standard that has no column.
DETAIL = "detail_"

# Fields of the standard that a page of their own asks, and the part of that page.
ELSEWHERE = {
    "reliability": ("evidence-grade", "#id_reliability"),
    "credibility": ("evidence-grade", "#id_credibility"),
    "sha256": ("evidence-file-add", ""),
    "format": ("evidence-file-add", ""),
    "tlp": ("evidence-mark", ""),
    "corroborated_by": ("evidence-link", ""),
    "restore": ("evidence-restore", ""),
}
# Fields whose question has another name in the form.
ASKED_AS = {"clock": "clock_zone", "collected_at": "collected_0"}


def mending_address(item: EvidenceItem, reference: str, field: str) -> str:
    """The address that asks for a field, at its question; empty for what nothing mends."""
    if not field:
        return ""
    page, part = ELSEWHERE.get(field, ("evidence-edit", ""))
    if page == "evidence-edit":
        name = ASKED_AS.get(field, field if field in standard.COLUMNS else f"{DETAIL}{field}")
        part = f"#id_{name}"
    return reverse(page, args=[reference, item.label]) + part
