"""The charts of the public pages: drawn from published cells, so that chart, table and file show the same numbers."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.charts import Figure, Series, Value, bar_chart, line_chart, number_text

from .. import words
from ..release import ALL, INCIDENTS, SUPPRESSED, Cell, Table
from ..selectors import Sheet

# More bars than this are easier read as a line.
MOST_BARS = 14
# More true zeros than this are left to the table.
MOST_ZEROS = 3
NOT_NAMED = {ALL, "unknown", "several"}


def value_of(cell: Cell) -> Value:
    """A cell as a chart draws it: a mark is never drawn as zero."""
    if cell.mark:
        return "c" if cell.mark == SUPPRESSED else "u"
    return cell.value


def statement(measure: str, dimension: str, names: Sequence[str], codes: Sequence[str], values: Sequence[Value]) -> str:
    """The title of a chart says what it shows, from the published numbers alone."""
    shown = [
        (value, name)
        for value, name, code in zip(values, names, codes, strict=True)
        if isinstance(value, int) and value > 0 and code not in NOT_NAMED
    ]
    if not shown:
        return _("%(table)s: no number can be shown") % {"table": words.table_title(measure, (dimension,))}
    most, where = max(shown, key=lambda each: each[0])
    if sum(value == most for value, _name in shown) > 1:
        text = _("%(table)s: the highest number that can be shown is %(most)s, and more than one has it")
        return text % {"table": words.table_title(measure, (dimension,)), "most": number_text(most)}
    texts = {
        (INCIDENTS, "year"): _("Of the numbers that can be shown, most incidents fall in %(where)s: %(most)s"),
        (INCIDENTS, "sector"): _("Of the sectors that can be shown, %(where)s was hit most often: %(most)s incidents"),
        (INCIDENTS, "tier"): _("Of the tiers that can be shown, most incidents are at %(where)s: %(most)s"),
    }
    general = _("%(table)s: the highest number that can be shown is %(most)s, for %(where)s")
    text = texts.get((measure, dimension), general)
    return text % {"table": words.table_title(measure, (dimension,)), "where": where, "most": number_text(most)}


def one_way(
    sheet: Sheet,
    *,
    sectors: dict[str, str],
    links: tuple[tuple[str, str], ...],
    within: tuple[str, str] | None = None,
    wanted: Sequence[str] | None = None,
) -> Figure:
    """A chart of a table by its last dimension; `within` picks one row of a two-way table, `wanted` some categories."""
    table = sheet.table
    dimension = table.dimensions[-1]
    codes = [code for code in table.categories[dimension] if wanted is None or code in wanted]
    empty = [code for code in codes if value_of(_cell(table, code, within)) == 0]
    # A long list of true zeros hides what there is to see; they stand in the table and in the file.
    left_out = set(empty) if dimension == "sector" and len(empty) > MOST_ZEROS and len(empty) < len(codes) else set()
    codes = [code for code in codes if code not in left_out]
    cells = [_cell(table, code, within) for code in codes]
    names = [words.category_name(dimension, code, sectors) for code in codes]
    values = [value_of(cell) for cell in cells]
    title = statement(table.measure, dimension, names, codes, values)
    if within:
        title = f"{words.category_name(*within, sectors)}. {title}"
    series = (Series(str(words.MEASURES[table.measure]), tuple(values)),)
    notes = [_("At least: the number is not known for every case.")] if any(c.at_least for c in cells) else []
    if left_out:
        notes.append(
            ngettext(
                "%(n)d category with no case at all is left out here; it stands as 0 in the table.",
                "%(n)d categories with no case at all are left out here; they stand as 0 in the table.",
                len(left_out),
            )
            % {"n": len(left_out)}
        )
    draw: dict[str, Any] = {
        "figure_id": sheet.code, "title": title, "categories": names, "series": series,
        "head": words.dimension_name(dimension), "description": " ".join(notes), "links": links,
    }  # fmt: skip
    return line_chart(**draw) if dimension == "year" and len(codes) > MOST_BARS else bar_chart(**draw)


def _cell(table: Table, code: str, within: tuple[str, str] | None) -> Cell:
    return table.cells[within[1], code] if within else table.cells[code, ALL]
