"""Restoration: care by harm, "restored" by its owner's word, and unknown figures that stay unknown."""

import ast
import inspect
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remediation import rules
from remediation.rules import (
    DOWN,
    HARDENED,
    MANUAL_WORKAROUND,
    PARTIALLY_RESTORED,
    RESTORED,
    TRANSITIONS,
    People,
    ServiceView,
    StateChange,
    blocks_to_close,
    blocks_to_move,
    may_refuse_for,
    may_verify,
    people_total,
    restoration_tier,
    service_hours_lost,
    service_order,
    target_met,
    time_to_manual_workaround,
    time_to_restore,
    total,
)

pytestmark = [pytest.mark.duty("REM-1"), pytest.mark.duty("REM-2"), pytest.mark.duty("ATT-10")]

DOCUMENTS = sorted((Path(__file__).parents[2] / "instruments/data/service-taxonomy").glob("[0-9]*.json"))
TAXONOMY = json.loads(DOCUMENTS[-1].read_text(encoding="utf-8"))["content"]
# CASE-04: three distribution companies in the Ukraine, power out in the afternoon, back by hand in the evening.
START = datetime(2015, 12, 23, 13, 35, tzinfo=UTC)
ELECTRICITY = ServiceView(
    key="electricity",
    restoration_tier=1,
    state=RESTORED,
    people=People(80_000, 225_000, 230_000),
    history=(
        StateChange(START, DOWN),
        StateChange(START + timedelta(hours=3), MANUAL_WORKAROUND, capacity=0.5),
        StateChange(START + timedelta(hours=6), RESTORED),
    ),
    target=timedelta(hours=6),
    backup_integrity=True,
    confirmed_by_owner=True,
)


def test_no_rule_of_restoration_can_ask_who_did_it() -> None:
    """AT-01, ATT-10: no argument for a tier, and no import of the rooms that know one."""
    functions = [function for _, function in inspect.getmembers(rules, inspect.isfunction)]
    arguments = {name for function in functions for name in inspect.signature(function).parameters}
    assert not arguments & {"tier", "finding", "actor", "attribution", "hypothesis"}
    for node in ast.walk(ast.parse(inspect.getsource(rules))):
        assert not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("attribution", "escalation")))


def test_want_of_attribution_is_no_reason_to_refuse_help() -> None:
    """R2.15."""
    assert not may_refuse_for("insufficient_attribution")
    assert may_refuse_for("no_means")


def test_life_safety_comes_first_then_the_many_then_the_few() -> None:
    hospital = ServiceView("hospital", 0, DOWN, People(best=40))
    power = ServiceView("power", 1, DOWN, People(best=225_000))
    phones = ServiceView("phones", 1, DOWN, People(minimum=10, maximum=300_000))
    taxes = ServiceView("taxes", 2, DOWN, People(best=5_000_000))
    water_back = ServiceView("water", 0, RESTORED, People(best=900_000))
    ordered = service_order([taxes, water_back, power, hospital, phones])
    assert [service.key for service in ordered] == ["hospital", "phones", "power", "taxes", "water"]


def test_a_service_nobody_has_counted_yet_is_not_treated_as_small() -> None:
    known = ServiceView("known", 1, DOWN, People(best=1_000_000))
    unknown = ServiceView("unknown", 1, DOWN)
    none = ServiceView("none", 1, DOWN, People(best=0))
    assert [service.key for service in service_order([none, known, unknown])] == ["unknown", "known", "none"]


SERVICES = st.builds(
    ServiceView,
    key=st.uuids().map(str),
    restoration_tier=st.integers(0, 3),
    state=st.sampled_from(sorted(TRANSITIONS)),
    people=st.builds(People, best=st.one_of(st.none(), st.integers(0, 10))),
)


@given(st.lists(SERVICES, max_size=8), st.randoms())
def test_the_order_of_care_does_not_depend_on_the_order_of_arrival(services: list[ServiceView], random: object) -> None:
    shuffled = list(services)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert service_order(shuffled) == service_order(services)


def test_the_states_are_those_of_the_taxonomy() -> None:
    assert set(TRANSITIONS) == set(TAXONOMY["states"])
    assert set(TAXONOMY["restored_states"]) == rules.IN_SERVICE
    assert restoration_tier("hospital-care", TAXONOMY) == 0
    assert restoration_tier("electricity-distribution", TAXONOMY) == 1
    with pytest.raises(KeyError):
        restoration_tier("teleportation", TAXONOMY)


@pytest.mark.parametrize("state", sorted(TRANSITIONS))
def test_every_move_that_the_table_lacks_is_refused(state: str) -> None:
    for to in TRANSITIONS:
        blocks = blocks_to_move(replace(ELECTRICITY, state=state), to)
        assert bool(blocks) is (to not in TRANSITIONS[state])
        assert all(block.code == "service_move" for block in blocks)


def test_only_what_works_can_be_hardened_and_everything_can_fail_again() -> None:
    assert [state for state, moves in TRANSITIONS.items() if HARDENED in moves] == [RESTORED]
    assert all(DOWN in moves for state, moves in TRANSITIONS.items() if state != DOWN)


