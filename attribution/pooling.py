"""The scores of all assessors of a discipline together, for anybody to read (ATT-12).

The platform reads the resolved questions of each holder as that holder would see them, adds them up and keeps the sums
alone. Nobody's own score is shown in public, and nothing before enough questions have been resolved.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from core import clock
from core.tenancy import Principal, acting_as
from organisations.actors import SYSTEM_EMAIL, acting
from organisations.models import User

from .models import Panel, PooledScore
from .norms import standard_of
from .rules import Likelihood
from .rules.calibration import Pool, Scored, pooled, scored_as
from .selectors import opinions_that_count
from .services.platform import system_for


def scored_of(holder_id: int) -> list[tuple[tuple[datetime, int], Scored]]:
    """The counted estimates on one holder's resolved questions, each with when its question was resolved."""
    found = []
    with acting(system_for(holder_id)):
        panels = Panel.objects.filter(incident__holder_id=holder_id, finding__resolution__isnull=False)
        for panel in panels.select_related("finding__resolution", "incident").order_by("pk"):
            finding, answer = panel.finding, panel.finding.resolution
            standard = standard_of(finding.standard_version)
            # Whoever stepped out for a conflict of interest does not count, here as in the finding.
            rows = opinions_that_count(panel).exclude(seat__recused_reason="conflict").select_related("seat")
            for row in rows.order_by("pk"):
                said = scored_as(Likelihood(row.scale, row.likelihood), standard)
                if said is not None:
                    scored = Scored(
                        finding.pk, row.author_id, row.seat.discipline, said, answer.was_so, panel.incident.is_exercise
                    )
                    found.append(((answer.resolved_at, finding.pk), scored))
    return found


def pools() -> list[Pool]:
    """What may be shown now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT attribution_resolved_holders()")
        holders = [row[0] for row in cursor.fetchall()]
    rows = [row for holder in holders for row in scored_of(holder)]
    rows.sort(key=lambda row: row[0])
    return pooled(
        [scored for _when, scored in rows], questions=settings.CALIBRATION_QUESTIONS, people=settings.CALIBRATION_PEOPLE
    )


def write_pools() -> int:
    """Keeps the pools as they are now, and says how many; safe to run twice. A pool only grows, by whole batches."""
    found = pools()
    system = User.objects.filter(email=SYSTEM_EMAIL).first()
    if not found or system is None:
        return 0
    with acting_as(Principal(system.pk)), transaction.atomic():
        for pool in found:
            bands = [
                {"low": band.low, "high": band.high, "estimates": band.estimates, "said": band.said, "so": band.so}
                for band in pool.bands
            ]
            PooledScore.objects.update_or_create(
                discipline=pool.discipline,
                defaults={
                    "questions": pool.questions, "exercises": pool.exercises, "estimates": pool.estimates,
                    "brier": pool.brier, "bands": bands, "computed_at": clock.now(),
                },
            )  # fmt: skip
    return len(found)
