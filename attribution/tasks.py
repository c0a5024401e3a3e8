"""The clock of provisional findings (R2.14, ATT-9)."""

import structlog
from celery import shared_task
from django.db import connection, transaction

from core import clock
from ledger.services import record
from organisations.actors import acting

from .models import Finding
from .services.panels import system_for

log = structlog.get_logger(__name__)


def flag_holder(holder_id: int) -> int:
    """Flags one holder's findings whose review is overdue; each once per date. The platform acts for the holder, no more."""
    today = clock.today()
    system = system_for(holder_id)
    with acting(system):
        due = Finding.objects.overdue(today).filter(incident__holder_id=holder_id, flagged_overdue_on__isnull=True)
        findings = list(due.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk"))
        for finding in findings:
            finding.flagged_overdue_on = today
            finding.save(update_fields=["flagged_overdue_on"])
            record(
                actor=system, verb="finding.overdue", subject=finding, root_id=finding.incident_id,
                payload={"finding": finding.label, "review_on": finding.review_on.isoformat()},
                instruments={"evidence-standard": finding.standard_version},
            )  # fmt: skip
    return len(findings)


@shared_task(name="attribution.tasks.flag_overdue", ignore_result=True)
def flag_overdue() -> None:
    """Holder after holder; safe to run twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT attribution_overdue_holders(%s)", [clock.today()])
        holders = [row[0] for row in cursor.fetchall()]
    flagged = sum(flag_holder(holder) for holder in holders)
    log.info("findings_overdue", flagged=flagged)
