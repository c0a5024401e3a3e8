"""Who comes from whom, as SVG text beside its table: boxes in rows, sources above what was made from them.

Drawn as the charts are (`core.charts`): the same input gives the same bytes, colours are presentation attributes with
classes for either theme, every kind of line has a dash of its own as well as a colour, and every line is also a row of
the table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language_bidi

from .charts import INK, PALETTE, SURFACE, WIDTH, Canvas, Cell, Figure, _legend, _shorten

COLUMNS, GAP, HEIGHT, ROW = 4, 16.0, 50.0, 96.0
BOX = (WIDTH - 2 - GAP * (COLUMNS - 1)) / COLUMNS


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its name, a line of words, whether it is what the page is about, and whether it is outlined as a place rather than a thing."""

    key: str
    name: str
    words: str = ""
    here: bool = False
    place: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two boxes. With `down`, `start` is made from `end` and stands below it."""

    start: str
    end: str
    kind: str
    down: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How a kind of line is drawn and called; `colour` counts from 1 in the palette, 0 is ink."""

    words: str
    colour: int
    dash: str


def ranks(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """The row of each box: below everything it is made from. A circle, which the record refuses, would not hang this."""
    above: dict[str, set[str]] = {node.key: set() for node in nodes}
    for edge in edges:
        if edge.down and edge.start in above and edge.end in above:
            above[edge.start].add(edge.end)
    rank = dict.fromkeys(above, 0)
    for _ in range(len(nodes)):
        higher = {key: max((rank[source] + 1 for source in sources), default=0) for key, sources in above.items()}
        if higher == rank:
            break
        rank = {key: min(value, len(nodes)) for key, value in higher.items()}
    return rank


def places(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[dict[str, tuple[float, float]], int]:
    """Middle of the upper edge of each box, below the key; and how many rows there are. Four boxes a row, centred."""
    rank = ranks(nodes, edges)
    found: dict[str, tuple[float, float]] = {}
    row = 0
    for level in sorted(set(rank.values())):
        keys = [node.key for node in nodes if rank[node.key] == level]
        for start in range(0, len(keys), COLUMNS):
            part = keys[start : start + COLUMNS]
            left = (WIDTH - len(part) * BOX - (len(part) - 1) * GAP) / 2
            for index, key in enumerate(part):
                found[key] = (left + index * (BOX + GAP) + BOX / 2, row * ROW)
            row += 1
    return found, row


def head(canvas: Canvas, at: float, y: float, css: str, colour: str) -> None:
    """The point of a line that goes down to a box whose upper edge is at `y`."""
    tip, left, right = canvas.x(at), canvas.x(at - 5), canvas.x(at + 5)
    canvas.parts.append(
        f'<path d="M{left} {y - 9:g}L{right} {y - 9:g}L{tip} {y - 1:g}Z" class="{css}" fill="{colour}"/>'
    )


def family_tree(
    *,
    figure_id: str,
    title: str,
    description: str,
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    styles: Mapping[str, LineStyle],
    headers: tuple[str, str, str, str],
    note: str = "",
    rtl: bool | None = None,
) -> Figure:
    """Boxes and lines; `headers` names the four columns of the table: one, how, the other, note."""
    canvas = Canvas(figure_id, rtl=get_language_bidi() if rtl is None else rtl)
    used = [kind for kind in styles if any(edge.kind == kind for edge in edges)]

    def look(kind: str) -> tuple[str, str, str]:
        colour = styles[kind].colour
        return ("ch-target", INK, "ch-ink") if not colour else (f"ch-s{colour}", PALETTE[colour - 1], f"ch-f{colour}")

    def sample(kind: str) -> Callable[[float, float], None]:
        css, colour, _fill = look(kind)
        return lambda at, y: canvas.line(at + 1, y + 8, at + 25, y + 8, css, colour, width=2, dash=styles[kind].dash)

    top = _legend(canvas, [(styles[kind].words, sample(kind)) for kind in used], 4.0) + 10 if used else 8.0
    spots, rows = places(nodes, edges)
    for edge in edges:
        if edge.start not in spots or edge.end not in spots:
            continue
        css, colour, fill = look(edge.kind)
        (a, y1), (b, y2) = spots[edge.end], spots[edge.start]
        if edge.down:
            canvas.line(a, top + y1 + HEIGHT, b, top + y2 - 6, css, colour, width=2, dash=styles[edge.kind].dash)
            head(canvas, b, top + y2, fill, colour)
        else:  # from middle to middle: the boxes are drawn over it
            canvas.line(
                a, top + y1 + HEIGHT / 2, b, top + y2 + HEIGHT / 2, css, colour, width=2, dash=styles[edge.kind].dash
            )
    for node in nodes:
        at, y = spots[node.key]
        stroke = (
            'stroke-dasharray="5 3" stroke-width="1.5"' if node.place else f'stroke-width="{4 if node.here else 1.5:g}"'
        )
        tone = 2 if node.place else 1
        canvas.rect(
            at - BOX / 2, top + y, BOX, HEIGHT,
            f'rx="4" class="ch-surface ch-s{tone}" fill="{SURFACE}" stroke="{PALETTE[tone - 1]}" {stroke}',
            f"{node.name} {node.words}".strip(),
        )  # fmt: skip
        canvas.text(at, top + y + 20, _shorten(node.name, 18), anchor="middle", size=14, bold=True)
        canvas.text(at, top + y + 38, _shorten(node.words, 21), anchor="middle", css="ch-soft", size=12)
    name = {node.key: f"{node.name} {node.words}".strip() for node in nodes}
    return Figure(
        id=figure_id,
        title=title,
        description=description,
        svg=canvas.svg(
            height=top + max(rows, 1) * ROW - (ROW - HEIGHT) + 6,
            title=title,
            description=description or title,
            patterns=(),
        ),
        headers=headers,
        rows=tuple(
            (Cell(name[edge.start]), Cell(styles[edge.kind].words), Cell(name[edge.end]), Cell(edge.note or "–"))
            for edge in edges
            if edge.start in name and edge.end in name
        ),
        notes=(("", note),) if note else (),
    )
