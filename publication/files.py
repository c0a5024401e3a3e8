"""Releases as files: the same bytes for the same release, for ever. Spreadsheet, metadata, and everything in one archive."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from . import words
from .release import ALL, Cell, Table
from .release import Release as Figures
from .selectors import Edition, Sheet

TOTAL = "total"  # how files write the row or column that adds the others up
PUBLISHER = "Norms Platform"
# The moment of every member of an archive: files of one release must not differ by when they were asked for.
EPOCH = (1980, 1, 1, 0, 0, 0)

Keep = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release."""

    name: str
    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def size(self) -> int:
        return len(self.data)


def figures(table: Table) -> Iterator[tuple[dict[str, str], Cell]]:
    """Each figure of a table with its category in each dimension; ALL for the sum."""
    for place, cell in table.cells.items():
        yield dict(zip(table.dimensions, place, strict=False)), cell


def csv_file(sheet: Sheet, keep: Keep | None = None, *, suffix: str = "") -> File:
    """A table as tidy CSV: one figure a line, its marks in a column of their own, and the range it stands for."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*sheet.table.dimensions, "value", "mark", "low", "high", "at_least"])
    for place, cell in figures(sheet.table):
        if keep is None or keep(place):
            numbers = ["" if number is None else number for number in (cell.value, cell.mark, cell.low, cell.high)]
            writer.writerow(
                [*(each or TOTAL for each in place.values()), *numbers, "true" if cell.at_least else "false"]
            )
    return File(f"{sheet.code}{suffix}.csv", "text/csv; charset=utf-8", text.getvalue().encode())


def columns(sheet: Sheet) -> list[dict[str, Any]]:
    """The columns of the CSV, as CSV on the Web describes them."""
    dimensions = [
        {"name": name, "titles": words.dimension_name(name), "datatype": "string", "required": True,
         "dc:description": f"Category, or {TOTAL!r} for all of them"}
        for name in sheet.table.dimensions
    ]  # fmt: skip
    return [
        *dimensions,
        {"name": "value", "titles": str(words.MEASURES[sheet.table.measure]), "datatype": "integer",
         "dc:description": "Rounded figure; empty where there is a mark"},
        {"name": "mark", "titles": "Mark", "datatype": {"base": "string", "format": "c|u"},
         "dc:description": "c suppressed, u not known, empty: a number (a true zero is 0)"},
        {"name": "low", "titles": "Least", "datatype": "integer",
         "dc:description": "The least true value the figure can stand for; empty: no limit stated"},
        {"name": "high", "titles": "Most", "datatype": "integer",
         "dc:description": "The largest true value the figure can stand for; empty: no limit stated"},
        {"name": "at_least", "titles": "At least", "datatype": "boolean",
         "dc:description": "The number is not known for every case counted here"},
    ]  # fmt: skip


def metadata_file(edition: Edition, sheet: Sheet) -> File:
    """What the CSV means (W3C CSV on the Web)."""
    release = edition.release
    with translation.override("en"):
        document = {
            "@context": "http://www.w3.org/ns/csvw",
            "url": f"{sheet.code}.csv",
            "dc:title": sheet.row.title,
            "dc:publisher": PUBLISHER,
            "dc:license": words.LICENCE_URL,
            "dc:issued": release.published_at.isoformat() if release.published_at else None,
            "dc:identifier": f"{release.version}/{sheet.code}",
            "version": release.version,
            "counted_on": release.on.isoformat(),
            "disclosure_rules": release.rules_version,
            "rules": release.rules,
            "release_sha256": release.sha256,
            "sha256": csv_file(sheet).sha256,
            "unit": str(words.MEASURES[sheet.table.measure]),
            "marks": {mark: str(text) for mark, text in words.MARKS.items()},
            "method": release.method,
            "revision_notes": release.revision_notes,
            "dialect": {"encoding": "utf-8", "header": True, "delimiter": ","},
            "tableSchema": {"columns": columns(sheet), "primaryKey": list(sheet.table.dimensions)},
        }
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return File(f"{sheet.code}.metadata.json", "application/json", data)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that stands otherwise than in the release before. Empty: it is not there."""

    table: str
    row: str
    column: str
    before: str
    after: str


