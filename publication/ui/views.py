"""Pages anyone may read: the front, the dashboard, releases, tables, files. They read published figures and nothing else."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.charts import Figure
from core.public import public

from .. import access, files, selectors, words
from ..release import ALL, INCIDENTS, VICTIMS, Table
from ..selectors import Edition, Sheet
from ..storing import table_code
from .answers import file_answer
from .figures import one_way
from .forms import ViewForm

FILTERS: tuple[str, ...] = ("sector", "since", "until")


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What this is, the main figures of the latest release, and the way in."""
    edition = selectors.latest([table_code(measure, "year") for measure in (INCIDENTS, VICTIMS)])
    stats = []
    for sheet in edition.sheets if edition else ():
        total = sheet.table.cells[ALL, ALL]
        stats.append(
            {"label": words.MEASURES[sheet.table.measure], "value": total.value, "text": words.page_text(total)}
        )
    marks = marks_in([sheet.table for sheet in edition.sheets] if edition else [], only_totals=True)
    return render(request, "publication/front.html", {"edition": edition, "stats": stats, "marks": marks})


def marks_in(tables: list[Table], *, only_totals: bool = False) -> list[tuple[str, Any]]:
    """The signs that occur in these tables, with their meaning."""
    seen = set()
    for table in tables:
        for place, cell in table.cells.items():
            if not only_totals or place == (ALL, ALL):
                seen |= {cell.mark} if cell.mark else ({"0"} if cell.value == 0 else set())
                seen |= {"≥"} if cell.at_least and not cell.mark else set()
    return [(f"[{mark}]" if mark in {"c", "u"} else mark, text) for mark, text in words.MARKS.items() if mark in seen]


