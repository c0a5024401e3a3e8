"""The evidence list of a case as CSV: what one may see, with the filters it was made with in every row."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid
from core.marks import Mark, Way
from core.naming import written_for_all
from documents.attachments import csv_of
from documents.blocks import Table
from evidence.models import EvidenceItem
from evidence.selectors import integrity_of, items_of, received_of
from evidence.states import Status
from evidence.words import class_name, kind_name
from incidents.access import case_for
from incidents.marks import must_be_cleared, not_cleared
from ledger.hashing import moment
from ledger.services import record as write_down
from organisations.actors import Actor
from organisations.roles import Action

HEADS = (
    "case", "as_of", "filters", "item", "title", "kind", "evidence_class", "mark", "pap", "status", "sealed", "reliability", "credibility",
    "origin", "contributed_by", "received_at", "received_from", "verified_instance", "integrity", "files", "sha256",
)  # fmt: skip


def row_of(item: EvidenceItem) -> tuple[str, ...]:
    """An item, its files by their hashes."""
    received, files = received_of(item), list(item.files.all())
    return (
        item.label, item.title, kind_name(item), class_name(item), item.mark, item.pap, item.status, "yes" if item.sealed else "no",
        item.reliability, item.credibility, item.origin.name if item.origin else "", item.organisation.name,
        moment(item.received_at), received.sender if received else "",
        "" if received is None else "yes" if received.signed_by else "no", str(integrity_of(files) or ""), str(len(files)),
        " ".join(file.sha256 for file in files),
    )  # fmt: skip


def withheld(item: EvidenceItem) -> tuple[str, ...]:
    """An item whose mark does not let it leave with this reader: that it exists, its class and grade (R2.12)."""
    told = {
        "item": item.label, "title": _("Withheld"), "evidence_class": class_name(item), "mark": item.mark, "pap": item.pap,
        "reliability": item.reliability, "credibility": item.credibility,
    }  # fmt: skip
    return tuple(told.get(name, "") for name in HEADS[3:])


@transaction.atomic
def list_as_csv(*, actor: Actor, reference: str, status: str = "", mark: str = "") -> bytes:
    """Items of a case by number, all or those of a status or a mark. Cells a spreadsheet would run are kept as text."""
    with written_for_all():  # the list is made to be handed on
        return listed(actor, reference, status, mark)


def listed(actor: Actor, reference: str, status: str, mark: str) -> bytes:
    """The same, with names as everybody sees them."""
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
    must_be_cleared(
        actor, case.incident, [(case.incident.reference, case.incident.mark, case.incident.holder_id)], Way.TAKEN
    )
    items = list(items_of(case.incident).filter(**given).order_by("number"))
    marked = [(item.label, item.mark, item.organisation_id) for item in items]
    closed = {label for label, _mark in not_cleared(actor, case.incident, marked, Way.TAKEN)}
    head = (case.incident.reference, moment(clock.now()), stated)
    rows = tuple((*head, *(withheld(item) if item.label in closed else row_of(item))) for item in items)
    write_down(
        actor=actor, verb="evidence.listed", subject=case.incident, root_id=case.incident.pk,
        payload={"items": len(rows), "withheld": len(closed), "filters": stated},
    )  # fmt: skip
    return csv_of(Table("evidence", "", HEADS, rows))
