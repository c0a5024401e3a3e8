"""From an item to its custody record: read as the person who asked, at one moment."""

from collections.abc import Callable
from hashlib import sha256

import rfc8785
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotFound
from core.marks import strictest, strictest_pap
from documents.models import Document, Job
from documents.rendering import Rendered, Tick, render_content
from documents.services import Issue
from evidence.access import item_for
from evidence.models import CustodyEntry
from evidence.services.handling import add_custody
from incidents.hiding import must_show_names
from ledger.hashing import moment
from ledger.services import record as write_down
from organisations.actors import Actor
from organisations.roles import Action

from ..models import CustodyRecord
from .data import custody_data
from .pages import DATA_NAME, content_of, reference_of

TEMPLATE = "exchange/pdf/custody_record.html"
STYLESHEET = "pdf/document.css"


def prepare_record(actor: Actor, job: Job) -> tuple[Issue, Callable[[Tick], Rendered]]:
    """Reads the chain now; sets it in type when called. That it was given out becomes a link in the transaction that issues it."""
    row = CustodyRecord.objects.select_related("incident", "item", "asked_by", "organisation").filter(job=job).first()
    if row is None:
        raise NotFound(job.key)
    case, item = item_for(actor, row.incident.reference, row.item.label, Action.DOWNLOAD_EVIDENCE)
    must_show_names(case.incident)  # also when they were hidden while it waited
    reference = reference_of(row, item)
    data = {
        **custody_data(item),
        "record": reference,
        "case": case.incident.reference,
        "title": item.title,
        "mark": strictest(case.incident.mark, item.mark),
        "pap": strictest_pap(case.incident.pap, item.pap),
        "as_of": moment(clock.now()),
        "issued_by": settings.BASE_URL,
    }
    text = rfc8785.dumps(data)
    digest = sha256(text).hexdigest()
    with translation.override(row.language):
        content = content_of(case, item, row, data, digest)
        description = _("Every link of custody with the fields its hash covers")

    def render(tick: Tick) -> Rendered:
        along = [(DATA_NAME, description, text)]
        return render_content(content, template=TEMPLATE, stylesheet=STYLESHEET, tick=tick, attached=along)

    def then(actor: Actor, document: Document) -> None:
        CustodyRecord.objects.filter(pk=row.pk).update(content=text.decode(), sha256=digest)
        note = f"Custody record {reference}, SHA-256 {digest}"
        link = add_custody(actor=actor, item=item, act=CustodyEntry.Act.EXPORTED, note=note)
        write_down(
            actor=actor, verb="custody.recorded", subject=item, root_id=item.incident_id,
            payload={"item": item.label, "record": row.number, "sha256": digest, "document": document.sha256, "custody": link.hash},
        )  # fmt: skip

    issue = Issue(
        kind=job.kind, reference=reference, title=f"{content.title}: {content.subtitle}"[:300], language=content.language,
        mark=content.mark, series=f"custody/{item.pk}/{row.language}", holder_id=case.incident.holder_id, then=then,
    )  # fmt: skip
    return issue, render
