"""The public pages: open to anyone, read with the public login, telling the same numbers in chart, table and file."""

import csv
import hashlib
import io
import json
import re
import zipfile
from typing import Any

import pytest
import rfc8785
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publication import selectors
from tests.publication.figures import Bureau

pytestmark = [pytest.mark.duty("PUB-1"), pytest.mark.django_db]


@pytest.fixture
def published(bureau: Bureau) -> Bureau:
    bureau.cases(12, sector="health", hit=40)
    bureau.cases(21, sector="energy", country="FR", year=2022)
    bureau.cases(3, sector="space", hit=7, country="FR", year=2022)
    bureau.publish(key_points="Energy was <b>hit</b> most.")
    return bureau


def version() -> str:
    return selectors.published().release.version


def lines(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def cells_of(html: str) -> list[list[str]]:
    """The rows of the first table of a page, as text."""
    table = re.search(r"<tbody>(.*?)</tbody>", html, re.S)
    assert table
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", table[1], re.S)
    ]


ADDRESSES = [
    "/", "/data/", "/data/?sector=energy&measure=victims", "/data/releases/", "/data/releases/{v}/",
    "/data/releases/{v}/all.zip", "/data/releases/{v}/changes.csv", "/data/releases/{v}/release.json",
    "/data/releases/{v}/incidents-by-sector-year/", "/data/releases/{v}/incidents-by-sector-year.csv",
    "/data/releases/{v}/incidents-by-sector-year.metadata.json",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_anyone_opens_it_and_it_reads_published_tables_alone(published: Bureau, client: Client, address: str) -> None:
    address = address.format(v=version())
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    said = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
    assert said
    assert all(re.search(r'FROM "publication_', sql) for sql in said), said
    assert len(said) <= 6
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/", "/data/", "/data/releases/"])
def test_before_the_first_release_the_pages_say_so(bureau: Bureau, client: Client, address: str) -> None:
    bureau.cases(12)
    bureau.prepare()
    html = client.get(address).content.decode()
    assert len(re.findall(r"<h1\b", html)) == 1
    assert "2026-Q" not in html
    assert "release" in html.lower()


@pytest.mark.parametrize("address", ADDRESSES[4:])
def test_a_release_that_is_not_published_is_not_there(
    bureau: Bureau, client: Client, sign_in: Any, address: str
) -> None:
    bureau.cases(12)
    address = address.format(v=bureau.prepare().version)
    assert client.get(address).status_code == 404
    assert sign_in(bureau.people.vela.analyst).get(address).status_code == 404


@pytest.mark.parametrize(
    "name", ["releases/2026-Q5/", "releases/2026-Q3/incidents-by-name/", "releases/x/", "releases/../"]
)
def test_an_address_of_nothing_is_404(published: Bureau, client: Client, name: str) -> None:
    assert client.get(f"/data/{name}").status_code == 404


@pytest.mark.parametrize(
    "code", ["incidents-by-sector", "incidents-by-sector-year", "victims-by-tier-year", "victims-by-region"]
)
def test_page_and_file_and_metadata_tell_the_same(published: Bureau, client: Client, code: str) -> None:
    base = f"/data/releases/{version()}/{code}"
    data = client.get(f"{base}.csv").content
    rows = lines(data)
    metadata = json.loads(client.get(f"{base}.metadata.json").content)
    assert list(rows[0]) == [column["name"] for column in metadata["tableSchema"]["columns"]]
    assert metadata["sha256"] == hashlib.sha256(data).hexdigest()
    assert metadata["rules"]["threshold"] == 10
    in_file = [f"[{r['mark']}]" if r["mark"] else ("≥" if r["at_least"] == "true" else "") + r["value"] for r in rows]
    on_page = [cell for row in cells_of(client.get(f"{base}/").content.decode()) for cell in row[1:]]
    assert [cell.replace(",", "") for cell in on_page] == in_file
    assert "0" in in_file
    assert "[c]" in in_file if code.startswith("incidents") else "≥500" in in_file


def test_the_charts_draw_the_numbers_of_the_files(published: Bureau, client: Client) -> None:
    html = client.get("/data/").content.decode()
    figures = re.findall(r'<figure class="chart" id="([a-z-]+)">(.*?)</figure>', html, re.S)
    assert [code for code, _ in figures] == ["incidents-by-year", "incidents-by-sector", "incidents-by-tier"]
    for code, figure in figures:
        rows = lines(client.get(f"/data/releases/{version()}/{code}.csv").content)
        in_file = [f"[{r['mark']}]" if r["mark"] else r["value"] for r in rows if "total" not in r.values()]
        # A long list of true zeros is left to the file, and the figure says how many.
        left_out = in_file.count("0") if code == "incidents-by-sector" else 0
        in_figure = [value for value in in_file if not left_out or value != "0"]
        assert [row[1] for row in cells_of(figure)] == in_figure
        assert (f"{left_out} categories with no case" in figure) is bool(left_out)
        assert figure.count("<svg") == 1
        assert f"/{code}.csv" in figure and f"/{code}.metadata.json" in figure
        drawn = re.findall(r"<rect [^>]*><title>([^<]*)</title>", figure)
        assert [text.rsplit(": ", 1)[1] for text in drawn] == [
            value for value in in_file if value.isdigit() and value != "0"
        ]


def test_a_chart_says_what_it_shows_and_marks_are_told_apart(published: Bureau, client: Client) -> None:
    html = client.get("/data/").content.decode()
    assert "Of the sectors that can be shown, Health was hit most often: 10 incidents" in html
    assert "Suppressed: the number is small" in html
    assert "Zero: no case of this kind was counted." in html
    assert "What this does not show" in html
    assert "Energy was &lt;b&gt;hit&lt;/b&gt; most." in html


def test_a_view_of_one_sector_is_a_row_of_a_published_table(published: Bureau, client: Client) -> None:
    """R5.2: choosing leaves lines out; nothing is added up anew."""
    html = client.get("/data/?sector=energy&since=2022&until=2022").content.decode()
    figure = re.search(r'<figure class="chart" id="incidents-by-sector-year">(.*?)</figure>', html, re.S)
    assert figure
    assert [row[0] for row in cells_of(figure[1])] == ["2022"]
    view = re.search(r'href="([^"]+)">CSV of this view', figure[1])
    assert view
    rows = lines(client.get(view[1].replace("&amp;", "&")).content)
    assert {(row["sector"], row["year"]) for row in rows} == {("energy", "2022")}
    whole = lines(client.get(f"/data/releases/{version()}/incidents-by-sector-year.csv").content)
    assert rows[0] in whole


@pytest.mark.parametrize(
    "query",
    [
        "sector=%27%3Bdrop",
        "sector=nowhere",
        "measure=names",
        "since=abc&until=9",
        "since=2022&until=2021",
        "%00=%00&sector=%00",
    ],
)
def test_nonsense_in_the_address_shows_the_whole(published: Bureau, client: Client, query: str) -> None:
    assert client.get(f"/data/?{query}").status_code == 200
    assert client.get(f"/data/releases/{version()}/incidents-by-sector-year.csv?{query}").status_code == 200


def test_the_archive_is_the_same_each_time_and_holds_everything(published: Bureau, client: Client) -> None:
    address = f"/data/releases/{version()}/all.zip"
    first, second = client.get(address), client.get(address)
    assert first.content == second.content
    archive = zipfile.ZipFile(io.BytesIO(first.content))
    assert archive.testzip() is None
    names = {name.split("/", 1)[1] for name in archive.namelist()}
    assert {
        "README.md",
        "codebook.csv",
        "changes.csv",
        "release.json",
        "incidents-by-year.csv",
        "victims-by-tier.metadata.json",
    } <= names
    document = json.loads(archive.read(f"{version()}/release.json"))
    assert hashlib.sha256(rfc8785.dumps(document)).hexdigest() == selectors.published().release.sha256
    readme = archive.read(f"{version()}/README.md").decode()
    assert "CC BY 4.0" in readme and "What this does not protect against" in readme and "Suppressed" in readme
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "Secret name" not in everything and "INC-" not in everything and "vela" not in everything


def test_a_file_is_kept_and_asked_for_once(published: Bureau, client: Client) -> None:
    address = f"/data/releases/{version()}/incidents-by-year.csv"
    answer = client.get(address)
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(address, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert client.get(address, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_an_old_release_opens_unchanged_and_the_new_one_says_what_changed(published: Bureau, client: Client) -> None:
    """Interface point 54."""
    old = version()
    before = client.get(f"/data/releases/{old}/all.zip").content
    published.cases(20, sector="energy", country="FR", year=2022)
    published.publish(revision_notes="Twenty cases were found.")
    assert version() == f"{old}-r2"
    assert client.get(f"/data/releases/{old}/all.zip").content == before
    page = client.get(f"/data/releases/{version()}/").content.decode()
    assert "This release revises" in page and "Twenty cases were found." in page
    changes = lines(client.get(f"/data/releases/{version()}/changes.csv").content)
    assert {"table": "incidents-by-year", "row": "2022", "column": "total", "before": "25", "after": "45"} in changes


def test_the_front_page_says_what_this_is_and_the_way_in(published: Bureau, client: Client, sign_in: Any) -> None:
    html = client.get("/").content.decode()
    assert "TLP:CLEAR" in html
    assert 'href="/accounts/login/"' in html
    assert version() in html
    assert 'href="/incidents/"' in sign_in(published.people.vela.analyst).get("/").content.decode()


@pytest.mark.parametrize("address", ["/", "/data/", "/data/releases/"])
def test_in_arabic_the_page_runs_the_other_way(published: Bureau, client: Client, address: str) -> None:
    html = client.get(address, HTTP_ACCEPT_LANGUAGE="ar").content.decode()
    assert 'dir="rtl"' in html
    assert version() in html
