"""Redaction removes, it does not cover; two people; the original stays (R1.17, ATT-2, ATT-3)."""

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from core.errors import Invalid, NotAllowed, NotFound
from core.marks import Mark
from core.tenancy import acting_as
from evidence import services
from evidence.errors import OnlyOriginatorRelaxes, ParentsStricter, RedactedByProposer, RedactionOver
from evidence.models import EvidenceItem, Lineage, Redaction, StoredFile
from evidence.redaction import child
from evidence.selectors import custody_of
from evidence.services.redaction import compared, open_draft
from evidence.states import RedactionState
from incidents.models import Incident
from organisations.actors import Actor
from organisations.roles import Grade
from tests.people import People
from tests.tenancy.test_walls import filed

from .builders import given, on_disk, shared, the_file, upload

pytestmark = [pytest.mark.duty("ATT-2"), pytest.mark.duty("ATT-3")]
WORDS = [{"words": "Ilse Marrow", "reason": "person_at_risk"}]


def pdf(*, revisions: bool = False) -> bytes:
    """A PDF that says a name in every place a PDF can."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "The witness is Ilse Marrow of Harbour Street.")
    page.insert_text((72, 100), "ILSE  MARROW, unseen", render_mode=3)
    document.new_page().insert_text((72, 72), "A second page, about a pump.")
    turned = document.new_page()
    turned.insert_text((100, 100), "Ilse Marrow, turned")
    turned.set_rotation(90)
    document.set_metadata({"title": "Interview with Ilse Marrow", "author": "Ilse Marrow"})
    document.embfile_add("note.txt", b"Ilse Marrow, attached")
    document.set_toc([[1, "Ilse Marrow", 1]])
    document[0].add_text_annot((10, 10), "Ilse Marrow, noted")
    document[0].insert_link(
        {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(0, 0, 9, 9), "uri": "https://example.org/Ilse Marrow"}
    )
    field = pymupdf.Widget()
    field.rect, field.field_type, field.field_name, field.field_value = (
        pymupdf.Rect(72, 300, 200, 320),
        pymupdf.PDF_WIDGET_TYPE_TEXT,
        "n",
        "Ilse Marrow",
    )
    document[0].add_widget(field)
    data = bytes(document.tobytes())
    if not revisions:
        return data
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "a.pdf"
        document.new_page().insert_text((72, 72), "Ilse Marrow, in an earlier version only")
        document.save(place)
        with pymupdf.open(place) as later:
            later.delete_page(later.page_count - 1)
            later.saveIncr()
        return place.read_bytes()


def extracted(data: bytes) -> str:
    """By a library that had no part in it."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    parts = [page.extract_text() for page in reader.pages]
    parts += [
        str(reader.metadata or ""),
        str(dict(reader.attachments)),
        str(reader.outline),
        str(reader.get_fields() or ""),
    ]
    parts += [str(page.get("/Annots", "")) for page in reader.pages]
    return "\n".join(parts)


@pytest.mark.parametrize("revisions", [False, True])
def test_in_a_pdf_nothing_of_it_is_left_anywhere(revisions: bool) -> None:
    original = pdf(revisions=revisions)
    assert "Ilse Marrow" in extracted(original)
    made, hits, pages, _drawn = child.redact_pdf(original, WORDS)
    assert hits[0] >= 2 and 1 in pages[0] and 3 in pages[0]
    text = extracted(made)
    assert "Marrow" not in text and "MARROW" not in text
    assert "Harbour Street" in text and "about a pump" in text
    with pymupdf.open(stream=made, filetype="pdf") as document:
        assert not any("Marrow" in page.get_text() for page in document)
        assert (
            document.embfile_count() == 0
            and not document.get_toc()
            and not any(document.metadata.get(name) for name in ("title", "author"))
        )
        streams = b"".join(
            document.xref_stream(xref) or b""
            for xref in range(1, document.xref_length())
            if document.xref_is_stream(xref)
        )
    for raw in (made, streams):
        for form in (
            b"Marrow",
            b"MARROW",
            "Marrow".encode("utf-16-be"),
            b"Marrow".hex().encode(),
            b"Marrow".hex().upper().encode(),
        ):
            assert form not in raw
    assert made.count(b"%%EOF") == 1, "one version, no earlier one"


