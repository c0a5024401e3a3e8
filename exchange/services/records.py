"""Custody records: asked for, tried again, taken."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Invalid
from core.marks import Way, above, strictest
from documents import languages
from documents import services as jobs
from documents.states import OPEN
from evidence.access import item_for
from evidence.models import CustodyEntry, EvidenceItem
from incidents.hiding import must_show_names
from incidents.marks import Marked, must_be_cleared
from incidents.numbering import lock, next_number
from ledger.services import record as write_down
from organisations.actors import Actor
from organisations.roles import Action

from ..errors import NotReady, RecordOvertaken
from ..models import CustodyRecord
from ..selectors import record_of

KIND = "custody-record"


def marked(item: EvidenceItem) -> list[Marked]:
    """What a custody record tells of."""
    case = item.incident
    return [(case.reference, case.mark, case.holder_id), (item.label, item.mark, item.organisation_id)]


@transaction.atomic
def request_record(*, actor: Actor, reference: str, label: str, language: str = "en") -> CustodyRecord:
    """Asks for an item's custody record; a worker makes it. Asked again while one is being made: the same one (ATT-3)."""
    case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    must_show_names(case.incident)
    if language not in dict(languages.available()):
        raise Invalid({"language": [_("Choose a language from the list.")]})
    must_be_cleared(actor, case.incident, marked(item), Way.TAKEN)
    lock(case.incident, f"exchange.record.{item.pk}")
    running = CustodyRecord.objects.filter(item=item, language=language, job__state__in=OPEN).first()
    if running is not None:
        return record_of(item, running.number)
    number = next_number(CustodyRecord.objects.filter(item=item))
    job = jobs.enqueue(actor=actor, key=f"{KIND}/{item.pk}/{number}", kind=KIND, incident_id=case.incident.pk)
    row = CustodyRecord.objects.create(
        incident=case.incident, item=item, number=number, language=language, asked_by=actor.user,
        organisation=actor.organisation, job=job,
    )  # fmt: skip
    write_down(
        actor=actor, verb="custody.requested", subject=item, root_id=case.incident.pk, payload={"item": item.label, "record": number}
    )  # fmt: skip
    return row


@transaction.atomic
def retry_record(*, actor: Actor, reference: str, label: str, number: int) -> CustodyRecord:
    """Tries a failed one again, as whoever asks now."""
    _case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    jobs.retry(actor=actor, job=record_of(item, number).job)
    return record_of(item, number)


def must_be_tellable(actor: Actor, item: EvidenceItem, row: CustodyRecord) -> None:
    """A record made before an item was sealed names what the seal closes; one of a stricter item than it says is not handed out."""
    must_show_names(item.incident)
    must_be_cleared(actor, item.incident, marked(item), Way.TAKEN)
    told = row.job.result
    if told is not None and above([(item.label, strictest(item.incident.mark, item.mark))], told.mark):
        raise RecordOvertaken
    last = CustodyEntry.objects.filter(item=item, act=CustodyEntry.Act.SEALED).order_by("-place").first()
    if item.sealed and (last is None or row.job.finished_at is None or row.job.finished_at < last.at):
        raise RecordOvertaken


@transaction.atomic
def read_record(*, actor: Actor, reference: str, label: str, number: int) -> tuple[CustodyRecord, bytes]:
    """The PDF as issued, hashed again, with who took it in the ledger."""
    _case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    row = record_of(item, number)
    if row.job.result is None:
        raise NotReady
    must_be_tellable(actor, item, row)
    return row, jobs.open_document(actor=actor, document=row.job.result)


@transaction.atomic
def read_record_data(*, actor: Actor, reference: str, label: str, number: int) -> tuple[CustodyRecord, bytes]:
    """The same as data, as it was attached to the PDF."""
    _case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    row = record_of(item, number)
    if not row.sha256:
        raise NotReady
    must_be_tellable(actor, item, row)
    write_down(
        actor=actor, verb="custody.read", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "record": number, "sha256": row.sha256},
    )  # fmt: skip
    return row, row.content.encode()
