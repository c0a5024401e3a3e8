"""What travels inside a document: its facts as canonical JSON, and each long table as CSV."""

import csv
import io

import rfc8785
from django.utils.translation import gettext as _

from .blocks import Content, Table

FACTS_NAME = "content.json"
# A spreadsheet runs cells that begin like this; a quote in front keeps them text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def canonical_json(content: Content) -> bytes:
    """The content facts, canonical (RFC 8785): the same facts always give the same hash."""
    return rfc8785.dumps(content.as_json())


def csv_of(table: Table) -> bytes:
    """All rows of a table."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.headers)
    writer.writerows([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def attachments_of(content: Content, facts: bytes) -> list[tuple[str, str, bytes]]:
    """Name, description and bytes of each attachment."""
    found = [
        (
            FACTS_NAME,
            _("The content of this document as data; its SHA-256 is printed in the verification section"),
            facts,
        )
    ]
    found += [(f"{table.name}.csv", table.caption, csv_of(table)) for table in content.tables() if table.cut]
    return found
