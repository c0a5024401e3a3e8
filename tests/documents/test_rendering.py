"""Documents are set by a child with limits, accessible, marked on every page, and fetch nothing from anywhere."""

import json
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from documents.attachments import csv_of
from documents.blocks import Content, Facts, Nothing, Picture, Points, Quote, Section, Table, Text
from documents.failures import NotMade
from documents.rendering import Order, Rendered, quiet, render_content, run_child

pytestmark = pytest.mark.duty("REM-8")

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#12436d"/></svg>'


def content(*blocks: Any, mark: str = "TLP:AMBER", language: str = "en") -> Content:
    return Content(
        reference="INC-2026-000042/R-1",
        title="Post-incident review",
        subtitle="Hospital records encrypted",
        language=language,
        mark=mark,
        about=(("Reference", "INC-2026-000042/R-1"),),
        sections=(
            Section("executive_summary", "Executive summary", blocks),
            Section("annex", "Annex", (Nothing("Nothing."),), True),
        ),
    )


def made(*blocks: Any, **about: Any) -> Rendered:
    return render_content(content(*blocks, **about), template="documents/base.html", stylesheet="pdf/document.css")


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def structure(node: Any, found: list[str] | None = None) -> list[str]:
    """Names of the structure elements, in reading order."""
    found = [] if found is None else found
    if isinstance(node, pikepdf.Array):
        for child in node:
            structure(child, found)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            found.append(str(node["/S"]))
        if "/K" in node:
            structure(node["/K"], found)
    return found


@pytest.fixture(scope="module")
def whole() -> Rendered:
    return made(
        Text("Wards worked on paper."),
        Facts("In brief", (("People affected", "Not known"),)),
        Points(("First point", "Second point")),
        Quote("I do not agree that the claim is proved.", "A legal assessor"),
        Picture("people", SVG, "Bar chart: 200 people without the service.", "People"),
        Table("services", "Services hit", ("Service", "People"), (("Wards", "about 200 people"),)),
    )


def test_it_is_tagged_named_and_says_its_language(whole: Rendered) -> None:
    with pikepdf.open(BytesIO(whole.pdf)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo.Title) == "Post-incident review: Hospital records encrypted (INC-2026-000042/R-1)"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        names = structure(pdf.Root.StructTreeRoot)
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Caption", "/L", "/Figure", "/BlockQuote"} <= set(names)
    assert names.index("/H1") < names.index("/H2")


def test_bookmarks_lead_to_the_sections(whole: Rendered) -> None:
    outline = PdfReader(BytesIO(whole.pdf)).outline

    def names(level: list[Any]) -> list[str]:
        return [name for item in level for name in (names(item) if isinstance(item, list) else [item.title])]

    found = names(outline)
    assert [name for name in found if "Executive summary" in name]
    assert found[0] == "Post-incident review" and found[-2:] == ["Verification", "Attached files"]


def test_pictures_carry_their_alternative(whole: Rendered) -> None:
    with pikepdf.open(BytesIO(whole.pdf)) as pdf:
        alts = [str(o["/Alt"]) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert alts == ["Bar chart: 200 people without the service."]


def test_the_text_is_all_there_in_order(whole: Rendered) -> None:
    cover, contents, *rest = (" ".join(page.split()) for page in texts(whole.pdf))
    assert "Hospital records encrypted" in cover and "INC-2026-000042/R-1" in cover
    assert "Executive summary 3" in contents and "Verification" in contents
    text = " ".join(rest)
    golden = [
        "1 Executive summary", "Wards worked on paper.", "In brief", "People affected Not known",
        "First point", "I do not agree that the claim is proved.", "Services hit", "Wards about 200 people", "2 Annex", "Verification",
        whole.facts_sha256,
    ]  # fmt: skip
    at = [text.index(words) for words in golden]
    assert at == sorted(at)


def test_every_page_carries_the_mark_twice_and_its_number(whole: Rendered) -> None:
    pages = texts(whole.pdf)
    assert len(pages) == whole.pages >= 4
    for number, page in enumerate(pages, 1):
        assert page.count("TLP:AMBER") >= 2, page
        assert f"{number} / {len(pages)}" in page


def test_the_printed_hash_is_that_of_the_attached_content(whole: Rendered) -> None:
    with pikepdf.open(BytesIO(whole.pdf)) as pdf:
        attached = pdf.attachments["content.json"].get_file().read_bytes()
    assert sha256(attached).hexdigest() == whole.facts_sha256
    facts = json.loads(attached)
    assert facts["sections"][0]["blocks"][0] == {"kind": "text", "text": "Wards worked on paper."}


def test_markup_in_the_record_is_text() -> None:
    hostile = '</td><script>alert(1)</script><img src="file:///etc/passwd"><link rel=stylesheet href="http://127.0.0.1/x.css">'
    pdf = made(Text(hostile), Table("t", hostile, ("A",), ((hostile,),))).pdf
    text = "".join("".join(texts(pdf)).split())
    assert text.count('<imgsrc="file:///etc/passwd">') == 3
    assert "root:x:0" not in text


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/a.png",
        "https://example.com/a.png",
        "data:image/png;base64,AAAA",
        "doc:other.svg",
        "doc:../order.json",
    ],
)
def test_nothing_outside_the_document_is_fetched(address: str) -> None:
    order = Order(html=f'<html lang="en"><title>x</title><img src="{address}" alt="x">', styles={}, identifier="x")
    with pytest.raises(NotMade) as refused:
        run_child(order, quiet)
    assert refused.value.code == "resource_refused"


