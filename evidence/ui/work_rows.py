"""What an item's page says of its files' danger and of the work done on it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import EvidenceItem, FileScan, IntakeJob, StoredFile
from ..services.taking_apart import may_be_message
from ..words import WORK_FAILED

TAGS = {"queued": "info", "running": "info", "done": "good", "failed": "bad"}
REASONS = {"empty": _("empty"), "repeated": _("the same bytes as another part")}


def work_of(item: EvidenceItem, files: list[StoredFile]) -> dict[str, Any]:
    """One statement: work, and with it what the newest scan of each file said."""
    work = list(IntakeJob.objects.filter(item=item).select_related("file").order_by("pk"))
    scans: dict[int | None, dict[str, Any]] = {}
    for job in work:
        if job.kind == IntakeJob.Kind.SCAN and job.state == IntakeJob.State.DONE:
            label = FileScan.Outcome(job.outcome["outcome"]).label
            scans[job.file_id] = {**job.outcome, "label": label, "scanned_at": job.finished_at}
    apart = {job.file_id for job in work if job.kind == IntakeJob.Kind.MAIL and job.state != IntakeJob.State.FAILED}
    return {
        "handling": [
            {
                "file": file,
                "scan": scans.get(file.pk),
                "may_take_apart": file.pk not in apart and may_be_message(file),
            }
            for file in files
        ],
        "work": [
            {
                "job": job,
                "tag": TAGS[job.state],
                "why": WORK_FAILED.get(job.error_code, job.error_code),
                "items": job.outcome.get("items", []),
                "left_out": [
                    {"place": place, "name": name, "why": REASONS.get(why, why)}
                    for place, name, why in job.outcome.get("left_out", [])
                ],
            }
            for job in work
        ],
    }