def test_a_replacement_text_or_an_odd_place_makes_pictures_of_pages_rather_than_leave_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    genuine = child.left_in_pdf

    def left(data: bytes, words: list[str]) -> Any:
        seen.append(data)
        return iter(["Ilse Marrow"]) if len(seen) == 1 else genuine(data, words)

    monkeypatch.setattr(child, "left_in_pdf", left)
    made, _hits, _pages, drawn = child.redact_pdf(pdf(), WORDS)
    assert drawn == [1, 3]
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert (
        "Marrow" not in extracted(made)
        and reader.pages[0].extract_text().strip() == ""
        and "pump" in reader.pages[1].extract_text()
    )


def test_an_area_is_removed_from_a_scan_too() -> None:
    page = pymupdf.open()
    scan = page.new_page(width=200, height=200)
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 200, 200), False)
    pixels.clear_with(255)
    pixels.set_rect(pymupdf.IRect(20, 20, 60, 60), (200, 10, 10))
    scan.insert_image(scan.rect, pixmap=pixels)
    made, hits, pages, _drawn = child.redact_pdf(
        page.tobytes(), [{"page": 1, "area": [5, 5, 40, 40], "reason": "personal_data"}]
    )
    assert hits == [1] and pages == [[1]]
    with pymupdf.open(stream=made, filetype="pdf") as document:
        [image] = document.get_page_images(0)
        kept = pymupdf.Pixmap(document, image[0])
        assert all(
            kept.pixel(x, y)[:3] != (200, 10, 10) for x in range(0, kept.width, 5) for y in range(0, kept.height, 5)
        )


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("text/plain", b"ilse\n  MARROW and Ilse Marrow\n"),
        ("text/csv", b'name,place\n"Ilse Marrow",Harbour\n'),
        ("application/json", b'{"who": "Ilse Marrow", "n": 1}'),
        ("message/rfc822", b"From: a@example.org\nSubject: x\n\nIlse Marrow came.\n"),
        ("text/plain", "Ilse Marrow".encode("utf-16")),
    ],
)
def test_in_text_a_marker_of_one_length_stands_for_it(media_type: str, data: bytes) -> None:
    made, hits = child.redact_text(data, WORDS)
    text, _encoding = child.decoded(made)
    assert "arrow" not in text.lower() and hits[0] >= 1
    assert text.count("[redacted: person_at_risk]") == hits[0]
    if media_type == "application/json":
        json.loads(made)
    assert not list(child.left_in(child.inside(made, media_type), ["Ilse Marrow"]))
    longer, _hits = child.redact_text(
        b"Ilse Marrow-Featherstonehaugh", [{"words": "Ilse Marrow-Featherstonehaugh", "reason": "child"}]
    )
    assert longer == b"[redacted: child]"


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("application/json", b'{"who": "Ils\\u0065 Marrow"}'),
        (
            "message/rfc822",
            b"From: a@example.org\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSWxzZSBNYXJyb3cgY2FtZQ==\n",
        ),
        ("message/rfc822", b"From: a@example.org\nSubject: =?utf-8?q?Ilse_Marrow?=\n\nx\n"),
        ("text/plain", "Il\u200bse Mar\u00adrow".encode()),
    ],
)
def test_what_is_only_written_differently_is_found(media_type: str, data: bytes) -> None:
    assert list(child.left_in(child.inside(data, media_type), ["Ilse Marrow"])) == ["Ilse Marrow"]


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7 nothing", pdf()[:700], b"%PDF-1.4\n" + b"1 0 obj<</Type/Pages/Kids[1 0 R]/Count 9>>endobj\n" * 50],
)
def test_a_hostile_pdf_gets_an_answer(data: bytes, tmp_path: Any) -> None:
    from evidence.redaction.running import listen

    (tmp_path / "original").write_bytes(data)
    order = {
        "media_type": "application/pdf",
        "passages": WORDS,
        "memory_bytes": 1 << 30,
        "cpu_seconds": 20,
        "handed_in": False,
    }
    (tmp_path / "order.json").write_text(json.dumps(order))
    assert listen(tmp_path)["error"]
    assert not (tmp_path / "out").exists()


