"""The package of a request: exactly the parts that were justified, each asked for again as the person who decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from core import clock
from evidence.models import CustodyEntry, EvidenceItem
from evidence.services.handling import add_custody
from exchange.custody.data import custody_data
from exchange.package import layout
from exchange.package.material import description, existence, holding_of
from incidents.access import CaseAccess, case_for
from incidents.hiding import must_show_names
from incidents.snapshots import facts_of
from ledger.hashing import moment
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from . import bags
from .contents import line, plain
from .held import held_about
from .models import DataRequest, Delivery, RequestStep
from .requests import FACTS, PERSON
from .work import Alive, hold

README = """Answer to request {request} of {house}, on Norms Platform at {platform}.

Decided by {decider} on {decided}: {outcome}
Legal basis: {basis}
Reasons: {reasons}

Holds what was justified and nothing else: {parts}
A BagIt bag (RFC 8493): manifest-sha256.txt names the SHA-256 of every file, signature.txt signs the manifests.
"""


def items_of(actor: Actor, request: DataRequest) -> tuple[CaseAccess | None, list[EvidenceItem]]:
    """The case, if any part is of it, and the items that were justified."""
    numbers = [int(part[2:]) for part in request.parts if part not in (FACTS, PERSON)]
    if request.incident is None or not (numbers or FACTS in request.parts):
        return None, []
    case = case_for(actor, request.incident.reference, Action.EXPORT_EVIDENCE if numbers else Action.VIEW)
    if numbers:
        must_show_names(case.incident)  # also when they were hidden while it waited
    found = EvidenceItem.objects.filter(incident=case.incident, number__in=numbers)
    found = found.select_related("incident", "origin", "statement", "organisation").prefetch_related("files")
    return case, list(found.order_by("number"))


def texts_of(
    actor: Actor, request: DataRequest, case: CaseAccess | None, items: list[EvidenceItem]
) -> Iterator[tuple[str, list[bytes]]]:
    """Each justified part as canonical JSON."""
    if PERSON in request.parts and request.subject is not None:
        yield "data/person.json", [line(plain(held_about(request.subject)))]
    if FACTS in request.parts and case is not None:
        facts = {"reference": case.incident.reference, **facts_of(case.incident)}
        yield "data/facts.json", [line(plain(facts))]
    inside = {item.pk for item in items}
    for item in items:
        if holding_of(item) == layout.SEALED:
            yield f"data/items/{item.label}.json", [line(plain(existence(item)))]
            continue
        custody = custody_data(item)
        files = [
            {"sha256": file.sha256, "size": file.size, "name": file.name, "media_type": file.media_type}
            for file in item.files.all()
        ]
        yield f"data/items/{item.label}.json", [line(plain(description(item, inside, files, custody)))]
        yield f"data/custody/{item.label}.json", [line(plain(custody))]


def make(actor: Actor, delivery: Delivery, alive: Alive) -> None:
    """Reads the parts, writes the bag, then ends the work in one transaction with custody, audit and ledger."""
    with acting(actor):
        actor.require(Action.HANDLE_REQUESTS)
        request = DataRequest.objects.select_related("incident", "subject", "decided_by").get(pk=delivery.request_id)
        case, items = items_of(actor, request)
        texts = list(texts_of(actor, request, case, items))
    said = bags.Contents(
        name=f"{actor.organisation.slug}-request-{request.number}",
        info=[("Source-Organization", actor.organisation.name), ("Bagging-Date", f"{clock.today():%Y-%m-%d}")],
        readme=README.format(
            request=request, house=actor.organisation, platform=settings.BASE_URL, decider=request.decided_by,
            decided=moment(request.decided_at or clock.now()), outcome=request.outcome, basis=request.legal_basis,
            reasons=request.reasons, parts=", ".join(request.parts),
        ),
        texts=texts, originals=bags.originals_of(items, "data/files"),
    )  # fmt: skip
    path, sha256, size = bags.write(said, actor.organisation.pk, alive.tick)
    with acting(actor):
        finish(actor, delivery, request, items, path=path, sha256=sha256, size=size)


def finish(actor: Actor, delivery: Delivery, request: DataRequest, items: list[EvidenceItem], **made: Any) -> None:
    """The package exists: its row, a link of custody on each item in it, its audit, and an entry of the ledger."""
    hold(delivery, state=Delivery.State.DONE, finished_at=clock.now(), holds=request.parts, **made)
    for item in items:
        add_custody(
            actor=actor, item=item, act=CustodyEntry.Act.EXPORTED,
            note=f"Request {request}, {request.legal_basis}: package SHA-256 {made['sha256']}",
        )  # fmt: skip
    RequestStep.objects.create(
        request=request, organisation=actor.organisation, act=RequestStep.Act.PACKED, by=actor.user, note=made["sha256"]
    )
    record(
        actor=actor, verb="request.packed", subject=request, root_id=request.incident_id,
        payload={"request": request.number, "parts": request.parts, "sha256": made["sha256"], "size": str(made["size"])},
    )  # fmt: skip
