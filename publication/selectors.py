"""What pages, files and the API read: published releases, with a login that can read nothing else (architecture, roles).

Everything is read before anything is drawn: a template never asks the database again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import NotFound
from core.public import as_public

from . import storing
from .models import PublishedTable, Release
from .release import Table
from .states import PENDING, Status


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stored table and its figures."""

    row: PublishedTable
    table: Table

    @property
    def code(self) -> str:
        return self.row.code


@dataclass(frozen=True, slots=True)
class Edition:
    """A release with some or all of its tables, read in one go."""

    release: Release
    sheets: tuple[Sheet, ...] = ()

    def sheet(self, code: str) -> Sheet:
        """The table of this name; 404 when the release has none."""
        for sheet in self.sheets:
            if sheet.code == code:
                return sheet
        raise NotFound(code)


def _edition(release: Release, using: str, codes: Iterable[str] | None) -> Edition:
    return Edition(release, tuple(Sheet(row, table) for row, table in storing.load_tables(release, using, codes)))


def published(version: str = "", codes: Iterable[str] | None = ()) -> Edition:
    """A published release, the latest unless one is named, with these tables (None: all). Raises NotFound."""
    with as_public() as using:
        rows = Release.objects.using(using).filter(published_at__isnull=False).select_related("revision_of")
        found = rows.filter(version=version).first() if version else rows.order_by("-number").first()
        if found is None:
            raise NotFound(version)
        return _edition(found, using, codes)


def latest(codes: Iterable[str] | None = ()) -> Edition | None:
    """The latest published release, or None before the first one."""
    try:
        return published(codes=codes)
    except NotFound:
        return None


def editions() -> list[Release]:
    """Every published release, newest first."""
    with as_public() as using:
        return list(Release.objects.using(using).filter(published_at__isnull=False).order_by("-number")[:400])


def with_previous(version: str) -> tuple[Edition, Edition | None]:
    """A published release with all its tables, and the one before it."""
    edition = published(version, None)
    with as_public() as using:
        before = (
            Release.objects.using(using)
            .filter(published_at__isnull=False, number__lt=edition.release.number)
            .order_by("-number")
            .first()
        )
        return edition, _edition(before, using, None) if before else None


# --- for publishers ----------------------------------------------------------------------------------------------------


def pending(organisation_id: int) -> Release | None:
    """The release that is being prepared, if one is."""
    return (
        Release.objects.filter(organisation_id=organisation_id, status__in=PENDING)
        .select_related("prepared_by", "revision_of")
        .first()
    )


def ended(organisation_id: int) -> list[Release]:
    """Tries that came to nothing, newest first."""
    return list(
        Release.objects.filter(organisation_id=organisation_id, status__in=[Status.REFUSED, Status.DISCARDED])
        .select_related("prepared_by", "discarded_by")
        .order_by("-pk")[:25]
    )


def preview(release: Release, codes: Iterable[str] | None = None) -> Edition:
    """A release that is not public yet, with its tables. The caller has asked for permission."""
    return _edition(release, "default", codes)
