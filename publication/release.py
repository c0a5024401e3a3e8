"""A release: fixed tables of figures as they are published. Nothing here knows more than a reader may know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from .shape import Key, key

INCIDENTS = "incidents"
VICTIMS = "victims"
MEASURES = (INCIDENTS, VICTIMS)
SUPPRESSED = "c"
UNKNOWN = "u"
# The row or column that adds all others up.
ALL = ""


@dataclass(frozen=True)
class Cell:
    """One published figure. `low` and `high` are what it says about the true value; None is "no limit"."""

    value: int | None
    mark: str = ""
    low: int | None = None
    high: int | None = None
    at_least: bool = False

    @property
    def text(self) -> str:
        """R5.6: "c" suppressed, "u" unknown, otherwise the number; a true zero is 0."""
        return self.mark or str(self.value)


@dataclass(frozen=True)
class Table:
    """A one- or two-way table of one measure, with its margins under ALL."""

    code: str
    measure: str
    dimensions: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        return dict(zip(self.dimensions, (self.rows, self.columns), strict=False))

    def figures(self) -> Iterator[tuple[Key, Cell]]:
        """Each figure with the key under which it stands in every table that holds it."""
        return ((figure, self.cells[place]) for place, figure in places(self.dimensions, self.categories))


@dataclass(frozen=True)
class Release:
    """All tables of one day. It is stored as it is and never computed again."""

    on: date
    tables: tuple[Table, ...]

    def figures(self, measure: str) -> Mapping[Key, Cell]:
        """Every figure of a measure by its key; the same figure in two tables is the same cell."""
        return self._figures[measure]

    def categories(self) -> dict[str, list[str]]:
        """The categories of each dimension, over all tables."""
        found: dict[str, dict[str, None]] = {}
        for table in self.tables:
            for dimension, each in table.categories.items():
                found.setdefault(dimension, {}).update(dict.fromkeys(each))
        return {dimension: list(each) for dimension, each in found.items()}

    def as_document(self) -> dict[str, Any]:
        """The release as plain JSON, cells in a fixed order."""
        return {
            "on": self.on.isoformat(),
            "tables": [
                {
                    "code": table.code,
                    "measure": table.measure,
                    "dimensions": list(table.dimensions),
                    "rows": list(table.rows),
                    "columns": list(table.columns),
                    "cells": [
                        {
                            "row": row,
                            "column": column,
                            "value": cell.value,
                            "mark": cell.mark,
                            "low": cell.low,
                            "high": cell.high,
                            "at_least": cell.at_least,
                        }
                        for (row, column), cell in table.cells.items()
                    ],
                }
                for table in self.tables
            ],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Release":
        """The release as it was published."""
        return cls(
            on=date.fromisoformat(document["on"]),
            tables=tuple(
                Table(
                    code=table["code"],
                    measure=table["measure"],
                    dimensions=tuple(table["dimensions"]),
                    rows=tuple(table["rows"]),
                    columns=tuple(table["columns"]),
                    cells={
                        (cell["row"], cell["column"]): Cell(
                            value=cell["value"],
                            mark=cell["mark"],
                            low=cell["low"],
                            high=cell["high"],
                            at_least=cell["at_least"],
                        )
                        for cell in table["cells"]
                    },
                )
                for table in document["tables"]
            ),
        )

    @cached_property
    def _figures(self) -> dict[str, dict[Key, Cell]]:
        found: dict[str, dict[Key, Cell]] = {measure: {} for measure in MEASURES}
        for table in self.tables:
            found[table.measure].update(table.figures())
        return found


def places(dimensions: Sequence[str], categories: Mapping[str, Sequence[str]]) -> Iterator[tuple[tuple[str, str], Key]]:
    """Each place of a table, margins included, with the key of the figure that stands there."""
    columns = [*categories[dimensions[1]], ALL] if len(dimensions) == 2 else [ALL]
    for row in [*categories[dimensions[0]], ALL]:
        for column in columns:
            named = zip(dimensions, (row, column), strict=False)
            yield (row, column), key(*((dimension, each) for dimension, each in named if each != ALL))