@public
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Three charts of the latest release, each with its table and files, and what they do not show."""
    measure = VICTIMS if request.GET.get("measure") == VICTIMS else INCIDENTS
    codes = [table_code(measure, each) for each in ("year", "sector", "tier", "sector_year")]
    edition = selectors.latest(codes)
    context: dict[str, Any] = {"edition": edition, "marks": [], "is_publisher": access.is_publisher(_actor(request))}
    if edition:
        names: dict[str, str] = edition.release.labels.get("sector", {})
        by_year, by_sector = edition.sheet(codes[0]), edition.sheet(codes[1])
        years = [year for year in by_year.table.rows if year.isdigit()]
        sectors = [(code, words.category_name("sector", code, names)) for code in by_sector.table.rows]
        form = ViewForm(request.GET, sectors=sectors, years=years)
        context |= {
            "form": form,
            "figures": dashboard_figures(edition, form.chosen(), measure, names),
            "marks": marks_in([sheet.table for sheet in edition.sheets]),
        }
    return render(request, "publication/dashboard.html", context)


def dashboard_figures(edition: Edition, chosen: dict[str, str], measure: str, names: dict[str, str]) -> list[Figure]:
    """By year (of one sector, if one is chosen), by sector, by tier."""
    year, sector, tier, sector_year = (
        edition.sheet(table_code(measure, each)) for each in ("year", "sector", "tier", "sector_year")
    )
    picked = chosen.get("sector")
    first = sector_year if picked else year
    query: dict[str, str] = {name: chosen[name] for name in FILTERS if name in chosen}
    first_years = first.table.categories["year"]
    keep = _keep(query)
    wanted = [each for each in first_years if keep({"year": each})]
    return [
        one_way(
            first, sectors=names, links=file_links(edition, first, query),
            within=("sector", picked) if picked else None, wanted=wanted,
        ),
        one_way(sector, sectors=names, links=file_links(edition, sector)),
        one_way(tier, sectors=names, links=file_links(edition, tier)),
    ]  # fmt: skip


def file_links(edition: Edition, sheet: Sheet, query: dict[str, str] | None = None) -> tuple[tuple[str, str], ...]:
    """The ways on from a chart: the whole table, its file, the file of what is seen, its metadata."""
    place = [edition.release.version, sheet.code]
    csv_url = reverse("release-csv", args=place)
    seen = ((_("CSV of this view"), f"{csv_url}?{urlencode(query)}"),) if query else ()
    return (
        (_("Table"), reverse("release-table", args=place)),
        (_("CSV"), csv_url),
        *seen,
        (_("Metadata"), reverse("release-metadata", args=place)),
    )


def _keep(query: dict[str, str]) -> files.Keep:
    """Which figures of a fixed table are asked for. It leaves lines out; it never adds any up."""

    def keep(place: Any) -> bool:
        if query.get("sector") and place.get("sector", query["sector"]) != query["sector"]:
            return False
        year = place.get("year")
        if year is None or not (query.get("since") or query.get("until")):
            return True
        return bool(year.isdigit() and query.get("since", "0000") <= year <= query.get("until", "9999"))

    return keep


def _actor(request: HttpRequest) -> Any:
    return getattr(request, "actor", None)


@public
@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    """Every release there was; none is ever taken away."""
    return render(request, "publication/releases.html", {"releases": selectors.editions()})


MOST_CHANGES_SHOWN = 50


@public
@require_safe
def release_detail(request: HttpRequest, version: str) -> HttpResponse:
    """One release: its files with their checksums, what changed, its columns, marks and method."""
    edition, before = selectors.with_previous(version)
    rows = [{"sheet": sheet, "title": words.table_title(sheet.table.measure, sheet.table.dimensions),
             "file": files.csv_file(sheet)} for sheet in edition.sheets]  # fmt: skip
    changed = files.changes(before, edition)
    return render(
        request,
        "publication/release.html",
        {
            "edition": edition,
            "release": edition.release,
            "before": before,
            "rows": rows,
            "changed": changed[:MOST_CHANGES_SHOWN],
            "changed_count": len(changed),
            "columns": files.columns(edition.sheets[0]),
            "marks": [(f"[{mark}]" if mark in {"c", "u"} else mark, text) for mark, text in words.MARKS.items()],
            "archive": files.archive_file(edition, before),
            "licence": words.LICENCE,
            "licence_url": words.LICENCE_URL,
            "address": request.build_absolute_uri(reverse("release", args=[version])),
        },
    )


def table_rows(sheet: Sheet, names: dict[str, str]) -> dict[str, Any]:
    """A table as a page shows it: headers and rows of words."""
    table = sheet.table
    columns = [*table.columns, ALL] if len(table.dimensions) == 2 else [ALL]
    first = table.dimensions[0]
    heads = (
        [words.category_name(table.dimensions[1], code, names) for code in columns]
        if len(table.dimensions) == 2
        else [str(words.MEASURES[table.measure])]
    )
    rows = [
        (words.category_name(first, row, names), [words.page_text(table.cells[row, column]) for column in columns])
        for row in (*table.rows, ALL)
    ]
    return {
        "title": words.table_title(table.measure, table.dimensions),
        "corner": words.dimension_name(first),
        "across": words.dimension_name(table.dimensions[1]) if len(table.dimensions) == 2 else "",
        "heads": heads,
        "rows": rows,
        "marks": marks_in([table]),
    }


@public
@require_safe
def release_table(request: HttpRequest, version: str, code: str) -> HttpResponse:
    """One table, whole."""
    edition = selectors.published(version, [code])
    sheet = edition.sheet(code)
    context = table_rows(sheet, edition.release.labels.get("sector", {}))
    links = file_links(edition, sheet)[1:]
    return render(
        request, "publication/table.html", {**context, "release": edition.release, "sheet": sheet, "links": links}
    )


@public
@require_safe
def release_csv(request: HttpRequest, version: str, code: str) -> HttpResponse:
    """A table as CSV; with `sector`, `since` and `until`, only those lines of it."""
    sheet = selectors.published(version, [code]).sheet(code)
    query = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    if query:
        return file_answer(request, files.csv_file(sheet, _keep(query), suffix="-view"))
    return file_answer(request, files.csv_file(sheet))


@public
@require_safe
def release_metadata(request: HttpRequest, version: str, code: str) -> HttpResponse:
    """What the CSV means."""
    edition = selectors.published(version, [code])
    return file_answer(request, files.metadata_file(edition, edition.sheet(code)))


@public
@require_safe
def release_archive(request: HttpRequest, version: str) -> HttpResponse:
    """Everything of a release in one file."""
    return file_answer(request, files.archive_file(*selectors.with_previous(version)))


@public
@require_safe
def release_changes(request: HttpRequest, version: str) -> HttpResponse:
    """What differs from the release before."""
    edition, before = selectors.with_previous(version)
    return file_answer(request, files.changes_file(files.changes(before, edition)))


@public
@require_safe
def release_document(request: HttpRequest, version: str) -> HttpResponse:
    """All figures as one document."""
    return file_answer(request, files.document_file(selectors.published(version, None)))