def changes(before: Edition | None, after: Edition) -> list[Change]:
    """What a reader who kept the release before must know."""
    if before is None:
        return []
    old, new = ({(sheet.code, *place): words.cell_text(cell) for sheet in edition.sheets
                 for place, cell in sheet.table.cells.items()} for edition in (before, after))  # fmt: skip
    return [
        Change(*place, before=old.get(place, ""), after=new.get(place, ""))
        for place in dict.fromkeys([*new, *old])
        if old.get(place, "") != new.get(place, "")
    ]


def changes_file(found: Sequence[Change]) -> File:
    """The changes as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["table", "row", "column", "before", "after"])
    writer.writerows([each.table, each.row or TOTAL, each.column or TOTAL, each.before, each.after] for each in found)
    return File("changes.csv", "text/csv; charset=utf-8", text.getvalue().encode())


def codebook_file(edition: Edition) -> File:
    """Every code of every dimension with its name."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["dimension", "code", "name"])
    sectors = edition.release.labels.get("sector", {})
    seen: dict[tuple[str, str], None] = {}
    for sheet in edition.sheets:
        for dimension, codes in sheet.table.categories.items():
            seen.update(dict.fromkeys((dimension, code) for code in (*codes, ALL)))
    with translation.override("en"):
        writer.writerows([d, code or TOTAL, words.category_name(d, code, sectors)] for d, code in seen)
    return File("codebook.csv", "text/csv; charset=utf-8", text.getvalue().encode())


README = """\
# Public figures of the Norms Platform, release {version}

Counted on {on}. Published {published}. Disclosure rules {rules}.
Licence: {licence} ({licence_url}).
SHA-256 of the figures (canonical JSON, RFC 8785, of release.json): {sha256}

## Files
Each table is a CSV file with one figure a line, and a metadata file (W3C CSV on the Web) beside it.
codebook.csv names every code; changes.csv lists what differs from the release before; release.json holds all figures.

{tables}

## Marks
{marks}

## Key points
{key_points}

## Revision notes
{revision_notes}

## Method and known limits
{method}
"""


def readme_file(edition: Edition) -> File:
    """What the archive is, for somebody who has only the archive."""
    release = edition.release
    with translation.override("en"):
        text = README.format(
            version=release.version, on=release.on.isoformat(), rules=release.rules_version,
            published=release.published_at.isoformat(timespec="seconds") if release.published_at else "not yet",
            licence=words.LICENCE, licence_url=words.LICENCE_URL, sha256=release.sha256,
            tables="\n".join(f"- {sheet.code}.csv: {sheet.row.title}" for sheet in edition.sheets),
            marks="\n".join(f"- {mark}: {meaning}" for mark, meaning in words.MARKS.items()),
            key_points=release.key_points or "None.", revision_notes=release.revision_notes or "None.", method=release.method,
        )  # fmt: skip
    return File("README.md", "text/markdown; charset=utf-8", text.encode())


def document_file(edition: Edition) -> File:
    """All figures as one document; its canonical form has the release's checksum."""
    document = {
        "on": edition.release.on.isoformat(),
        "tables": [table for sheet in edition.sheets for table in _as_document(edition, sheet)],
    }
    return File("release.json", "application/json", json.dumps(document, ensure_ascii=False).encode())


def _as_document(edition: Edition, sheet: Sheet) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = Figures(on=edition.release.on, tables=(sheet.table,)).as_document()["tables"]
    return tables


def archive_file(edition: Edition, before: Edition | None) -> File:
    """Everything of a release in one archive, the same bytes each time."""
    held = [
        readme_file(edition),
        *(csv_file(sheet) for sheet in edition.sheets),
        *(metadata_file(edition, sheet) for sheet in edition.sheets),
        codebook_file(edition),
        changes_file(changes(before, edition)),
        document_file(edition),
    ]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in held:
            member = zipfile.ZipInfo(f"{edition.release.version}/{file.name}", EPOCH)
            archive.writestr(member, file.data, zipfile.ZIP_DEFLATED)
    return File(f"norms-figures-{edition.release.version}.zip", "application/zip", target.getvalue())
