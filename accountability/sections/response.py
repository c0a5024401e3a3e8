"""What was done to restore services and who did it; the measures taken stand apart (protection does not wait for blame)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.charts import Lane, Span, state_timeline
from documents.blocks import Block, Facts, Heading, Nothing, Picture, Points, Table
from instruments import taxonomy
from remediation.models import RemediationTask
from remediation.selectors import Overview, ServiceRow, as_of, overview, tasks_of
from remediation.states import ServiceState, TaskStatus

from .case import with_notes
from .registry import Material, fills
from .words import day, moment_text

# The chart knows fewer states than the taxonomy: everything between down and restored is drawn as degraded.
DRAWN = {
    ServiceState.DOWN: "down",
    ServiceState.MANUAL_WORKAROUND: "degraded",
    ServiceState.DEGRADED: "degraded",
    ServiceState.PARTIALLY_RESTORED: "degraded",
    ServiceState.RESTORED: "restored",
    ServiceState.HARDENED: "restored",
}


def length(taken: timedelta | None) -> str:
    """A duration in hours and days, as exact as it matters."""
    if taken is None:
        return _("Not known")
    hours = taken.total_seconds() / 3600
    if hours < 1:
        return _("under an hour")
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", round(hours)) % {"n": round(hours)}
    return ngettext("%(n)s day", "%(n)s days", round(hours / 24)) % {"n": round(hours / 24)}


def target_words(met: bool | None) -> str:  # noqa: FBT001  (three answers: yes, no, not known)
    """Whether the target was met; not known is an answer."""
    return _("Not known") if met is None else _("Met") if met else _("Not met")


def lane_of(row: ServiceRow) -> Lane:
    """One service's states, as far as their moments are known."""
    changes = sorted(
        (update for update in row.history if update.at), key=lambda update: update.at or as_of(update.incident)
    )
    ends: list[datetime | None] = [*(change.at for change in changes[1:]), None]
    spans = [
        Span(start=change.at, state=DRAWN[ServiceState(change.state)], end=end)
        for change, end in zip(changes, ends, strict=False)  # no change, no span
        if change.at
    ]
    return Lane(row.hit.name, tuple(spans))


def service_row(row: ServiceRow, names: dict[str, str]) -> tuple[str, ...]:
    """One service as a line of the table."""
    latest = row.latest
    state = str(latest.get_state_display()) if latest else _("Not reported")
    since = moment_text(row.since.at, row.since.at_precision) if row.since else _("Not known")
    kind = names.get(row.hit.service, row.hit.service)
    return (row.hit.name, kind, state, since, length(row.metrics.to_restore), target_words(row.metrics.target_met))


def restoration(found: Overview, material: Material) -> list[Block]:
    """The way back of each service, in the order of care."""
    names = dict(taxonomy.services())
    lanes = [lane for lane in map(lane_of, found.services) if lane.spans]
    blocks: list[Block] = [Heading(_("Services, in the order of care"))]
    rows = tuple(service_row(row, names) for row in found.services)
    if lanes:
        figure = state_timeline(
            figure_id="restoration", title=_("From outage to restoration"), lanes=lanes, until=as_of(material.incident),
            headers=(_("Service"), _("State"), _("From"), _("To")),
        )  # fmt: skip
        spoken = "; ".join(f"{row[0]}: {row[2]}" for row in rows[:12])
        alt = _("Timeline of each service from outage to restoration, all times UTC. Today: %(rows)s.") % {
            "rows": spoken
        }
        blocks.append(
            Picture(
                "restoration", figure.svg, alt, with_notes(_("From outage to restoration; all times are UTC"), figure)
            )
        )
    heads = (_("Service"), _("Kind"), _("State"), _("Since"), _("Time to restore"), _("Target"))
    blocks.append(Table("restoration", _("Restoration of essential services"), heads, rows))
    hours = found.hours_lost
    lost = _("Not known") if hours.value is None else _("%(hours)s hours") % {"hours": round(hours.value)}
    if hours.at_least:
        lost = _("at least %(sum)s") % {"sum": lost}
    blocks.append(Facts(_("All services together"), ((_("Service hours lost"), lost),)))
    return blocks


def task_row(task: RemediationTask) -> tuple[str, ...]:
    """One task as a line of the table."""
    due = day(task.due) if task.due else _("no date")
    return (
        task.reference,
        task.title,
        task.organisation.name,
        due,
        str(task.get_status_display()),
        task.completion or _("none yet"),
    )


@fills("response")
def response(material: Material) -> list[Block]:
    """Restoration and tasks."""
    found = overview(material.incident)
    blocks: list[Block] = (
        restoration(found, material) if found.services else [Nothing(_("No essential service is recorded as hit."))]
    )
    tasks = list(tasks_of(material.incident, material.actor))
    blocks.append(Heading(_("Tasks")))
    if not tasks:
        return [*blocks, Nothing(_("No remediation task is recorded."))]
    heads = (_("Number"), _("Task"), _("Owner"), _("Due"), _("Status"), _("Evidence of completion"))
    rows = tuple(task_row(task) for task in sorted(tasks, key=lambda task: task.number))
    return [*blocks, Table("tasks", _("Remediation tasks"), heads, rows, code=(0,))]


@fills("what_worked")
def what_worked(material: Material) -> list[Block]:
    """What the record itself shows to have worked: targets met, tasks another person verified."""
    found = overview(material.incident)
    points = [
        _("%(service)s was restored within its target: %(time)s.")
        % {"service": row.hit.name, "time": length(row.metrics.to_restore)}
        for row in found.services
        if row.metrics.target_met
    ]
    verified = tasks_of(material.incident, material.actor).filter(status=TaskStatus.VERIFIED).count()
    if verified:
        points.append(
            ngettext(
                "%(count)s task was done and verified by somebody other than its doer.",
                "%(count)s tasks were done and each verified by somebody other than its doer.",
                verified,
            )
            % {"count": verified}
        )
    return [Points(tuple(points))] if points else []
