"""Figures of restoration in words: what is not known says so, what misses a part says "at least", what is rough "about"."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import formats
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.charts import number_text
from core.templatetags.norms import moment

from .. import rules
from ..metrics import Metrics
from ..models import RemediationTask, RestorationUpdate
from ..rules import PeopleTotal, Total
from ..states import OPEN, ServiceState

STATE_KIND = {
    "down": "bad",
    "manual_workaround": "warn",
    "degraded": "warn",
    "partially_restored": "info",
    "restored": "good",
    "hardened": "good",
}
STATUS_KIND = {"proposed": "", "agreed": "", "in_progress": "info", "done": "warn", "verified": "good", "cancelled": ""}


def duration_words(time: timedelta | None, *, approximate: bool = False) -> str | None:
    """ "2 d 4 h"; None stays None."""
    if time is None:
        return None
    minutes = int(time.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    numbers = {"days": formats.number_format(days, force_grouping=True), "hours": hours, "minutes": rest}
    if days:
        words = _("%(days)s d %(hours)d h") % numbers if hours else _("%(days)s d") % numbers
    elif hours:
        words = _("%(hours)d h %(minutes)d min") % numbers if rest else _("%(hours)d h") % numbers
    else:
        words = _("%(minutes)d min") % numbers
    return _("about %(duration)s") % {"duration": words} if approximate else words


def total_words(total: Total, *, approximate: bool = False) -> str | None:
    """A sum, with "at least" when a part of it is not known."""
    if total.value is None:
        return None
    words = number_text(round(total.value, 1))
    if total.at_least:
        return _("at least %(number)s") % {"number": words}
    return _("about %(number)s") % {"number": words} if approximate else words


def people_total_words(people: PeopleTotal) -> str | None:
    """The best figure there is for people without a service; "at least" when a service is not counted."""
    for total, sentence in (
        (people.best, "%(number)s"),
        (people.maximum, _("up to %(number)s")),
        (people.minimum, _("at least %(number)s")),
    ):
        if total.value is not None:
            said = _("at least %(number)s") if total.at_least else sentence
            return said % {"number": number_text(total.value)}
    return None


def capacity_words(capacity: int | None) -> str | None:
    """ "40 %"."""
    return None if capacity is None else _("%(number)d %%") % {"number": capacity}


def target_words(metrics: Metrics, target: timedelta | None) -> str:
    """The target, and whether it was kept: in words, never by colour alone."""
    if target is None:
        return _("No target set")
    told = {"target": duration_words(target)}
    if metrics.target_met is True:
        return _("%(target)s: met") % told
    if metrics.target_met is False and metrics.to_restore is not None:
        return _("%(target)s: missed by %(late)s") % {**told, "late": duration_words(metrics.to_restore - target)}
    if metrics.overdue_by is not None:
        return _("%(target)s: passed %(late)s ago") % {**told, "late": duration_words(metrics.overdue_by)}
    if metrics.to_restore is not None:
        return _("%(target)s: the dates are not exact enough to say whether it was met") % told
    return str(told["target"])


def since_words(update: RestorationUpdate) -> str:
    """A moment as exactly as it is known, as plain text."""
    return strip_tags(str(moment(update.at, update.at_precision)))


def state_words(state: str) -> str:
    """The state, or that nothing was reported."""
    return str(dict(ServiceState.choices).get(ServiceState(state), state)) if state else _("No report yet")


def due_words(task: RemediationTask) -> str:
    """Overdue in words, for tasks still to be done."""
    if task.due is None or task.status not in OPEN:
        return ""
    days = (clock.today() - task.due).days
    if days > 0:
        return ngettext("Overdue by %(n)d day", "Overdue by %(n)d days", days) % {"n": days}
    if days == 0:
        return _("Due today")
    return ngettext("Due in %(n)d day", "Due in %(n)d days", -days) % {"n": -days} if days >= -7 else ""


def is_overdue(task: RemediationTask, on: date | None = None) -> bool:
    """Still to be done, though the day is past."""
    return bool(task.due and task.status in OPEN and task.due < (on or clock.today()))


def late_words(due: datetime) -> str:
    """How long an update has been missing."""
    return _("Overdue by %(duration)s") % {"duration": duration_words(clock.now() - due)}


def metric_rows(metrics: Metrics, target: timedelta | None, state: str) -> list[dict[str, Any]]:
    """The figures of a service as rows of a summary list."""
    rough = metrics.approximate
    return [
        {"label": _("Time to manual workaround"), "value": duration_words(metrics.to_workaround, approximate=rough)},
        {
            "label": _("Time to restore"),
            "value": duration_words(metrics.to_restore, approximate=rough),
            "empty": _("Not known") if in_service(state) else _("Not restored yet"),
        },
        {"label": _("Hours of service lost"), "value": total_words(metrics.hours_lost, approximate=rough)},
        {"label": _("Target time to recover"), "value": target_words(metrics, target)},
    ]


def in_service(state: str) -> bool:
    """Whether people can count on it again."""
    return state in rules.IN_SERVICE
