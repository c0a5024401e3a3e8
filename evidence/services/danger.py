"""Malware is evidence: marked, scanned when a scanner is configured, kept as it is, and never handed out bare."""

from django.conf import settings
from django.db import transaction

from core.errors import Invalid
from incidents.facts import clean_text
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from .. import clamd, storage
from ..access import file_of, own_item_for
from ..models import EvidenceItem, FileScan, IntakeJob, StoredFile
from . import jobs


def set_dangerous(*, actor: Actor, item: EvidenceItem, file: StoredFile, by: str) -> None:
    """From here on the file leaves only inside an archive. `by`: person, scan, eicar."""
    if file.dangerous:
        return
    file.dangerous = True
    file.save(update_fields=["dangerous"])
    record(
        actor=actor, verb="evidence.dangerous", subject=file, root_id=item.incident_id,
        payload={"item": item.label, "sha256": file.sha256, "by": by},
    )  # fmt: skip


@transaction.atomic
def mark_dangerous(*, actor: Actor, reference: str, label: str, sha256: str, reason: str) -> StoredFile:
    """A person says that a file would do harm. It is never taken back: a false alarm costs an archive."""
    _case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    file = file_of(item, sha256)
    errors: dict[str, list[object]] = {}
    clean_text(reason, "reason", errors, required=True)
    if errors:
        raise Invalid(errors)
    set_dangerous(actor=actor, item=item, file=file, by="person")
    return file


def do_scan(actor: Actor, job: IntakeJob) -> None:
    """Sends the bytes to the scanner, outside any transaction, and keeps its verdict."""
    if job.file is None or not settings.CLAMD_ADDRESS:
        raise jobs.WorkFailed("no_scanner")
    try:
        with storage.store().open(job.file.path) as handle:
            said = clamd.scan(settings.CLAMD_ADDRESS, storage.pieces(handle))
    except clamd.ScannerUnavailable as problem:
        raise jobs.WorkFailed("scanner_unavailable") from problem
    except OSError as problem:
        raise jobs.WorkFailed("original_unavailable") from problem
    with acting(actor):
        if not jobs.still_ours(job):
            return
        file = StoredFile.objects.select_for_update(of=("self",), no_key=True).get(pk=job.file.pk)
        scan = FileScan.objects.create(
            incident_id=job.incident_id, file=file, outcome=said.outcome, name=said.name, engine=said.engine,
            database=said.database, asked_by=actor.user,
        )  # fmt: skip
        record(
            actor=actor, verb="evidence.scanned", subject=file, root_id=job.incident_id,
            payload={"item": job.item.label, "sha256": file.sha256, "outcome": scan.outcome, "database": scan.database},
        )  # fmt: skip
        if said.outcome == FileScan.Outcome.FOUND:
            set_dangerous(actor=actor, item=job.item, file=file, by="scan")
        told = {"outcome": said.outcome, "name": said.name, "engine": said.engine, "database": said.database}
        jobs.finish(job=job, outcome=told)
