"""Charts: the same bytes each time, nothing of the reader's text becomes markup, and no mark is drawn as a number."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.charts import Figure, Lane, Series, Span, bar_chart, line_chart, nice_top, state_timeline

HOSTILE = "\"><script>alert(1)</script><text onload='x'>&amp;"
SVG = "{http://www.w3.org/2000/svg}"
BEGIN = datetime(2026, 11, 3, 6, 10, tzinfo=UTC)


def bars(words: str = "Health", *, stacked: bool = False, rtl: bool = False) -> Figure:
    return bar_chart(
        figure_id="f",
        title=words,
        description=words,
        categories=[words, "Energy"],
        series=[Series(words, (40, "c")), Series("b", (None, 5))],
        head=words,
        stacked=stacked,
        rtl=rtl,
    )


def lines(words: str = "Filed") -> Figure:
    return line_chart(
        figure_id="f",
        title=words,
        categories=["2024", "2025", words],
        series=[Series(words, (1, "c", 3))],
        head=words,
        rtl=False,
    )


def timeline(words: str = "Care") -> Figure:
    lane = Lane(words, (Span(BEGIN, "down", BEGIN + timedelta(hours=3)),), target=BEGIN + timedelta(hours=2))
    return state_timeline(
        figure_id="f",
        title=words,
        lanes=[lane],
        until=BEGIN + timedelta(hours=6),
        headers=(words, "b", "c", "d"),
        rtl=False,
    )


KINDS = {"bars": bars, "lines": lines, "timeline": timeline}


def shapes(figure: Figure, tag: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(figure.svg)  # noqa: S314  (our own output)
    return [item for item in root.iter(f"{SVG}{tag}") if item.get("width") != "8"]


@pytest.mark.parametrize("kind", KINDS)
def test_text_never_becomes_markup(kind: str) -> None:
    figure = KINDS[kind](HOSTILE)
    root = ElementTree.fromstring(figure.svg)  # noqa: S314
    known = {"svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "line", "text"}
    assert {item.tag.removeprefix(SVG) for item in root.iter()} <= known
    assert not any(name.startswith("on") or name == "style" for item in root.iter() for name in item.attrib)
    assert root.find(f"{SVG}title").text == HOSTILE  # type: ignore[union-attr]


def test_a_hostile_id_stays_inside_its_attribute() -> None:
    figure = bar_chart(
        figure_id='x" onload="y', title="t", categories=["a"], series=[Series("s", (1,))], head="h", rtl=False
    )
    root = ElementTree.fromstring(figure.svg)  # noqa: S314
    assert not any("onload" in name for item in root.iter() for name in item.attrib)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_input_gives_the_same_bytes(kind: str) -> None:
    assert KINDS[kind]().svg == KINDS[kind]().svg
    assert KINDS[kind]("Health").svg != KINDS[kind]("Energy supply").svg


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_names_itself_and_uses_no_inline_style(kind: str) -> None:
    svg = KINDS[kind]().svg
    assert 'role="img" aria-labelledby="f-title f-desc"' in svg
    assert "style=" not in svg
    assert 'fill="#' in svg  # the light palette, for a file that stands alone


def test_a_mark_has_no_bar_and_is_written_in_the_table() -> None:
    figure = bars()
    drawn = [item for item in shapes(figure, "rect") if item.get("y") and item.find(f"{SVG}title") is not None]
    assert len(drawn) == 2
    assert [[cell.text for cell in row] for row in figure.rows] == [["Health", "40", "[u]"], ["Energy", "[c]", "5"]]
    assert [mark for mark, _words in figure.notes] == ["[c]", "[u]"]


def test_zero_is_a_number_and_not_a_mark() -> None:
    figure = bar_chart(figure_id="f", title="t", categories=["a"], series=[Series("s", (0,))], head="h", rtl=False)
    assert figure.rows[0][1].text == "0"
    assert figure.notes == ()


def test_a_stack_with_a_hidden_part_shows_no_total() -> None:
    """Total minus the visible parts would be the suppressed number (R5.3)."""
    texts = [item.text for item in shapes(bars(stacked=True), "text")]
    assert "[u]" in texts
    assert "[c]" in texts
    open_stack = bar_chart(
        figure_id="f",
        title="t",
        categories=["a"],
        series=[Series("s", (41,)), Series("t", (2,))],
        head="h",
        stacked=True,
        rtl=False,
    )
    assert "43" in [item.text for item in shapes(open_stack, "text")]


def test_a_line_is_broken_where_a_value_is_hidden() -> None:
    figure = line_chart(
        figure_id="f", title="t", categories=list("abcd"), series=[Series("s", (1, 2, "c", 4))], head="h", rtl=False
    )
    assert len([item for item in shapes(figure, "line") if item.get("class") == "ch-s1"]) == 1
    assert len(shapes(figure, "circle")) == 3


def test_right_to_left_mirrors_positions() -> None:
    left, right = (
        [item for item in shapes(bars(rtl=rtl), "rect") if item.get("height") == "14"][-1] for rtl in (False, True)
    )
    assert float(left.get("x", "")) + float(right.get("x", "")) + float(left.get("width", "")) == pytest.approx(
        640, abs=0.2
    )


def test_direction_follows_the_language_unless_said() -> None:
    with translation.override("ar"):
        svg = bar_chart(figure_id="f", title="t", categories=["a"], series=[Series("s", (1,))], head="h").svg
    assert 'direction="rtl"' in svg


def test_series_differ_by_pattern_as_well_as_colour() -> None:
    figure = bar_chart(
        figure_id="f",
        title="t",
        categories=["a"],
        series=[Series(name, (3,)) for name in "abcd"],
        head="h",
        stacked=True,
        rtl=False,
    )
    assert len(set(re.findall(r'<pattern id="([^"]+)"', figure.svg))) == 3  # and one solid


@pytest.mark.parametrize(
    "series",
    [[], [Series(str(n), (1,)) for n in range(5)], [Series("s", (1, 2))], [Series("s", (-1,))], [Series("s", ("q",))]],  # type: ignore[arg-type]
)
def test_what_cannot_be_drawn_truly_is_refused(series: list[Series]) -> None:
    with pytest.raises(ValueError, match=r"series|values|zero|mark"):
        bar_chart(figure_id="f", title="t", categories=["a"], series=series, head="h", rtl=False)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown states"):
        state_timeline(
            figure_id="f",
            title="t",
            lanes=[Lane("a", (Span(BEGIN, "fine"),))],
            until=BEGIN,
            headers=("a", "b", "c", "d"),
            rtl=False,
        )


@given(st.floats(min_value=0.1, max_value=1e12))
def test_an_axis_holds_its_numbers_with_few_lines(highest: float) -> None:
    top, step = nice_top(highest)
    assert top >= highest
    assert 1 <= round(top / step) <= 5
    assert step >= 1


def test_nothing_to_show_is_still_a_chart() -> None:
    figure = state_timeline(figure_id="f", title="t", lanes=[], until=BEGIN, headers=("a", "b", "c", "d"), rtl=False)
    ElementTree.fromstring(figure.svg)  # noqa: S314
    assert figure.rows == ()
