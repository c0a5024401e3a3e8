"""Independence is counted by origin, not by item: AT-02, AT-03, R2.16, and lineage that is withdrawn or circular."""

import pytest

from attribution.rules import EvidenceView, Text, Weighed, independent_origins, trace, weigh
from tests.attribution.builders import FORGEABLE, NOT_INDEPENDENT, STANDARD, item, report


def count(*items: object, same: tuple[tuple[str, str], ...] = ()) -> int:
    return independent_origins(items, STANDARD, same).total  # type: ignore[arg-type]


def weighed(*items: EvidenceView) -> Weighed:
    """How the first of these items counts."""
    return weigh(items, trace(items), STANDARD)[items[0].id]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (item("E-1", status="withdrawn"), "out.withdrawn"),
        (item("E-1", status="frozen"), "out.frozen"),
        (item("E-1", derived_from=frozenset({"gone"})), "out.rests_on_withdrawn"),
        (item("E-1", missing_fields=("sha256",)), "out.incomplete"),
        (item("E-1", "astrology"), "out.unknown_class"),
        (item("E-1", reliability="F"), "out.ungraded"),
        (item("E-1", credibility="5"), "out.weak_grade"),
        (item("E-1", "behavioural_ttp"), "out.class_never"),
        (item("E-1", statement_type="relay"), "out.statement"),
        (item("E-1", statement_type="own_assessment"), "out.evidence_base"),
        (item("E-1", origin=None), "out.no_origin"),
    ],
)
def test_item_that_does_not_count_says_why(row: EvidenceView, reason: str) -> None:
    found = weighed(row)
    assert (found.counts, [text.code for text in found.reasons]) == ("never", [reason])
    assert not found.anchors


def test_five_statements_with_one_declared_origin_are_one() -> None:
    """AT-03."""
    five = [item(f"S-{n}", "open_statement", "vendor", statement_type="technical_advisory") for n in range(5)]
    assert count(*five) == 1
    assert count(*five, item("S-9", "open_statement", "other", statement_type="technical_advisory")) == 2


def test_items_derived_from_one_item_share_its_origin() -> None:
    source = item("E-1", origin="vendor")
    copies = [item(f"E-{n}", origin=None, derived_from=frozenset({f"E-{n - 1}"})) for n in range(2, 6)]
    assert count(source, *copies) == 1
    assert trace([source, *copies]).roots["E-5"] == {"vendor"}


def test_origins_found_to_be_the_same_count_once() -> None:
    items = (item("E-1", origin="a"), item("E-2", origin="b"), item("E-3", origin="c"))
    assert count(*items) == 3
    assert count(*items, same=(("a", "b"),)) == 2
    assert count(*items, same=(("c", "b"), ("b", "a"))) == 1


@pytest.mark.parametrize("kind", NOT_INDEPENDENT)
def test_statement_that_only_repeats_is_no_origin(kind: str) -> None:
    assert count(item("S-1", "open_statement", statement_type=kind)) == 0


def test_own_assessment_counts_only_with_its_own_evidence_base() -> None:
    assert count(item("S-1", "open_statement", statement_type="own_assessment")) == 0
    assert count(item("S-1", "open_statement", statement_type="own_assessment", evidence_base_stated=True)) == 1


def test_unknown_statement_type_or_class_counts_nowhere() -> None:
    assert count(item("S-1", "open_statement", statement_type="rumour")) == 0
    assert count(item("E-1", "astrology")) == 0


def test_all_an_intruder_could_forge_is_one_group() -> None:
    """AT-02: whatever the number of origins and classes, they cannot corroborate each other."""
    assert len(FORGEABLE) > 3
    assert count(*(item(code, code) for code in FORGEABLE)) == 1


def test_forged_artefact_from_a_counted_origin_adds_nothing() -> None:
    real = item("E-1", "host_forensics", "responder")
    assert count(real, item("E-2", "artefact_string", "responder")) == 1
    assert count(real, item("E-2", "artefact_string", "vendor")) == 2


