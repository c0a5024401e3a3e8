"""Setting a review of thirty pages with charts in type: seconds and peak memory of the child process."""

from collections.abc import Iterator

from accountability.building import STYLESHEET, TEMPLATE
from core.charts import Series, bar_chart
from documents.blocks import Block, Content, Heading, Picture, Section, Table, Text
from documents.rendering import render_content

from .measure import Result

SECTIONS = 12
PARAGRAPH = "The pumps were switched to manual operation and water was carried by lorry until pressure returned. " * 9


def blocks(number: int) -> tuple[Block, ...]:
    """Text, a chart and a table, as a section of a review has them."""
    categories = [f"Week {week}" for week in range(1, 9)]
    values = [float((week * 37 + number * 11) % 90 + 5) for week in range(1, 9)]
    figure = bar_chart(
        figure_id=f"chart-{number}",
        title="People without the service",
        categories=categories,
        series=[Series("People", tuple(values))],
        head="Week",
    )
    rows = tuple((f"E-{row}", "Log extract", f"Received on day {row}", "B2", "TLP:AMBER") for row in range(1, 26))
    return (
        Text("\n\n".join([PARAGRAPH] * 4)),
        Heading("Effects on services"),
        Picture(
            f"people-{number}",
            figure.svg,
            "People without the service by week, as in the table.",
            "People without the service",
        ),
        Table(f"evidence-{number}", "Evidence", ("Item", "Kind", "Received", "Grade", "Mark"), rows),
    )


def review() -> Content:
    """The same document every time."""
    sections = tuple(Section(f"s{number}", f"Section {number}", blocks(number)) for number in range(1, SECTIONS + 1))
    about = (("Case", "INC-2026-000000"), ("Held by", "Synthetic house"))
    return Content("REV-BENCH", "Synthetic review", "Made for measuring", "en", "TLP:AMBER", about, sections)


def run() -> Iterator[Result]:
    """One rendering; its cost as the child reports it."""
    made = render_content(review(), template=TEMPLATE, stylesheet=STYLESHEET)
    yield Result(
        "documents", f"review PDF/UA-1, {made.pages} pages, {SECTIONS} charts", "s", made.seconds, None, "under 5 s"
    )
    yield Result("documents", "peak memory of the rendering process", "MB", made.peak_megabytes, None, "under 250 MB")
