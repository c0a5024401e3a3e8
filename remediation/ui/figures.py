"""The services of a case on one scale of time."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.charts import Figure, Lane, Span, state_timeline

from .. import rules
from ..models import RestorationUpdate
from ..selectors import ServiceRow
from .words import since_words


def spans_of(history: list[RestorationUpdate]) -> tuple[Span, ...]:
    """Stretches between known moments. Where an undated report fell in between, the stretch is "not known"."""
    spans: list[Span] = []
    dated: list[tuple[int, datetime]] = [(at, update.at) for at, update in enumerate(history) if update.at is not None]
    for number, (place, start) in enumerate(dated):
        follows = dated[number + 1] if number + 1 < len(dated) else None
        undated = (follows[0] if follows else len(history)) > place + 1
        state = "unknown" if undated else history[place].state
        end = follows[1] if follows else None
        end_words = since_words(history[follows[0]]) if follows else ""
        if spans and spans[-1].state == state and not undated:
            spans[-1] = Span(spans[-1].start, state, end, spans[-1].start_words, end_words)
        else:
            spans.append(Span(start, state, end, since_words(history[place]), end_words))
    return tuple(spans)


def timeline(rows: list[ServiceRow], *, until: datetime, figure_id: str = "restoration") -> Figure | None:
    """The chart with its table; None when nothing was dated yet."""
    lanes = []
    for row in rows:
        spans = spans_of(row.history)
        began, target = rules.outage_began(row.view), row.view.target
        if spans:
            lanes.append(Lane(row.hit.name, spans, began + target if began and target else None))
    if not lanes:
        return None
    return state_timeline(
        figure_id=figure_id,
        title=_("From outage to restoration"),
        description=_("Services are in the order of care: life-safety first, then by people affected.")
        if len(rows) > 1
        else "",
        lanes=lanes,
        until=until,
        headers=(_("Service"), _("State"), _("From"), _("To")),
    )