@pytest.mark.parametrize("integrity", [None, False])
def test_nothing_is_restored_from_a_backup_that_was_not_checked(integrity: bool | None) -> None:
    """R4.2."""
    service = replace(ELECTRICITY, state=PARTIALLY_RESTORED, backup_integrity=integrity)
    (block,) = blocks_to_move(service, RESTORED)
    assert block.code == "R4.2"
    assert ("failed" in block.message) is (integrity is False)
    assert blocks_to_move(service, DOWN) == []


def test_restored_is_the_word_of_the_owner() -> None:
    """R4.3."""
    service = replace(ELECTRICITY, state=PARTIALLY_RESTORED, confirmed_by_owner=False)
    assert [block.code for block in blocks_to_move(service, RESTORED)] == ["R4.3"]


def test_recovery_ends_when_every_service_is_back_and_the_papers_are_complete() -> None:
    """R4.3, RC.RP-06."""
    assert blocks_to_close([ELECTRICITY], criteria_met=True, documented=True) == []
    still_out = replace(ELECTRICITY, state=PARTIALLY_RESTORED)
    assert [block.code for block in blocks_to_close([still_out], criteria_met=False, documented=False)] == [
        "R4.3",
        "RC.RP-06",
        "RC.RP-06",
    ]


def test_the_doer_does_not_verify_and_nobody_verifies_what_nobody_did() -> None:
    assert may_verify(done_by=1, verified_by=2)
    assert not may_verify(done_by=1, verified_by=1)
    assert not may_verify(done_by=None, verified_by=2)


def test_metrics_of_a_documented_outage() -> None:
    assert time_to_manual_workaround(ELECTRICITY) == timedelta(hours=3)
    assert time_to_restore(ELECTRICITY) == timedelta(hours=6)
    assert target_met(ELECTRICITY) is True
    assert target_met(replace(ELECTRICITY, target=timedelta(hours=5))) is False
    lost = service_hours_lost(ELECTRICITY, until=START + timedelta(days=9))
    assert (lost.value, lost.at_least) == (4.5, False)


def test_an_outage_that_goes_on_is_counted_up_to_now() -> None:
    service = replace(ELECTRICITY, state=DOWN, history=(StateChange(START, DOWN),))
    assert service_hours_lost(service, until=START + timedelta(hours=10)).value == 10.0
    assert time_to_restore(service) is None
    assert target_met(service) is None


def test_hours_at_a_capacity_nobody_measured_are_unknown_and_the_rest_is_at_least() -> None:
    """AT-14."""
    history = (
        StateChange(START, DOWN),
        StateChange(START + timedelta(hours=3), MANUAL_WORKAROUND),
        StateChange(START + timedelta(hours=6), RESTORED),
    )
    lost = service_hours_lost(replace(ELECTRICITY, history=history), until=START + timedelta(days=9))
    assert (lost.value, lost.at_least) == (3.0, True)


def test_what_was_not_recorded_has_no_duration() -> None:
    unrecorded = replace(ELECTRICITY, history=())
    assert time_to_manual_workaround(unrecorded) is None
    assert time_to_restore(unrecorded) is None
    assert service_hours_lost(unrecorded, until=START).value is None
    never_by_hand = replace(ELECTRICITY, history=(StateChange(START, DOWN),))
    assert time_to_manual_workaround(never_by_hand) is None


def test_a_service_that_fell_back_was_not_restored_the_first_time() -> None:
    relapse = (
        *ELECTRICITY.history,
        StateChange(START + timedelta(hours=8), DOWN),
        StateChange(START + timedelta(hours=20), RESTORED),
    )
    assert time_to_restore(replace(ELECTRICITY, history=relapse)) == timedelta(hours=20)
    assert time_to_restore(replace(ELECTRICITY, state=DOWN, history=relapse[:-1])) is None


def test_unknown_is_never_zero() -> None:
    """AT-14."""
    assert (total([None, None]).value, total([None, None]).at_least) == (None, False)
    assert (total([3, None]).value, total([3, None]).at_least) == (3, True)
    assert (total([0, 0]).value, total([0, 0]).at_least) == (0, False)
    assert (total([]).value, total([]).at_least) == (0, False)


@given(st.lists(st.one_of(st.none(), st.integers(0, 1000)), min_size=1))
def test_a_sum_is_exact_or_says_at_least_or_says_nothing(figures: list[int | None]) -> None:
    result = total(figures)
    known = [figure for figure in figures if figure is not None]
    assert result.value == (sum(known) if known else None)
    assert result.at_least is (0 < len(known) < len(figures))


def test_people_are_added_figure_by_figure() -> None:
    """CASE-04: 80,000 / 225,000 / 230,000, next to a service of which only the least is known."""
    result = people_total([ELECTRICITY, ServiceView("phones", 1, DOWN, People(minimum=1_000))])
    assert (result.minimum.value, result.minimum.at_least) == (81_000, False)
    assert (result.best.value, result.best.at_least) == (225_000, True)
    assert (result.maximum.value, result.maximum.at_least) == (230_000, True)
