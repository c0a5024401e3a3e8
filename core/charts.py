"""Charts as SVG text, drawn on the server once for page, download and PDF, each with the table of the same numbers.

The same input always gives the same bytes (a signed release can contain a chart). No inline style: colours are
presentation attributes of the light palette, so that a downloaded or printed file stands alone, and classes that the
style sheet answers in either theme. Every series has a pattern of its own as well as a colour, and every value is
also written as a number. Text is escaped here and nowhere else.

A value is a number, or one of the marks of official statistics: suppressed, unknown, not available, not applicable.
A mark is never drawn as zero.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import pairwise
from typing import Any, Literal

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext
from django.utils.translation import gettext_lazy as _

Mark = Literal["c", "u", "x", "z"]
Value = int | float | Mark | None  # None is "not known" ("u")

MARKS: dict[str, Any] = {
    "c": _("suppressed to protect people"),
    "u": _("not known"),
    "x": _("not available"),
    "z": _("not applicable"),
}
PALETTE = ("#12436d", "#1c8279", "#801650", "#c24c0c")
NONE, INK, SOFT, GRID, AXIS, SURFACE = "#737f83", "#1a2529", "#4b595e", "#d8d5cb", "#737f83", "#ffffff"
WIDTH = 640
MOST_SERIES = len(PALETTE)


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars or one line; `values` in the order of the categories."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: the text, and whether it is a number (set to the end of its column)."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn chart and its table. `notes` explains the marks that occur in it."""

    id: str
    title: str
    description: str
    svg: SafeString
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[tuple[str, str], ...] = ()  # (mark or "", words)
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one state. `end` None: it lasts.

    A moment known only to the day has words of its own for the table and the tip: no midnight is made up.
    """

    start: datetime
    state: str
    end: datetime | None = None
    start_words: str = ""
    end_words: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One service on the timeline; `target` is when it was to be restored."""

    label: str
    spans: tuple[Span, ...] = field(default=())
    target: datetime | None = None


# States of a service, worst first: words, colour (an index of the palette, 0 for none) and pattern.
STATES: dict[str, tuple[Any, int, str]] = {
    "down": (_("Down"), 3, "solid"),
    "manual_workaround": (_("Manual workaround"), 4, "dots"),
    "degraded": (_("Degraded"), 4, "rising"),
    "partially_restored": (_("Partially restored"), 2, "rising"),
    "restored": (_("Restored"), 2, "dots"),
    "hardened": (_("Hardened"), 1, "rising"),
    "confirmed": (_("Confirmed by the service"), 1, "solid"),
    "unknown": (_("Not known"), 0, "falling"),
}
PATTERNS = ("solid", "rising", "dots", "falling")


