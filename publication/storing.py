"""Figures in and out of the database: what was checked is what is stored, and what is stored is what is read."""

import hashlib
from collections.abc import Iterable

import rfc8785
from django.utils import translation

from .models import PublishedCell, PublishedTable, Release
from .release import Cell, Table
from .release import Release as Figures
from .words import table_title

BATCH = 2_000


def table_code(measure: str, breakdown: str) -> str:
    """`incidents-by-sector-year`: the name of the table in addresses and files."""
    return f"{measure}-by-{breakdown.replace('_', '-')}"


def checksum(figures: Figures) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of all tables: what the ledger holds and what anyone can compute again."""
    return hashlib.sha256(rfc8785.dumps(figures.as_document())).hexdigest()


def store(release: Release, figures: Figures) -> None:
    """Writes every table and cell of a release that is being counted."""
    with translation.override("en"):  # the title of record; pages say it in the reader's language
        titles = [table_title(table.measure, table.dimensions) for table in figures.tables]
    tables = PublishedTable.objects.bulk_create(
        PublishedTable(
            release=release, position=position, code=table_code(table.measure, table.code), breakdown=table.code,
            measure=table.measure, title=titles[position], dimensions=list(table.dimensions),
            rows=list(table.rows), columns=list(table.columns),
        )
        for position, table in enumerate(figures.tables)
    )  # fmt: skip
    PublishedCell.objects.bulk_create(
        (
            PublishedCell(
                table=stored, position=position, row=row, column=column, value=cell.value, mark=cell.mark,
                low=cell.low, high=cell.high, at_least=cell.at_least,
            )
            for stored, table in zip(tables, figures.tables, strict=True)
            for position, ((row, column), cell) in enumerate(table.cells.items())
        ),
        batch_size=BATCH,
    )  # fmt: skip


def load_tables(release: Release, using: str, codes: Iterable[str] | None = None) -> list[tuple[PublishedTable, Table]]:
    """The stored tables (of these codes, or all) with their cells, in two statements."""
    rows = PublishedTable.objects.using(using).filter(release_id=release.pk).order_by("position")
    found = {row.pk: row for row in (rows if codes is None else rows.filter(code__in=list(codes)))}
    cells: dict[int, dict[tuple[str, str], Cell]] = {pk: {} for pk in found}
    for cell in PublishedCell.objects.using(using).filter(table_id__in=list(found)).order_by("table_id", "position"):
        cells[cell.table_id][cell.row, cell.column] = Cell(
            value=cell.value, mark=cell.mark, low=cell.low, high=cell.high, at_least=cell.at_least
        )
    return [
        (
            row,
            Table(
                code=row.breakdown,
                measure=row.measure,
                dimensions=tuple(row.dimensions),
                rows=tuple(row.rows),
                columns=tuple(row.columns),
                cells=cells[row.pk],
            ),
        )
        for row in found.values()
    ]


def load(release: Release, using: str = "default") -> Figures:
    """All figures of a release, as they were checked."""
    return Figures(on=release.on, tables=tuple(table for _, table in load_tables(release, using)))