def test_a_child_without_memory_is_stopped(tmp_path: Any) -> None:
    from evidence.redaction.running import listen

    (tmp_path / "original").write_bytes(pdf())
    order = {
        "media_type": "application/pdf",
        "passages": WORDS,
        "memory_bytes": 64 << 20,
        "cpu_seconds": 20,
        "handed_in": False,
    }
    (tmp_path / "order.json").write_text(json.dumps(order))
    assert listen(tmp_path)["error"] in {"memory", "stopped", "broken"}


# From proposal to item


@pytest.fixture
def incident(people: People) -> Incident:
    return filed(people.vela.analyst)


def proposed(
    actor: Actor, item: EvidenceItem, *, made: bytes | None = None, work: bool = True, **change: Any
) -> Redaction:
    with acting_as(actor.principal):
        file = StoredFile.objects.get(item=item)
        redaction = services.propose_redaction(
            actor=actor, reference=item.incident.reference, label=item.label, sha256=file.sha256,
            **{"title": "Account, redacted", "passages": WORDS, **change}, handed_in=upload(made, "made.pdf") if made is not None else None,
        )  # fmt: skip
    if work:
        services.carry_out_redaction(actor, redaction.pk)
        with acting_as(actor.principal):
            redaction.refresh_from_db()
    return redaction


def decided(
    actor: Actor, item: EvidenceItem, redaction: Redaction, *, approve: bool = True, reason: str = ""
) -> Redaction:
    with acting_as(actor.principal):
        return services.decide_redaction(
            actor=actor,
            reference=item.incident.reference,
            label=item.label,
            redaction_id=redaction.pk,
            approve=approve,
            reason=reason,
        )


@pytest.mark.django_db
def test_two_people_make_a_derivative_and_the_original_stays(people: People, incident: Incident) -> None:
    analyst, custodian = people.vela.analyst, people.vela.person("custodian")
    item = given(analyst, incident, data=pdf(), name="interview.pdf", kind="other", details={}, mark=Mark.RED)
    file = the_file(analyst, item)
    before = on_disk(file).read_bytes()
    redaction = proposed(analyst, item)
    assert redaction.state == RedactionState.READY, (redaction.problem, redaction.detail)
    with pytest.raises(RedactedByProposer):
        decided(analyst, item, redaction)
    with acting_as(custodian.principal):
        [*_, row] = compared(actor=custodian, reference=incident.reference, label=item.label, redaction_id=redaction.pk)
        assert row["words"].lower() == "ilse marrow" and row["marker"] == "[redacted: person_at_risk]"
        _shown, handle = open_draft(
            actor=custodian, reference=incident.reference, label=item.label, redaction_id=redaction.pk
        )
        with handle:
            draft = handle.read()
    approved = decided(custodian, item, redaction)
    with acting_as(analyst.principal):
        result = approved.result
        assert result is not None and result.mark == Mark.RED and result.title == "Account, redacted"
        assert Lineage.objects.filter(item=result, other=item, kind="derived_from").exists()
        made = the_file(analyst, result)
        assert made.name == "redacted.pdf" and made.sha256 == redaction.draft_sha256 != file.sha256
        assert on_disk(made).read_bytes() == draft and "Marrow" not in extracted(draft)
        assert [link.act for link in custody_of(item)][-3:] == ["copied", "opened", "opened"]
        kept = Redaction.objects.get(pk=redaction.pk)
        assert kept.passages == [] and "Marrow" not in json.dumps(kept.log) and kept.log[0]["times"] >= 2
    assert on_disk(file).read_bytes() == before
    with pytest.raises(RedactionOver):
        decided(custodian, item, redaction)
    with acting_as(custodian.principal):  # the originator's own house lowers the mark, nobody else (R2.9)
        services.change_mark(
            actor=custodian, reference=incident.reference, label=result.label, mark=Mark.AMBER, reason="Cleared."
        )