def number_text(value: float) -> str:
    """A number as the reader's language writes it; whole numbers without decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    places = None if isinstance(value, int) else 1
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def value_text(value: Value) -> str:
    if value is None:
        return "[u]"
    return f"[{value}]" if isinstance(value, str) else number_text(value)


def _mark_notes(values: Iterable[Value]) -> tuple[tuple[str, str], ...]:
    seen = {"u" if value is None else value for value in values if value is None or isinstance(value, str)}
    return tuple((f"[{mark}]", str(MARKS[mark])) for mark in MARKS if mark in seen)


def nice_top(highest: float) -> tuple[float, float]:
    """The top of an axis and the step between its lines: 1, 2 or 5 times a power of ten, four to six lines."""
    if highest <= 0:
        return 1, 1
    step = 1.0
    while step * 50 < highest:
        step *= 10
    step *= next(factor for factor in (1, 2, 5, 10) if step * factor * 5 >= highest)
    lines = -(-highest // step)
    return step * lines, step


class Canvas:
    """Collects SVG text; `x` mirrors positions in a right-to-left page, everything is escaped on the way in."""

    def __init__(self, figure_id: str, *, rtl: bool) -> None:
        self.id, self.rtl, self.parts = figure_id, rtl, list[str]()

    def x(self, at: float, width: float = 0) -> str:
        return f"{round(WIDTH - at - width if self.rtl else at, 1):g}"

    def text(
        self, at: float, y: float, words: str, *, anchor: str = "start", css: str = "ch-ink", size: int = 14,
        bold: bool = False,
    ) -> None:  # fmt: skip
        fill = SOFT if css == "ch-soft" else INK
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{self.x(at)}" y="{y:g}" class="{css}" fill="{fill}" font-size="{size}" text-anchor="{anchor}"'
            f"{weight}>{escape(words)}</text>"
        )

    def rect(self, at: float, y: float, width: float, height: float, paint: str, tip: str = "") -> None:
        title = f"<title>{escape(tip)}</title>" if tip else ""
        self.parts.append(
            f'<rect x="{self.x(at, width)}" y="{y:g}" width="{round(width, 1):g}" height="{height:g}" {paint}>'
            f"{title}</rect>"
        )

    def line(
        self, a: float, y1: float, b: float, y2: float, css: str, colour: str, *, width: float = 1, dash: str = ""
    ) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{self.x(a)}" y1="{y1:g}" x2="{self.x(b)}" y2="{y2:g}" class="{css}" stroke="{colour}"'
            f' stroke-width="{width:g}"{dashes}/>'
        )

    def pattern_id(self, colour: int, pattern: str) -> str:
        return f"{escape(self.id)}-{pattern}{colour}"

    def paint(self, colour: int, pattern: str) -> str:
        """The attributes that fill a shape. Also a stroke, so that a pattern has an edge of full contrast."""
        plain = PALETTE[colour - 1] if colour else NONE
        if pattern == "solid":
            return f'class="ch-f{colour}" fill="{plain}"'
        return f'class="ch-s{colour}" fill="url(#{self.pattern_id(colour, pattern)})" stroke="{plain}"'

    def pattern(self, colour: int, pattern: str) -> str:
        plain = PALETTE[colour - 1] if colour else NONE
        ground = f'<rect width="8" height="8" class="ch-f{colour}" fill="{plain}"/>'
        drawn = {
            "rising": f'<path d="M-2 6L6 -2M2 10L10 2" class="ch-hatch" stroke="{SURFACE}" stroke-width="1.6"/>',
            "falling": f'<path d="M-2 2L6 10M2 -2L10 6" class="ch-hatch" stroke="{SURFACE}" stroke-width="1.6"/>',
            "dots": f'<circle cx="4" cy="4" r="1.5" class="ch-surface" fill="{SURFACE}"/>',
        }[pattern]
        return (
            f'<pattern id="{self.pattern_id(colour, pattern)}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f"{ground}{drawn}</pattern>"
        )

    def svg(self, *, height: float, title: str, description: str, patterns: Iterable[tuple[int, str]]) -> SafeString:
        defs = "".join(self.pattern(colour, pattern) for colour, pattern in patterns if pattern != "solid")
        name = escape(self.id)
        direction = "rtl" if self.rtl else "ltr"
        return mark_safe(  # noqa: S308  (every text above went through escape)
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
            f' role="img" aria-labelledby="{name}-title {name}-desc" direction="{direction}"'
            f' font-family="sans-serif"><title id="{name}-title">{escape(title)}</title>'
            f'<desc id="{name}-desc">{escape(description)}</desc>'
            f"<defs>{defs}</defs>{''.join(self.parts)}</svg>"
        )


def _shorten(words: str, room: int) -> str:
    return words if len(words) <= room else f"{words[: room - 1].rstrip()}…"


def _series_style(index: int) -> tuple[int, str]:
    return index + 1, PATTERNS[index]


def _legend(canvas: Canvas, entries: Sequence[tuple[str, Callable[[float, float], None]]], y: float) -> float:
    """The key, above the chart: each entry draws its own sample. Returns where the chart may begin."""
    at = 0.0
    for words, draw in entries:
        label = _shorten(words, 40)
        width = 34 + 7.6 * len(label) + 18
        if at and at + width > WIDTH:
            at, y = 0.0, y + 24
        draw(at, y)
        canvas.text(at + 32, y + 13, label, size=13)
        at += width
    return y + 30


def _swatch(canvas: Canvas, style: tuple[int, str]) -> Callable[[float, float], None]:
    return lambda at, y: canvas.rect(at + 1, y + 1, 24, 14, canvas.paint(*style))


def _stroke(canvas: Canvas, index: int) -> Callable[[float, float], None]:
    def draw(at: float, y: float) -> None:
        canvas.line(at + 1, y + 8, at + 25, y + 8, f"ch-s{index + 1}", PALETTE[index], width=2.5, dash=DASHES[index])
        canvas.parts.append(_point(canvas, index, at + 13, y + 8))

    return draw


def _check(categories: Sequence[str], series: Sequence[Series]) -> None:
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"A chart shows one to {MOST_SERIES} series; use a table for {len(series)}.")
    for one in series:
        if len(one.values) != len(categories):
            raise ValueError(f"{one.name}: {len(one.values)} values for {len(categories)} categories.")
        if any(isinstance(value, (int, float)) and value < 0 for value in one.values):
            raise ValueError(f"{one.name}: bars and lines start at zero.")
        if any(isinstance(value, str) and value not in MARKS for value in one.values):
            raise ValueError(f"{one.name}: unknown mark.")


def _table(
    head: str, categories: Sequence[str], series: Sequence[Series]
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    headers = (head, *(one.name for one in series))
    rows = tuple(
        (Cell(category), *(Cell(value_text(one.values[at]), number=True) for one in series))
        for at, category in enumerate(categories)
    )
    return headers, rows


def _numbers(series: Sequence[Series]) -> list[float]:
    return [value for one in series for value in one.values if isinstance(value, (int, float))]


def bar_chart(
    *,
    figure_id: str,
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    head: str,
    description: str = "",
    stacked: bool = False,
    rtl: bool | None = None,
    links: tuple[tuple[str, str], ...] = (),
) -> Figure:
    """Horizontal bars, the label above each so that long names stay whole; one to four series, side by side or stacked.

    A stacked bar with a suppressed part has no total written on it: the total would give the part away.
    """
    _check(categories, series)
    canvas = Canvas(figure_id, rtl=get_language_bidi() if rtl is None else rtl)
    numbers = _numbers(series)
    totals = [
        sum(value for one in series if isinstance(value := one.values[at], (int, float)))
        for at in range(len(categories))
    ]
    top, step = nice_top(max(totals if stacked else numbers, default=0))
    left, right = 2.0, WIDTH - 74.0
    scale = (right - left) / top
    y = 4.0
    if len(series) > 1:
        y = _legend(canvas, [(one.name, _swatch(canvas, _series_style(at))) for at, one in enumerate(series)], y)
    begin = y
    thick = 18.0 if stacked or len(series) == 1 else 14.0
    body = Canvas(figure_id, rtl=canvas.rtl)
    for at, category in enumerate(categories):
        body.text(left + 5, y + 14, _shorten(category, 78))
        y += 21
        if stacked:
            offset = left
            for index, one in enumerate(series):
                value = one.values[at]
                if isinstance(value, (int, float)) and value > 0:
                    width = value * scale
                    paint = body.paint(*_series_style(index))
                    body.rect(offset, y, width, thick, paint, f"{category}, {one.name}: {value_text(value)}")
                    offset += width + 1.5
            whole = all(isinstance(one.values[at], (int, float)) for one in series)
            hidden = " ".join(
                sorted({value_text(one.values[at]) for one in series if not isinstance(one.values[at], (int, float))})
            )
            body.text(offset + 6, y + thick - 4, number_text(totals[at]) if whole else hidden, css="ch-soft", size=13)
            y += thick
        else:
            for index, one in enumerate(series):
                value = one.values[at]
                width = value * scale if isinstance(value, (int, float)) else 0.0
                if width:
                    paint = body.paint(*_series_style(index))
                    body.rect(left, y, width, thick, paint, f"{category}, {one.name}: {value_text(value)}")
                body.text(left + width + 6, y + thick - 3.5, value_text(value), css="ch-soft", size=13)
                y += thick + 2
        y += 12
    end = y - 4
    position = 0.0
    while position <= top + step / 1000:
        canvas.line(left + position * scale, begin, left + position * scale, end, "ch-grid", GRID)
        canvas.text(left + position * scale, end + 17, number_text(position), css="ch-soft", size=12,
                    anchor="start" if position == 0 else "middle")  # fmt: skip
        position += step
    canvas.line(left, begin, left, end, "ch-axis", AXIS, width=1.5)
    canvas.parts += body.parts
    headers, rows = _table(head, categories, series)
    return Figure(
        id=figure_id,
        title=title,
        description=description,
        svg=canvas.svg(
            height=end + 26,
            title=title,
            description=description or title,
            patterns=[_series_style(at) for at in range(len(series))],
        ),
        headers=headers,
        rows=rows,
        notes=_mark_notes(value for one in series for value in one.values),
        links=links,
    )


# A line is told apart by its dashes and by the shape of its points.
DASHES = ("", "7 4", "2 3", "9 3 2 3")


def _point(canvas: Canvas, index: int, at: float, y: float) -> str:
    x = float(canvas.x(at))
    paint = f'class="ch-f{index + 1}" fill="{PALETTE[index]}"'
    match index:
        case 0:
            return f'<circle cx="{x:g}" cy="{y:g}" r="4" {paint}/>'
        case 1:
            return f'<rect x="{x - 4:g}" y="{y - 4:g}" width="8" height="8" {paint}/>'
        case 2:
            return f'<path d="M{x:g} {y - 5:g}l5 9h-10z" {paint}/>'
        case _:
            return f'<path d="M{x:g} {y - 5:g}l5 5l-5 5l-5 -5z" {paint}/>'


def line_chart(
    *,
    figure_id: str,
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    head: str,
    description: str = "",
    rtl: bool | None = None,
    links: tuple[tuple[str, str], ...] = (),
) -> Figure:
    """Lines over time from a zero base. Where a value is a mark the line is broken: nothing is drawn through a gap."""
    _check(categories, series)
    canvas = Canvas(figure_id, rtl=get_language_bidi() if rtl is None else rtl)
    top, step = nice_top(max(_numbers(series), default=0))
    y = 4.0
    if len(series) > 1:
        y = _legend(canvas, [(one.name, _stroke(canvas, at)) for at, one in enumerate(series)], y)
    left, right, begin, height = 48.0, WIDTH - 20.0, y + 8, 240.0
    end = begin + height
    gap = (right - left) / max(len(categories) - 1, 1)

    def level(value: float) -> float:
        return round(end - value / top * height, 1)

    position = 0.0
    while position <= top + step / 1000:
        canvas.line(left, level(position), right, level(position), "ch-grid", GRID)
        canvas.text(left - 8, level(position) + 4, number_text(position), css="ch-soft", size=12, anchor="end")
        position += step
    every = -(-len(categories) // 10) if categories else 1
    for at, category in enumerate(categories):
        if at % every == 0:
            canvas.text(left + at * gap, end + 20, _shorten(category, 12), css="ch-soft", size=12, anchor="middle")
    canvas.line(left, end, right, end, "ch-axis", AXIS, width=1.5)
    for index, one in enumerate(series):
        drawn = [
            (at, left + at * gap, level(value))
            for at, value in enumerate(one.values)
            if isinstance(value, (int, float))
        ]
        for (first, x1, y1), (second, x2, y2) in pairwise(drawn):
            if second == first + 1:
                canvas.line(x1, y1, x2, y2, f"ch-s{index + 1}", PALETTE[index], width=2.5, dash=DASHES[index])
        canvas.parts += [_point(canvas, index, x, y) for _at, x, y in drawn]
    headers, rows = _table(head, categories, series)
    return Figure(
        id=figure_id,
        title=title,
        description=description,
        svg=canvas.svg(height=end + 32, title=title, description=description or title, patterns=()),
        headers=headers,
        rows=rows,
        notes=_mark_notes(value for one in series for value in one.values),
        links=links,
    )


def state_timeline(
    *,
    figure_id: str,
    title: str,
    lanes: Sequence[Lane],
    until: datetime,
    headers: tuple[str, str, str, str],
    description: str = "",
    rtl: bool | None = None,
) -> Figure:
    """Each service's states from outage to restoration on one scale of time; the target is a marked line.

    Time before the first known state stays empty: nobody said it was well. `headers` names the four columns of the
    table: service, state, from, to. All times are UTC.
    """
    canvas = Canvas(figure_id, rtl=get_language_bidi() if rtl is None else rtl)
    used = [state for state in STATES if any(span.state == state for lane in lanes for span in lane.spans)]
    if unknown := {span.state for lane in lanes for span in lane.spans} - set(STATES):
        raise ValueError(f"Unknown states: {sorted(unknown)}")
    starts = [span.start for lane in lanes for span in lane.spans]
    ends = [
        *(span.end for lane in lanes for span in lane.spans if span.end),
        *(lane.target for lane in lanes if lane.target),
        until,
    ]
    first, last = min(starts, default=until), max(ends)
    length = max((last - first).total_seconds(), 1.0)
    left, right = 2.0, WIDTH - 2.0

    def place(moment: datetime) -> float:
        return left + (moment - first).total_seconds() / length * (right - left)

    key = [(str(STATES[state][0]), _swatch(canvas, STATES[state][1:])) for state in used]
    y = _legend(canvas, key, 4.0) if used else 4.0
    begin = y
    rows: list[tuple[Cell, ...]] = []
    for lane in lanes:
        canvas.text(left, y + 14, _shorten(lane.label, 78))
        y += 21
        canvas.line(left, y + 10, right, y + 10, "ch-grid", GRID)
        for span in lane.spans:
            words, colour, pattern = STATES[span.state]
            stop = span.end or until
            width = max(place(stop) - place(span.start), 1.5)
            since = span.start_words or _stamp(span.start)
            until_words = span.end_words or (_stamp(span.end) if span.end else "")
            label = f"{lane.label}: {words}, {since} – {until_words or '…'}"
            canvas.rect(place(span.start), y, width, 20, canvas.paint(colour, pattern), label)
            rows.append(
                (
                    Cell(lane.label),
                    Cell(str(words)),
                    Cell(since),
                    Cell(until_words or "–"),
                )
            )
        if lane.target:
            at = place(lane.target)
            canvas.line(at, y - 5, at, y + 25, "ch-halo", SURFACE, width=6)
            canvas.line(at, y - 5, at, y + 25, "ch-target", INK, width=2.5, dash="4 2")
        y += 36
    end = y - 4
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        moment = first + (last - first) * share
        canvas.text(left + share * (right - left), end + 16, _stamp(moment), css="ch-soft", size=12, anchor=anchor)
    canvas.line(left, end, right, end, "ch-axis", AXIS, width=1.5)
    notes: tuple[tuple[str, str], ...] = ()
    if any(lane.target for lane in lanes):
        notes = (("", str(_("The dashed upright line marks the time by which the service was to be restored."))),)
    return Figure(
        id=figure_id,
        title=title,
        description=description,
        svg=canvas.svg(
            height=max(end, begin) + 26,
            title=title,
            description=description or title,
            patterns=[STATES[state][1:] for state in used],
        ),
        headers=headers,
        rows=tuple(rows),
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A row of `steps_chart`: how many of the steps it reaches, in words beside it, and whether that is worse than the first."""

    label: str
    reached: int
    words: str
    worse: bool = False


