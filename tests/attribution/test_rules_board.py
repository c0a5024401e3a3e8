"""The board as a whole: sums, the lead, and what one loss changes, against the plain meaning (ATT-5, ATT-8)."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attribution.rules import (
    TIERS,
    EvidenceView,
    Pooling,
    board_of,
    is_useless,
    leave_out,
    pool_ratings,
    raising_classes,
    single_items,
    trace,
    what_one_loss_changes,
)
from tests.attribution.builders import FINDING, FITS, HYPOTHESES, ITEMS, PANEL, STANDARD, item, report

from .test_rules_properties import PAIRS, bodies, rank

pytestmark = [pytest.mark.duty("ATT-5"), pytest.mark.duty("ATT-8")]


def scores(*items: EvidenceView) -> dict[str, int]:
    return dict(board_of(items, HYPOTHESES, STANDARD).scores)


def test_a_strong_contradiction_weighs_twice_and_an_origin_once() -> None:
    assert scores(item("E-1", ratings={"H2": "II", "H3": "I", "H4": "N"})) == {
        "H1": 0,
        "H2": 2,
        "H3": 1,
        "H4": 0,
        "H5": 0,
    }
    twice = [item(f"E-{n}", origin="one", ratings={"H2": "I"}) for n in (1, 2)]
    assert scores(*twice)["H2"] == 1
    apart = [item(f"E-{n}", origin=f"origin {n}", ratings={"H2": "I"}) for n in (1, 2)]
    assert scores(*apart)["H2"] == 2


@pytest.mark.parametrize("evidence_class", ["artefact_header", "behavioural_ttp", "perpetrator_claim"])
def test_what_can_be_forged_or_never_counts_speaks_against_nobody(evidence_class: str) -> None:
    assert set(scores(item("E-1", evidence_class, ratings={"H1": "II", "H2": "II"})).values()) == {0}


def test_the_lead_has_least_against_it_and_an_actor_not_known_never_leads() -> None:
    board = board_of(ITEMS, HYPOTHESES, STANDARD)
    assert board.leaders == ("H1",)
    assert board_of([], HYPOTHESES, STANDARD).leaders == ("H1", "H2", "H3", "H4")


def test_a_row_that_fits_every_hypothesis_is_useless() -> None:
    assert is_useless(item("E-1", ratings=dict.fromkeys(FITS, "C")), HYPOTHESES, STANDARD)
    assert not is_useless(item("E-1", ratings=FITS), HYPOTHESES, STANDARD)
    assert not is_useless(item("E-1", ratings={"H1": "C"}), HYPOTHESES, STANDARD)  # one rating says nothing yet


def test_the_item_on_which_the_lead_hangs_is_named_first() -> None:
    against = item("E-40", origin="one bank", ratings={"H1": "N", "H2": "II"})
    other = item("E-14", "financial_trail", ratings={"H1": "I", "H3": "I", "H4": "II"})
    removals = what_one_loss_changes([other, against], HYPOTHESES, STANDARD)
    assert board_of([other, against], HYPOTHESES, STANDARD).leaders == ("H1", "H3")
    changing = {(row.kind, row.key) for row in removals if row.changes_lead}
    assert ("item", "E-40") in changing and ("origin", "one bank") in changing
    assert [row.changes_lead for row in removals] == sorted((row.changes_lead for row in removals), reverse=True)


@settings(max_examples=150)
@given(bodies(), PAIRS)
def test_each_loss_is_what_is_left_when_it_is_really_taken_away(
    items: tuple[EvidenceView, ...], same: tuple[tuple[str, str], ...]
) -> None:
    """The shortcut against weighing everything anew without the items."""
    roots = trace(items, same).roots
    for row in what_one_loss_changes(items, HYPOTHESES, STANDARD, same):
        gone = {
            "item": {row.key},
            "origin": {one.id for one in items if row.key in roots[one.id]},
            "class": {one.id for one in items if one.evidence_class == row.key},
        }[row.kind]
        assert set(row.items) == gone
        left = [one for one in items if one.id not in gone]
        assert row.board == board_of(left, HYPOTHESES, STANDARD, same)


@settings(max_examples=100)
@given(bodies(), PAIRS, st.randoms())
def test_the_order_of_the_rows_changes_nothing(
    items: tuple[EvidenceView, ...], same: tuple[tuple[str, str], ...], random: object
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (board_of(rows, HYPOTHESES, STANDARD, same) for rows in (items, shuffled))
    assert (dict(one.scores), one.leaders, one.counting) == (dict(other.scores), other.leaders, other.counting)


@given(st.lists(st.sampled_from(["CC", "C", "N", "I", "II", "NA"]), max_size=30))
def test_counting_first_gives_the_same_middle_as_reading_every_rating(codes: list[str]) -> None:
    order = ("CC", "C", "N", "I", "II", "NA")
    value = pool_ratings(codes, STANDARD).value
    plain = next((code for code in order if STANDARD.ratings[code] == value), None) if value is not None else None
    expected = plain or ("NA" if codes else None)
    pooling = Pooling(STANDARD, order)
    tally = tuple(codes.count(code) for code in order)
    assert pooling.code(tally) == pooling.code(tally) == expected


# ── leaving out, and adding one ──────────────────────────────────────────────────────────────────────────────────────


def test_every_origin_and_class_that_carries_it_is_left_out_in_turn() -> None:
    found = leave_out(FINDING, ITEMS, HYPOTHESES, PANEL, STANDARD)
    assert [(row.kind, row.key) for row in found] == [
        ("origin", "bank"), ("origin", "registrar"), ("origin", "responder"),
        ("class", "financial_trail"), ("class", "host_forensics"), ("class", "infrastructure"),
    ]  # fmt: skip
    assert all(row.stands and row.tier == "T3" for row in found)  # three origins: any two carry it
    two = leave_out(FINDING, ITEMS[:2], HYPOTHESES, PANEL, STANDARD)
    assert {(row.tier, row.stands) for row in two} == {("T1", True)}  # one origin is left: provisional, still set apart
    alone = leave_out(FINDING, ITEMS[:1], HYPOTHESES, PANEL, STANDARD)
    assert {(row.tier, row.stands, row.items) for row in alone} == {("T0", False, ("E-1",))}


def test_all_that_can_be_forged_is_left_out_as_one_class() -> None:
    forged = (item("E-7", "artefact_header"), item("E-8", "artefact_language"))
    found = leave_out(FINDING, (*ITEMS, *forged), HYPOTHESES, PANEL, STANDARD)
    assert [row.items for row in found if row.key == "intruder_controlled"] == [("E-7", "E-8")]


@settings(max_examples=100)
@given(bodies(), PAIRS)
def test_the_picture_and_the_sentence_agree(items: tuple[EvidenceView, ...], same: tuple[tuple[str, str], ...]) -> None:
    """What leaving out finds to fall is what the requirement on robustness names, and no more."""
    full = report(items=items, same_origin=same)
    if not full.support.anchors or full.support.unseparated or full.support.overtaking:
        return
    losses = {(loss.kind, loss.key) for loss in full.support.losses}
    found = leave_out(replace(FINDING, same_origin=same), items, HYPOTHESES, PANEL, STANDARD)
    assert {(row.kind, row.key) for row in found if not row.stands} == losses


def test_which_one_item_would_raise_it() -> None:
    """One origin in one class: any class that counts, from an origin not yet there; not the one it rests on already."""
    effects = single_items(FINDING, ITEMS[:1], HYPOTHESES, PANEL, STANDARD)
    raised = {(row.origin, code) for row in effects if row.speaks == "for" and row.tier > "T1" for code in row.classes}
    assert ("new", "financial_trail") in raised
    assert ("new", "behavioural_ttp") not in raised and ("new", "perpetrator_claim") not in raised
    assert not {code for origin, code in raised if origin == "known"}
    against = [row for row in effects if row.speaks == "against" and row.origin == "new"]
    assert against and all(row.contested for row in against)


# The finance trail supports only beside a new item: a second one of its class adds no class, where any other does.
BESIDE_THE_NEW = (
    item("E-0", origin="a", ratings={"H1": "II", "H2": "I", "H3": "I"}),
    item("E-1", origin="b", ratings={"H1": "CC", "H2": "I", "H3": "I", "H4": "I"}),
    item("E-2", "financial_trail", origin="a", ratings={"H4": "I"}),
)


@example(BESIDE_THE_NEW)
@settings(max_examples=25)
@given(bodies())
def test_each_effect_is_what_the_rules_say_with_that_item(items: tuple[EvidenceView, ...]) -> None:
    now = report(items=items)
    effects = single_items(FINDING, items, HYPOTHESES, PANEL, STANDARD)
    for effect in effects:
        assert (effect.tier, effect.contested) != (now.tier, now.contested)
    for code in raising_classes(effects, now.tier):
        best = item("new", code, "an origin of its own", reliability="A", credibility="2",
                    ratings={"H1": "CC", **dict.fromkeys(("H2", "H3", "H4", "H5"), "II")})  # fmt: skip
        assert rank(report(items=(*items, best))) > rank(now)
    assert [row for row in effects if TIERS.index(row.tier) < TIERS.index(now.tier) and row.speaks == "for"] == []