@pytest.mark.django_db
def test_only_the_originator_approves_and_lowers(people: People, incident: Incident) -> None:
    shared(people.vela.analyst, incident, people.meridian.organisation, Grade.ASSESS)
    giver, colleague = people.meridian.person("forensic_assessor"), people.meridian.person("legal_assessor")
    item = given(giver, incident, data=b"Ilse Marrow came by night.\n", name="a.txt", kind="other", details={})
    redaction = proposed(people.vela.analyst, item)
    assert redaction.state == RedactionState.READY
    with pytest.raises(NotAllowed):
        decided(people.vela.person("custodian"), item, redaction)
    result = decided(colleague, item, redaction).result
    assert result is not None
    with pytest.raises((OnlyOriginatorRelaxes, ParentsStricter)), acting_as(people.vela.analyst.principal):
        services.change_mark(
            actor=people.vela.analyst, reference=incident.reference, label=result.label, mark=Mark.CLEAR
        )
    with acting_as(colleague.principal):
        services.change_mark(
            actor=colleague, reference=incident.reference, label=result.label, mark=Mark.CLEAR, reason="Cleared."
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("passages", "title"),
    [([], "x"), ([{"words": "a", "reason": "child"}], "x"), ([{"words": "abc", "reason": "because"}], "x"), (WORDS, ""),
     ([{"page": 1, "area": [50, 0, 10, 10], "reason": "child"}], "x"), ([{"reason": "child"}], "x"), (WORDS * 201, "x")],
)  # fmt: skip
def test_a_proposal_that_says_nothing_is_refused(people: People, incident: Incident, passages: Any, title: str) -> None:
    item = given(people.vela.analyst, incident, data=b"Ilse Marrow", name="a.txt", kind="other", details={})
    with pytest.raises(Invalid):
        proposed(people.vela.analyst, item, passages=passages, title=title)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "passages", "problem"),
    [
        (b"nothing of that name", "a.txt", WORDS, "not_found"),
        (
            b"From: a@b.example\nSubject: Ilse Marrow\nContent-Transfer-Encoding: base64\n\nSWxzZSBNYXJyb3cgY2FtZQ==\n",
            "a.eml",
            WORDS,
            "still_there",
        ),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "a.bin", WORDS, "kind_unknown"),
        (b"Ilse Marrow", "a.txt", [{"page": 1, "area": [0, 0, 9, 9], "reason": "child"}], "areas_in_text"),
    ],
)
def test_what_cannot_be_redacted_says_why_and_keeps_no_words(
    people: People, incident: Incident, data: bytes, name: str, passages: Any, problem: str
) -> None:
    item = given(people.vela.analyst, incident, data=data, name=name, kind="other", details={})
    redaction = proposed(people.vela.analyst, item, passages=passages)
    assert (redaction.state, redaction.problem) == (RedactionState.FAILED, problem)
    assert redaction.passages == []


@pytest.mark.django_db
def test_a_version_made_elsewhere_is_checked(people: People, incident: Incident) -> None:
    analyst = people.vela.analyst
    item = given(analyst, incident, data=b"\x89PNG\r\n\x1a\n" + b"\0" * 64, name="a.bin", kind="other", details={})
    refused = proposed(analyst, item, made=pdf())
    assert (refused.state, refused.problem) == (RedactionState.FAILED, "still_there")
    clean, _hits, _pages, _drawn = child.redact_pdf(pdf(), WORDS)
    fine = proposed(analyst, item, made=clean)
    assert fine.state == RedactionState.READY and fine.handed_in