def test_a_style_sheet_cannot_fetch_either() -> None:
    order = Order(
        html='<html lang="en"><title>x</title><p>x',
        styles={"a.css": "@import url(http://127.0.0.1:9/b.css);"},
        identifier="x",
    )
    with pytest.raises(NotMade, match="resource_refused"):
        run_child(order, quiet)


@pytest.mark.parametrize("alt", ["", "  "])
def test_a_picture_without_alternative_stops_the_document(alt: str) -> None:
    with pytest.raises(NotMade) as refused:
        made(Picture("people", SVG, alt, "People"))
    assert (refused.value.code, refused.value.detail) == ("alt_missing", "doc:people.svg")


def test_a_picture_that_cannot_be_read_stops_the_document() -> None:
    with pytest.raises(NotMade, match="picture_broken"):
        made(Picture("people", "<svg", "Bars", "People"))


def test_too_little_memory_or_time_is_said_so() -> None:
    html = "<html lang=en><title>x</title>" + "<table><tr><td>x</table>" * 3000
    with pytest.raises(NotMade) as refused:
        run_child(Order(html=html, styles={}, identifier="x", seconds=1), quiet)
    assert refused.value.code == "time"
    with pytest.raises(NotMade) as refused:
        run_child(Order(html=html, styles={}, identifier="x", memory=220 * 1024 * 1024), quiet)
    assert refused.value.code in {"memory", "crashed"}


def test_long_tables_print_their_beginning_and_attach_the_rest() -> None:
    rows = tuple((f"row {n}", "=1+1") for n in range(300))
    pdf = made(Table("long", "A long table", ("Name", "Value"), rows)).pdf
    text = " ".join(" ".join(texts(pdf)).split())
    assert "The first 120 of 300 rows are printed" in text and "row 119" in text and "row 120" not in text
    with pikepdf.open(BytesIO(pdf)) as opened:
        csv = opened.attachments["long.csv"].get_file().read_bytes()
    assert csv == csv_of(Table("long", "", ("Name", "Value"), rows))
    assert csv.decode("utf-8-sig").splitlines()[300] == "row 299,'=1+1"


def test_arabic_runs_right_to_left_with_its_own_letters() -> None:
    pdf = made(Text("عملت الأجنحة على الورق."), language="ar").pdf
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "ar"
        fonts = {str(o["/BaseFont"]) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o}
    assert any("Arabic" in font or "DejaVu" in font for font in fonts), fonts
    assert all(page.count("TLP:AMBER") >= 2 for page in texts(pdf))


def test_it_says_how_far_it_is() -> None:
    seen: list[tuple[int, str]] = []
    render_content(
        content(Text("x")),
        template="documents/base.html",
        stylesheet="pdf/document.css",
        tick=lambda *now: seen.append(now),
    )
    assert [progress for progress, _ in seen] == sorted(progress for progress, _ in seen)
    assert {"layout", "writing"} <= {stage for _, stage in seen}