@pytest.mark.parametrize("code", ["behavioural_ttp", "perpetrator_claim"])
def test_techniques_and_claims_are_no_origin(code: str) -> None:
    assert count(item("E-1", code)) == 0


def test_report_that_mixes_origins_adds_no_origin() -> None:
    a, b = item("E-1", origin="a"), item("E-2", origin="b")
    both = item("E-3", origin=None, origin_ids=frozenset({"a", "b"}))
    assert count(a, b, both) == 2
    assert count(both) == 1


@pytest.mark.parametrize("status", ["withdrawn", "frozen"])
def test_withdrawn_or_frozen_counts_nowhere_nor_does_what_rests_on_it(status: str) -> None:
    source = item("E-1", origin="a", status=status)
    child = item("E-2", origin=None, derived_from=frozenset({"E-1"}))
    grandchild = item("E-3", origin="b", derived_from=frozenset({"E-2"}))
    assert count(source, child, grandchild) == 0
    assert trace([source, child, grandchild]).broken == {"E-2", "E-3"}


def test_item_that_rests_on_something_not_at_hand_does_not_count() -> None:
    assert count(item("E-2", derived_from=frozenset({"E-1"}))) == 0


def test_undeclared_origin_is_unknown_not_independent() -> None:
    assert count(item("E-1", origin=None)) == 0
    found = report(items=(item("E-1"), item("E-2", "financial_trail", origin=None)))
    assert found.tier == "T1"
    assert not found.robust


def test_circle_of_derivation_shares_its_roots() -> None:
    """A lineage cycle is a mistake, never two sources: it is reported, and counts as one at most."""
    one = item("E-1", origin="a", derived_from=frozenset({"E-2"}))
    two = item("E-2", origin="b", derived_from=frozenset({"E-1"}))
    lineage = trace([one, two])
    assert lineage.cycles == (frozenset({"E-1", "E-2"}),)
    assert lineage.roots["E-1"] == lineage.roots["E-2"] == {"a", "b"}
    assert count(one, two) == 1
    assert count(item("E-1", derived_from=frozenset({"E-1"}))) == 1
    three = item("E-2", origin="b", derived_from=frozenset({"E-1"}), status="withdrawn")
    assert count(one, three) == 0


def test_long_chain_does_not_exhaust_the_stack() -> None:
    chain = [item("E-0", origin="a")]
    chain += [item(f"E-{n}", origin=None, derived_from=frozenset({f"E-{n - 1}"})) for n in range(1, 5000)]
    assert count(*reversed(chain)) == 1


def test_two_items_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="one id"):
        trace([item("E-1"), item("E-1")])


def test_credibility_one_needs_an_item_of_different_lineage() -> None:
    """R1.2: "confirmed by other sources" without another source is not a grade."""
    sure = item("E-1", origin="a", credibility="1", corroborated_by=frozenset({"E-2"}))
    assert weighed(sure).reasons == (Text("out.credibility_one"),)
    assert weighed(sure, item("E-2", origin="a")).counts == "never"
    assert weighed(sure, item("E-2", origin="b")).counts == "origin"
    assert weighed(sure, item("E-2", origin=None)).counts == "never"
    assert weighed(sure, item("E-2", origin="b", status="withdrawn")).counts == "never"
    assert weighed(sure, item("E-2", origin="b", derived_from=frozenset({"gone"}))).counts == "never"
    assert weighed(sure, item("E-2", "artefact_string", origin="b")).counts == "never"
    assert not weighed(sure).provisional


@pytest.mark.parametrize(
    ("reliability", "credibility", "expected"),
    [
        ("A", "2", 1),
        ("C", "3", 1),
        ("D", "2", 0),
        ("B", "4", 0),
        ("F", "2", 0),
        ("B", "6", 0),
        (None, "2", 0),
        ("G", "2", 0),
    ],
)
def test_grade_that_counts(reliability: str | None, credibility: str, expected: int) -> None:
    assert count(item("E-1", reliability=reliability, credibility=credibility)) == expected


def test_item_without_what_the_standard_asks_does_not_count() -> None:
    assert count(item("E-1", missing_fields=("sha256",))) == 0