def steps_chart(
    *,
    figure_id: str,
    title: str,
    steps: Sequence[str],
    rows: Sequence[Step],
    headers: tuple[str, str],
    description: str = "",
    rtl: bool | None = None,
) -> Figure:
    """Rows of boxes, one for each step of an order (tiers, say), filled up to what is reached. What is worse has another
    pattern as well as another colour, and its words say so."""
    canvas = Canvas(figure_id, rtl=get_language_bidi() if rtl is None else rtl)
    box, gap, y = 34.0, 3.0, 4.0
    for row in rows:
        canvas.text(2, y + 13, _shorten(row.label, 84))
        y += 19
        for at, step in enumerate(steps):
            left = 2 + at * (box + gap)
            paint = canvas.paint(4, "rising") if row.worse else canvas.paint(1, "solid")
            if at >= row.reached:
                paint = f'class="ch-empty" fill="none" stroke="{AXIS}"'
            canvas.rect(left, y, box, 14, paint, f"{row.label}: {step}" if at < row.reached else "")
        canvas.text(2 + len(steps) * (box + gap) + 6, y + 12, _shorten(row.words, 60), css="ch-soft", size=13)
        y += 22
    return Figure(
        id=figure_id,
        title=title,
        description=description,
        svg=canvas.svg(
            height=y + 4, title=title, description=description or title,
            patterns=[(4, "rising")] if any(row.worse for row in rows) else [],
        ),
        headers=headers,
        rows=tuple((Cell(row.label), Cell(row.words)) for row in rows),
    )  # fmt: skip


def _stamp(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return gettext("%(date)s, %(time)s UTC") % {
        "date": formats.date_format(at, "j M Y"), "time": formats.date_format(at, "H:i"),
    }  # fmt: skip
