"""The review tells findings with their reasons, keeps sealed opinions sealed, and prints dissent in full (ATT-7)."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from accountability.building import content_of
from accountability.sections.findings import opened
from accountability.services import download_review
from attribution.models import Opinion
from core.tenancy import acting_as
from documents.blocks import Content, Quote, Table
from evidence.services import change_mark
from incidents.access import case_for
from tests.attribution.ground import ITEMS, Ground, ground  # noqa: F401  (a fixture)
from tests.evidence.builders import LOG, given, graded

from .conftest import Make, asked

pytestmark = [pytest.mark.django_db, pytest.mark.duty("REM-8"), pytest.mark.duty("ATT-7")]
DISSENT = {
    "position": "dissent",
    "dissent": "The legal test of article 4 is not met.",
    "reasons": "The organ of the State is not shown.",
}


def told(ground: Ground) -> Content:  # noqa: F811
    """The content of a review asked for now by Vela's administrator."""
    admin = ground.people.vela.admin
    review = asked(admin, ground.incident)
    with acting_as(admin.principal):
        return content_of(admin, case_for(admin, ground.reference), review)


def words(content: Content, section: str) -> str:
    """Everything a section says."""
    return str(next(s for s in content.as_json()["sections"] if s["code"] == section))


def test_a_provisional_finding_says_what_is_missing(ground: Ground) -> None:  # noqa: F811
    ground.ready()
    found = words(told(ground), "findings")
    for said in (
        "GRU Unit 74455 (Russia", "T1 – Provisional", "Likely / probable (55 to 75 %, PHIA probability yardstick)", "Moderate", "Operator",
        "Not met", "The unit ran the operation against the Games.", "A false flag",
    ):  # fmt: skip
        assert said in found, said
    assert "'values'" not in found and "%(" not in found


def test_a_sealed_round_tells_nothing_not_even_to_its_members(ground: Ground) -> None:  # noqa: F811
    ground.ready()
    panel = ground.sealed({}, DISSENT, {})
    content = told(ground)
    assert "Opinions are being given, sealed" in words(content, "findings")
    assert DISSENT["dissent"] not in str(content.as_json())
    member = ground.members[1]
    with acting_as(member.principal):
        assert Opinion.objects.filter(panel=panel, author=member.user).exists()
        assert opened(panel) == []


def test_dissent_is_printed_in_full_beside_the_opinions(ground: Ground, make: Make) -> None:  # noqa: F811
    ground.ready()
    ground.revealed({}, DISSENT, {})
    admin = ground.people.vela.admin
    review = make(admin, ground.incident)
    assert review.job.state == "done", review.job.error_code
    with acting_as(admin.principal):
        pdf = download_review(actor=admin, reference=ground.reference, number=review.number)[1]
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert "The legal test of article 4 is not met." in text and "Tessera Institute, on finding F-1" in text
    assert "Dissents" in text


def test_the_opinions_are_a_table_and_the_dissent_a_quotation(ground: Ground) -> None:  # noqa: F811
    ground.ready()
    ground.revealed({}, DISSENT, {})
    content = told(ground)
    (panel,) = (table for table in content.tables() if table.name.startswith("panel"))
    assert isinstance(panel, Table) and [row[2] for row in panel.rows] == ["Concurs", "Dissents", "Concurs"]
    assert [block.text for block in content.blocks() if isinstance(block, Quote)] == [DISSENT["dissent"]]


def test_a_corroborated_finding_says_so(ground: Ground) -> None:  # noqa: F811
    ground.corroborated()
    assert "T2 – Corroborated" in words(told(ground), "findings")


def test_a_finding_that_rests_on_withheld_evidence_says_so_without_showing_it(ground: Ground) -> None:  # noqa: F811
    ground.ready()
    collector: Any = ground.collector
    with acting_as(collector.principal):
        change_mark(actor=collector, reference=ground.reference, label="E-2", mark="TLP:RED")
    content = told(ground)
    assert "['Rests in part on evidence withheld here (R2.12)', 'E-2']" in words(content, "findings")
    assert "Payments for the mail relay" not in str(content.as_json())


@pytest.mark.duty("ATT-6")
def test_a_tier_that_waits_to_be_computed_anew_says_so(ground: Ground) -> None:  # noqa: F811
    ground.ready()
    collector: Any = ground.collector
    assert "waits to be computed anew" not in words(told(ground), "findings")
    with acting_as(collector.principal):
        change_mark(actor=collector, reference=ground.reference, label="E-3", mark="TLP:AMBER+STRICT")
    found = words(told(ground), "findings")
    assert "T1 – Provisional; waits to be computed anew" in found and "A sharing mark was changed: E-3" in found
    ground.finding()
    assert "waits to be computed anew" not in words(told(ground), "findings")


def test_an_origin_known_from_withheld_evidence_alone_is_named_nowhere(ground: Ground) -> None:  # noqa: F811
    ground.evidence()
    ground.hypotheses()
    bank = ITEMS[1][2]
    again = given(
        ground.collector,
        ground.incident,
        data=LOG + b"again",
        title="Ledger",
        evidence_class="host_forensics",
        origin=bank,
    )
    graded(ground.grader, again)
    ground.items[:] = [ground.items[1], again]
    ground.rated()
    ground.proposed()
    assert f"Rests on the origin {bank}" in words(told(ground), "findings")
    collector: Any = ground.collector
    for label in ("E-2", again.label):
        with acting_as(collector.principal):
            change_mark(actor=collector, reference=ground.reference, label=label, mark="TLP:RED")
    ground.finding()
    content = told(ground)
    assert bank not in str(content.as_json()) and "Rests on the origin (withheld here)" in words(content, "findings")
