"""What is done by workers and the clock: findings computed anew, reviews and opinions that fall due (R2.14, ATT-6, ATT-9)."""

from datetime import date, timedelta

import structlog
from celery import shared_task
from django.db import connection, transaction

from core import clock
from core.calendars import shift
from ledger.services import record
from organisations.actors import Actor, acting

from .models import Finding, Seat
from .pooling import write_pools
from .services import reply_files
from .services.platform import system_for
from .services.tiers import recompute_finding
from .states import Conflict, Round
from .telling import tell_opinion_due, tell_overdue, tell_review_due

log = structlog.get_logger(__name__)

# So many working days before a review or an opinion is due, people are told, by the calendar of their organisation.
REVIEW_REMINDER, OPINION_REMINDER = 3, 2
FARTHEST = timedelta(days=30)


def holders(function: str, *values: date) -> list[int]:
    """Whose cases there is something to do in, by one of the database's own questions."""
    marks = ", ".join(["%s"] * len(values))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({marks})", list(values))  # a name of this file, never of a caller
        return [row[0] for row in cursor.fetchall()]


# ── computing anew ───────────────────────────────────────────────────────────────────────────────────────────────────


def recompute_one(system: Actor, key: int) -> bool:
    """One finding in one transaction; whether there was still something to do. Killed in the middle, its mark stands."""
    with acting(system):
        found = Finding.objects.stale().filter(pk=key).select_related("incident", "hypothesis")
        finding = found.select_for_update(of=("self",), no_key=True).first()
        if finding is None:
            return False
        recompute_finding(actor=system, finding=finding, cause=finding.stale_because[-1])
        return True


@shared_task(name="attribution.tasks.recompute_stale", ignore_result=True)
def recompute_stale() -> None:
    """Every finding that was marked, holder after holder; safe to run twice, and at once: the second finds nothing to do."""
    done = 0
    for holder in holders("attribution_stale_holders"):
        system = system_for(holder)
        with acting(system):
            keys = list(
                Finding.objects.stale().filter(incident__holder_id=holder).order_by("pk").values_list("pk", flat=True)
            )
        for key in keys:
            try:
                done += recompute_one(system, key)
            except Exception:  # one that cannot be computed stays marked and stops no other
                log.exception("finding_not_computed", finding=key)
    if done:
        log.info("findings_computed", findings=done)


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def flag_holder(holder_id: int) -> int:
    """Flags one holder's findings whose review is overdue; each once per date. The platform acts for the holder, no more."""
    today = clock.today()
    system = system_for(holder_id)
    with acting(system):
        due = Finding.objects.overdue(today).filter(incident__holder_id=holder_id, flagged_overdue_on__isnull=True)
        due = due.select_related("incident__holder", "proposed_by")
        findings = list(due.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk"))
        for finding in findings:
            finding.flagged_overdue_on = today
            finding.save(update_fields=["flagged_overdue_on"])
            record(
                actor=system, verb="finding.overdue", subject=finding, root_id=finding.incident_id,
                payload={"finding": finding.label, "review_on": finding.review_on.isoformat()},
                instruments={"evidence-standard": finding.standard_version},
            )  # fmt: skip
            tell_overdue(finding)
    return len(findings)


@shared_task(name="attribution.tasks.flag_overdue", ignore_result=True)
def flag_overdue() -> None:
    """Holder after holder; safe to run twice."""
    flagged = sum(flag_holder(holder) for holder in holders("attribution_overdue_holders", clock.today()))
    log.info("findings_overdue", flagged=flagged)


def remind_holder(holder_id: int, today: date) -> None:
    """Tells of one holder's reviews and opinions that fall due soon; the inbox keeps each once."""
    system = system_for(holder_id)
    with acting(system):
        due = Finding.objects.standing().filter(
            incident__holder_id=holder_id, tier="T1", review_on__range=(today, today + FARTHEST)
        )
        for finding in due.select_related("incident__holder", "proposed_by"):
            if shift(finding.review_on, -REVIEW_REMINDER, system.organisation.country) <= today:
                tell_review_due(finding)
        waiting = Seat.objects.filter(
            incident__holder_id=holder_id, panel__state=Round.SEALED, panel__deadline__gte=clock.now(),
            panel__deadline__date__lte=today + FARTHEST, conflict=Conflict.NONE, recused_at__isnull=True,
            sealed_at__isnull=True,
        )  # fmt: skip
        for seat in waiting.select_related("panel__finding", "incident", "member", "organisation"):
            if shift(seat.panel.deadline.date(), -OPINION_REMINDER, seat.organisation.country) <= today:
                tell_opinion_due(seat)


@shared_task(name="attribution.tasks.remind", ignore_result=True)
def remind() -> None:
    """Every hour; safe to run twice."""
    today = clock.today()
    for holder in holders("attribution_due_holders", today, today + FARTHEST):
        remind_holder(holder, today)


@shared_task(name="attribution.tasks.free_seats", ignore_result=True)
def free_seats() -> None:
    """Seats of people whose membership has run out by its date; an ended membership frees them at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT attribution_lapsed_seats()")


@shared_task(name="attribution.tasks.pool_scores", ignore_result=True)
def pool_scores() -> None:
    """The pooled scores of each discipline, for anybody to read."""
    log.info("scores_pooled", disciplines=write_pools())


@shared_task(
    name="attribution.tasks.scan_reply_file",
    ignore_result=True,
    acks_late=True,
    autoretry_for=(OSError,),
    retry_backoff=True,
    max_retries=8,
)
def scan_reply_file(file_id: int, holder_id: int) -> None:
    """Has a scanner look at a file that came with a reply; until it has, the file leaves packed only. Safe to run twice."""
    reply_files.scan(file_id, holder_id)
