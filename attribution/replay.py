"""A finding replayed by date: what the rules would have said on each day, from what was known by then (ATT-8).

An item was known when it was said in public, else when it was collected, else when it was received here. What people did
here (contests they put on record, panels before they were convened) is left out of earlier days: the day's evidence speaks.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from evidence.models import EvidenceItem
from incidents.models import Precision

from .models import Finding, Panel
from .rules import Text, TierReport, known_by, tier_report
from .selectors import panel_that_counts, views_of


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which something became known, and how the finding would have stood at its end."""

    on: date
    items: tuple[str, ...]
    tier: str
    contested: bool
    standing: str
    sentence: Text
    origins: int
    changed: bool


def known_since(item: EvidenceItem) -> date:
    """The day by which an item was known to somebody who looked: the last one, where only a month or a year is known."""
    if item.statement and item.statement.said_at:
        return last_day(item.statement.said_at.date(), item.statement.said_precision)
    if item.collected_at:
        return last_day(item.collected_at.date(), item.collected_precision)
    return item.received_at.date()


def last_day(day: date, precision: str) -> date:
    """The end of a moment that is known to the month or the year alone."""
    if precision == Precision.YEAR:
        return day.replace(month=12, day=31)
    if precision == Precision.MONTH:
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day


def replay(finding: Finding) -> list[Day]:
    """Day after day, oldest first. `changed`: tier, contest or the standing of its hypothesis is other than the day before."""
    record = views_of(finding)
    rows = EvidenceItem.objects.filter(incident=finding.incident).select_related("statement")
    since = {row.label: known_since(row) for row in rows}
    items = tuple(replace(item, known_on=since[item.id]) for item in record.items if item.id in since)
    lead = next(row.id for row in record.hypotheses if row.lead)
    panel = panel_that_counts(finding)
    days: list[Day] = []
    for on in sorted(set(since.values())):
        seated = record.panel if panel and convened(panel) <= on else None
        view = replace(record.finding, contests=())
        report = tier_report(view, known_by(items, on), record.hypotheses, seated, record.standard)
        days.append(
            day_of(on, (key for key, day in since.items() if day == on), report, lead, days[-1] if days else None)
        )
    return days


def convened(panel: Panel) -> date:
    """The day a panel was convened."""
    return panel.convened_at.date()


def day_of(on: date, items: Iterable[str], report: TierReport, lead: str, before: Day | None) -> Day:
    """A day from its report."""
    standing = report.standings[lead]
    now = (report.tier, report.contested, standing)
    return Day(
        on=on,
        items=tuple(sorted(items, key=lambda label: int(label.removeprefix("E-")))),
        tier=report.tier,
        contested=report.contested,
        standing=standing,
        sentence=report.sentence,
        origins=report.support.origins.total,
        changed=before is not None and (before.tier, before.contested, before.standing) != now,
    )
