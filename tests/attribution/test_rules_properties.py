"""What must hold for any evidence at all: generated cases, not chosen ones (ATT-6, ATT-8)."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.rules import (
    TIERS,
    EvidenceView,
    TierReport,
    independent_origins,
    middle_grade,
    tier_report,
)
from tests.attribution.builders import FINDING, FITS, HYPOTHESES, PANEL, STANDARD, item, report

IDS = [f"E-{n}" for n in range(6)]
ORIGINS = ["a", "b", "c", "d"]
CLASSES = sorted(STANDARD.classes)
STATEMENTS = [None, None, None, *sorted(STANDARD.statement_types)]
RATINGS = ["CC", "C", "N", "I", "II"]
PAIRS = st.lists(st.tuples(st.sampled_from(ORIGINS), st.sampled_from(ORIGINS)), max_size=2).map(tuple)


@st.composite
def evidence(draw: st.DrawFn, key: str) -> EvidenceView:
    """Any item, biased towards ones that count, so that the higher tiers are reached often enough to be tested."""
    others = [other for other in IDS if other != key]
    good = draw(st.booleans())
    return EvidenceView(
        id=key,
        evidence_class=draw(st.sampled_from(["host_forensics", "financial_trail", "signals"] if good else CLASSES)),
        origin_ids=frozenset(draw(st.lists(st.sampled_from(ORIGINS), min_size=int(good), max_size=1 if good else 2))),
        derived_from=frozenset() if good else frozenset(draw(st.lists(st.sampled_from(others), max_size=2))),
        reliability="B" if good else draw(st.sampled_from([*"ABCDEFG", None])),
        credibility="2" if good else draw(st.sampled_from([*"123456", None])),
        corroborated_by=frozenset(draw(st.lists(st.sampled_from(others), max_size=1))),
        status="active" if good else draw(st.sampled_from(["active", "active", "frozen", "withdrawn"])),
        is_open=good or draw(st.booleans()),
        custody_complete=good or draw(st.booleans()),
        statement_type=None if good else draw(st.sampled_from(STATEMENTS)),
        evidence_base_stated=draw(st.booleans()),
        missing_fields=() if good else draw(st.sampled_from([(), (), ("sha256",)])),
        ratings=FITS
        if good and draw(st.booleans())
        else draw(st.dictionaries(st.sampled_from(["H1", "H2", "H3", "H4", "H5"]), st.sampled_from(RATINGS))),
    )


@st.composite
def bodies(draw: st.DrawFn) -> tuple[EvidenceView, ...]:
    keys = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=len(IDS)))
    return tuple(draw(evidence(key)) for key in keys)


def rank(found: TierReport) -> int:
    return TIERS.index(found.tier)


def facts(found: TierReport) -> object:
    """A report without what merely lists items that do not count."""
    said = found.as_dict()
    del said["exclusions"]
    return said


@given(bodies(), evidence("new"), PAIRS)
def test_more_evidence_never_lowers_the_number_of_origins(
    items: tuple[EvidenceView, ...], new: EvidenceView, same: tuple[tuple[str, str], ...]
) -> None:
    before = independent_origins(items, STANDARD, same).total
    assert independent_origins((*items, new), STANDARD, same).total >= before
    fresh = item("new", origin="an origin of its own")
    assert independent_origins((*items, fresh), STANDARD, same).total >= max(before, 1)


@given(bodies(), PAIRS)
def test_there_are_never_more_origins_than_declared_ones_or_items(
    items: tuple[EvidenceView, ...], same: tuple[tuple[str, str], ...]
) -> None:
    counted = independent_origins(items, STANDARD, same).total
    assert counted <= min(len(items), len({origin for row in items for origin in row.origin_ids}))
    assert counted <= independent_origins(items, STANDARD).total


@settings(max_examples=300)
@given(bodies(), PAIRS, st.data())
def test_taking_evidence_away_never_raises_the_tier(
    items: tuple[EvidenceView, ...], same: tuple[tuple[str, str], ...], data: st.DataObject
) -> None:
    """Unless it, or something that rests on it, speaks against the finding: that is the next test."""
    if not items:
        return
    gone = data.draw(st.sampled_from(items))
    against = {row.id for row in items if row.ratings.get("H1") in ("I", "II")}
    against |= {row.id for row in items if row.statement_type in ("denial", "counter_claim")}
    rests = against | {key for row in items for key in (*row.derived_from, *row.corroborated_by)}
    if gone.id in rests:
        return
    left = tuple(row for row in items if row.id != gone.id)
    assert rank(report(items=left, same_origin=same)) <= rank(report(items=items, same_origin=same))


@settings(max_examples=300)
@given(bodies(), st.data())
def test_taking_away_what_contests_raises_nothing_while_the_contest_is_on_record(
    items: tuple[EvidenceView, ...], data: st.DataObject
) -> None:
    """Withdrawing a rebuttal or a denial is no way around it: the record holds the finding where the contest holds it."""
    if not items:
        return
    full = report(items=items)
    gone = data.draw(st.sampled_from(items))
    left = report(items=tuple(row for row in items if row.id != gone.id), contests=full.contests)
    blocked = [TIERS.index(STANDARD.contest_blocks[row.kind]) for row in full.contests if not row.resolved]
    assert all(rank(left) < tier for tier in blocked)
    assert left.contested or not full.contested


@given(bodies(), PAIRS, st.randoms())
def test_order_does_not_matter(
    items: tuple[EvidenceView, ...], same: tuple[tuple[str, str], ...], random: object
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    hypotheses = list(HYPOTHESES)
    random.shuffle(hypotheses)  # type: ignore[attr-defined]
    opinions = tuple(reversed(PANEL.opinions))
    one = tier_report(replace(FINDING, same_origin=same), items, HYPOTHESES, PANEL, STANDARD)
    other = tier_report(
        replace(FINDING, same_origin=tuple((b, a) for a, b in reversed(same))),
        shuffled,
        hypotheses,
        replace(PANEL, opinions=opinions),
        STANDARD,
    )
    assert one.as_dict() == other.as_dict()


@given(bodies(), st.sampled_from(["withdrawn", "frozen"]), st.data())
def test_withdrawn_counts_nowhere(items: tuple[EvidenceView, ...], status: str, data: st.DataObject) -> None:
    """A withdrawn item and an item that was never there give the same report but for the line that says so."""
    if not items:
        return
    gone = data.draw(st.sampled_from(items))
    marked = tuple(replace(row, status=status) if row.id == gone.id else row for row in items)  # type: ignore[arg-type]
    absent = tuple(row for row in items if row.id != gone.id)
    one, other = facts(report(items=marked)), facts(report(items=absent))
    one["cycles"] = other["cycles"] = []  # type: ignore[index]
    assert one == other


@given(bodies())
def test_forgeable_evidence_alone_stays_provisional(items: tuple[EvidenceView, ...]) -> None:
    """AT-02, for any grades, origins and ratings."""
    forged = [code for code in CLASSES if STANDARD.classes[code].intruder_controlled]
    found = report(items=tuple(replace(row, evidence_class=forged[n % len(forged)]) for n, row in enumerate(items)))
    assert rank(found) <= 1
    assert not found.robust


@given(bodies(), st.sampled_from(["perpetrator_claim", "infrastructure_location", "behavioural_ttp"]))
def test_claim_location_or_technique_alone_stays_provisional(items: tuple[EvidenceView, ...], code: str) -> None:
    assert rank(report(items=tuple(replace(row, evidence_class=code) for row in items))) <= 1


@given(bodies())
def test_single_lineage_stays_provisional(items: tuple[EvidenceView, ...]) -> None:
    """AT-03, ATT-8: whatever is said, and however often, one origin is one origin."""
    one = tuple(replace(row, origin_ids=frozenset({"only"})) for row in items)
    assert independent_origins(one, STANDARD).total <= 1
    assert rank(report(items=one)) <= 1


@given(bodies(), st.sampled_from(CLASSES), st.sampled_from(RATINGS))
def test_technique_overlap_never_changes_a_tier(items: tuple[EvidenceView, ...], other: str, rating: str) -> None:
    overlap = item("TTP", "behavioural_ttp", ratings={"H1": rating, "H2": "CC"})
    assert rank(report(items=(*items, overlap))) == rank(report(items=items))


@given(bodies())
def test_repeated_statements_never_change_a_tier_above_provisional(items: tuple[EvidenceView, ...]) -> None:
    """Endorsement, solidarity, relay, listing, unnamed official: five more change nothing that is corroborated."""
    kinds = ("endorsement", "solidarity_no_attribution", "relay", "sanctions_listing", "anonymous_official")
    chorus = tuple(item(f"S-{n}", "open_statement", statement_type=kind) for n, kind in enumerate(kinds))
    assert max(1, rank(report(items=(*items, *chorus)))) == max(1, rank(report(items=items)))


@given(bodies())
def test_corroborated_survives_the_loss_of_any_one_origin(items: tuple[EvidenceView, ...]) -> None:
    """The shortcut in the code against the plain meaning: take each origin away for real and look what is left."""
    full = report(items=items)
    if rank(full) < 2:
        return
    for origin in ORIGINS:
        kept = tuple(row for row in items if origin not in full_roots(items, row.id))
        left = report(items=kept)
        assert left.support.anchors, origin
        assert not left.support.unseparated, origin
        assert not [row for row in left.requirements if row.code == "least_inconsistent" and not row.met]


def full_roots(items: tuple[EvidenceView, ...], key: str) -> set[str]:
    """The origins an item rests on, walked naively."""
    by_id = {row.id: row for row in items}
    seen: set[str] = set()
    todo = [key]
    while todo:
        here = todo.pop()
        if here in seen or here not in by_id:
            continue
        seen.add(here)
        todo.extend(by_id[here].derived_from)
    return {origin for here in seen for origin in by_id[here].origin_ids}


@given(st.lists(st.sampled_from([*"123456", None]), min_size=1))
def test_unknown_grade_never_becomes_a_number(codes: list[str | None]) -> None:
    middle = middle_grade(codes, STANDARD)
    assert (middle is None) == any(code in (None, "6") for code in codes)
    assert middle is None or middle in codes