@pytest.mark.django_db
def test_the_database_asks_for_two_people_and_for_the_version_they_saw(people: People, incident: Incident) -> None:
    analyst, custodian = people.vela.analyst, people.vela.person("custodian")
    item = given(analyst, incident, data=b"Ilse Marrow came.\n", name="a.txt", kind="other", details={})
    redaction = proposed(analyst, item)
    for statement, actor in (
        (
            "UPDATE evidence_redaction SET state = 'approved', decided_by_id = %(me)s, decided_at = now(), result_id = item_id WHERE id = %(id)s",
            analyst,
        ),
        (
            "UPDATE evidence_redaction SET state = 'approved', decided_by_id = %(me)s, decided_at = now(), result_id = item_id WHERE id = %(id)s",
            custodian,
        ),
        ("UPDATE evidence_redaction SET draft_sha256 = repeat('0', 64) WHERE id = %(id)s", custodian),
        ("UPDATE evidence_redaction SET proposed_by_id = %(me)s WHERE id = %(id)s", custodian),
        ("UPDATE evidence_redaction SET state = 'making' WHERE id = %(id)s", custodian),
    ):
        with (
            pytest.raises(DatabaseError),
            acting_as(actor.principal),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, {"me": actor.user.pk, "id": redaction.pk})
            assert cursor.rowcount
    with pytest.raises(NotFound):
        decided(people.orrin.analyst, item, redaction)


@pytest.mark.django_db
def test_by_hand_and_by_program(people: People, incident: Incident, sign_in: Callable[[Actor], Client]) -> None:
    analyst, custodian = people.vela.analyst, people.vela.person("custodian")
    item = given(analyst, incident, data=pdf(), name="interview.pdf", kind="other", details={})
    sha256 = the_file(analyst, item).sha256
    here = f"/incidents/{incident.reference}/evidence/{item.label}/"
    client = sign_in(analyst)
    assert "Redact" in client.get(here).text
    wrong = client.post(f"{here}files/{sha256}/redact/", {"title": "Shown", "words": "Ilse Marrow", "reason": ""})
    assert wrong.status_code == 422 and "Ilse Marrow" in wrong.text and "choose a reason" in wrong.text
    done = client.post(
        f"{here}files/{sha256}/redact/",
        {"title": "Shown", "words": "Ilse Marrow", "reason": "person_at_risk", "areas": "2: 0 0 5 5"},
    )
    assert done.status_code == 303
    page = done["Location"]
    redaction_id = int(page.rstrip("/").rsplit("/", 1)[1])
    services.carry_out_redaction(analyst, redaction_id)
    client = sign_in(custodian)
    assert "Would put a victim" in client.get(page).text
    assert "[redacted: person_at_risk]" in client.post(f"{page}compare/").text
    draft = b"".join(client.post(f"{page}draft/"))
    assert "Marrow" not in extracted(draft)
    assert client.post(f"{page}decide/", {"approve": "no", "reason": ""}).status_code == 422
    became = client.post(f"{page}decide/", {"approve": "yes", "reason": ""})
    assert became.status_code == 303
    sha_made = client.get(f"/api/v1{became['Location']}").json()["files"][0]["sha256"]
    file = b"".join(client.post(f"{became['Location']}files/{sha_made}/open/", {"purpose": "Publishing"}))
    assert "Marrow" not in extracted(file) and "Harbour Street" in extracted(file)
    api = f"/api/v1{here}redactions/"
    body = {"sha256": sha256, "title": "Again", "passages": WORDS}
    client = sign_in(analyst)
    assert client.post(api, {**body, "passages": []}, content_type="application/json").status_code == 400
    second = client.post(api, body, content_type="application/json")
    assert second.status_code == 202
    one = f"{api}{second.json()['id']}/"
    services.carry_out_redaction(analyst, second.json()["id"])
    assert client.get(one).json()["state"] == "ready" and "Marrow" not in client.get(one).text
    assert client.post(f"{one}decision/", {"approve": True}, content_type="application/json").status_code == 409
    client = sign_in(custodian)
    assert client.post(f"{one}compare/", content_type="application/json").json()["passages"]
    assert (
        client.post(
            f"{one}decision/", {"approve": False, "reason": "Once is enough"}, content_type="application/json"
        ).json()["state"]
        == "declined"
    )
    assert len(client.get(api).json()) == 2
    assert sign_in(people.orrin.analyst).get(one).status_code == 404
