"""The evidence list of a case as CSV: what one may see, with the filters it was made with in every row."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid
from documents.attachments import csv_of
from documents.blocks import Table
from evidence.models import EvidenceItem
from evidence.selectors import integrity_of, items_of, received_of
from evidence.states import Status
from evidence.words import class_name, kind_name
from incidents.access import case_for
from incidents.marks import Mark
from ledger.hashing import moment
from ledger.services import record as write_down
from organisations.actors import Actor
from organisations.roles import Action

HEADS = (
    "case", "as_of", "filters", "item", "title", "kind", "evidence_class", "mark", "status", "sealed", "reliability", "credibility",
    "origin", "contributed_by", "received_at", "received_from", "verified_instance", "integrity", "files", "sha256",
)  # fmt: skip


def row_of(item: EvidenceItem) -> tuple[str, ...]:
    """An item, its files by their hashes."""
    received, files = received_of(item), list(item.files.all())
    return (
        item.label, item.title, kind_name(item), class_name(item), item.mark, item.status, "yes" if item.sealed else "no",
        item.reliability, item.credibility, item.origin.name if item.origin else "", item.organisation.name,
        moment(item.received_at), received.sender if received else "",
        "" if received is None else "yes" if received.signed_by else "no", str(integrity_of(files) or ""), str(len(files)),
        " ".join(file.sha256 for file in files),
    )  # fmt: skip


@transaction.atomic
def list_as_csv(*, actor: Actor, reference: str, status: str = "", mark: str = "") -> bytes:
    """Items of a case by number, all or those of a status or a mark. Cells a spreadsheet would run are kept as text."""
    case = case_for(actor, reference, Action.SEE_EVIDENCE)
    errors: dict[str, list[Any]] = {}
    if status and status not in Status.values:
        errors["status"] = [_("Choose one from the list.")]
    if mark and mark not in Mark.values:
        errors["mark"] = [_("Choose a mark from the list.")]
    if errors:
        raise Invalid(errors)
    given = {name: value for name, value in (("status", status), ("mark", mark)) if value}
    stated = "; ".join(f"{name}={value}" for name, value in given.items()) or "none"
    items = items_of(case.incident).filter(**given).order_by("number")
    head = (case.incident.reference, moment(clock.now()), stated)
    rows = tuple((*head, *row_of(item)) for item in items)
    write_down(
        actor=actor, verb="evidence.listed", subject=case.incident, root_id=case.incident.pk,
        payload={"items": len(rows), "filters": stated},
    )  # fmt: skip
    return csv_of(Table("evidence", "", HEADS, rows))
