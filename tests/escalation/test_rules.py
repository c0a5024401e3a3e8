"""The guardrails: what hurts civilians is refused whatever else is true, and what protects them waits for nobody."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules import (
    ON_THEIR_SYSTEMS,
    PROTECTION,
    TIERS,
    FindingTierView,
    GuardrailReport,
    MeasureView,
    check_measure,
    least_tier,
    measures,
    prohibitions,
)

pytestmark = [pytest.mark.duty("ESC-1"), pytest.mark.duty("ESC-3"), pytest.mark.duty("ATT-10")]

INSTRUMENTS = Path(__file__).parents[2] / "instruments/data"


def content(kind: str) -> dict[str, Any]:
    newest = sorted((INSTRUMENTS / kind).glob("[0-9]*.json"))[-1]
    document: dict[str, Any] = json.loads(newest.read_text(encoding="utf-8"))
    inside: dict[str, Any] = document["content"]
    return inside


LADDER = content("measure-ladder")
TAXONOMY = content("service-taxonomy")
CODES = sorted(measures(LADDER))
X_CODES = sorted(prohibitions(LADDER))

FOUND = FindingTierView(tier="T3", responsible_states=frozenset({"XA"}), wrongful_act=True)
SOUND = MeasureView(
    code="R21",
    target_state="XA",
    aimed_at=frozenset({"military"}),
    clear_of=frozenset(X_CODES),
    reversible="yes",
    necessity="The operation continues and every call has gone unanswered.",
    proportionality="Three weeks without customs clearance in return for six without tax service.",
    aims_at_compliance=True,
    civilian_effect="None expected: only government procurement is concerned.",
    third_state_effect="None expected.",
    obligation_suspended="Article 4 of the bilateral agreement on customs data",
    reversal_plan="Clearance is switched back by the customs authority within an hour.",
    reversal_by="Head of customs operations",
    reversal_on=date(2026, 9, 1),
    called_on_state_on=date(2026, 5, 1),
    notified_on=date(2026, 5, 15),
    negotiation_offered_on=date(2026, 5, 15),
    starts_on=date(2026, 6, 1),
    expires_on=date(2026, 9, 1),
    compliance_signal="The access is closed and the State says so in writing.",
)


def check(proposal: MeasureView, finding: FindingTierView | None = FOUND) -> GuardrailReport:
    return check_measure(proposal, finding, LADDER, TAXONOMY)


def failed(report: GuardrailReport) -> set[tuple[str, str]]:
    return {(line.code, line.article) for line in report.failed}


def test_a_countermeasure_that_answers_everything_is_allowed() -> None:
    report = check(SOUND)
    assert failed(report) == set()
    assert report.verdict == "allowed"
    assert report.alternatives == ()


# --- protection does not wait for blame -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R10", "R90", "R91"])
@pytest.mark.parametrize("finding", [None, FindingTierView("T0"), FindingTierView("T1"), FOUND])
def test_protection_help_and_cooperation_need_no_finding_at_all(code: str, finding: FindingTierView | None) -> None:
    """AT-01, R2.13, and CASE-02: the advisory of 17 March went out 54 days before any attribution."""
    assert check(MeasureView(code=code), finding).allowed


def test_even_a_ladder_that_asks_a_tier_of_protection_is_not_obeyed() -> None:
    ladder = json.loads(json.dumps(LADDER))
    for measure in ladder["response_catalogue"]["values"]:
        measure["min_tier"] = "T3"
    assert check_measure(MeasureView(code="R04"), None, ladder, TAXONOMY).allowed
    assert not check_measure(MeasureView(code="R10"), None, ladder, TAXONOMY).allowed


def test_protection_may_be_carried_out_at_a_hospital() -> None:
    assert check(MeasureView(code="R02", aimed_at=frozenset({"hospital"}), by_private_actor=True), None).allowed


def test_protection_that_would_interrupt_a_hospital_is_refused() -> None:
    report = check(MeasureView(code="R02", interrupts=frozenset({"hospital-care"})), None)
    assert [line.code for line in report.hard_stops] == ["X02"]


def test_the_classes_that_protect_are_those_of_the_instrument() -> None:
    assert set(LADDER["always_allowed_classes"]) == PROTECTION


# --- the tier gate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code in CODES if least_tier(measures(LADDER)[code]) != "T0"])
def test_a_measure_that_asks_a_tier_is_refused_one_below_it(code: str) -> None:
    needed = least_tier(measures(LADDER)[code])
    below = TIERS[TIERS.index(needed) - 1]
    assert ("tier", "R2.13") in failed(check(replace(SOUND, code=code), replace(FOUND, tier=below)))
    assert ("tier", "R2.13") not in failed(check(replace(SOUND, code=code), replace(FOUND, tier=needed)))


def test_no_finding_counts_as_under_investigation() -> None:
    assert ("tier", "R2.13") in failed(check(MeasureView(code="R08"), None))


@pytest.mark.parametrize("tier", ["T1", "T2"])
def test_below_t3_partners_may_consult_and_no_more(tier: str) -> None:
    finding = replace(FOUND, tier=tier)
    assert check(MeasureView(code="R22"), finding).allowed
    assert not check(MeasureView(code="R22", consultation_only=False), finding).allowed


def test_a_measure_the_ladder_does_not_have_is_refused() -> None:
    assert failed(check(MeasureView(code="R99"))) == {("unknown_measure", "ESC-1")}


# --- hard stops -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("flag", [*X_CODES, "X99"])
def test_a_prohibition_touched_stops_every_measure(code: str, flag: str) -> None:
    report = check(replace(SOUND, code=code, touches=frozenset({flag})))
    assert not report.allowed
    assert flag in {line.code for line in report.hard_stops}


@pytest.mark.parametrize("code", ["R17", "R18", "R21"])
@pytest.mark.parametrize(
    "target",
    [
        *("hospital", "Hospital", "hospital-care", "health", "drinking-water", "drinking water", "water"),
        *("electricity-distribution", "energy", "power", "emergency_calls", "humanitarian", "waste-water-treatment"),
    ],
)
def test_a_sanction_or_countermeasure_aimed_at_what_civilians_live_on_is_a_hard_stop(code: str, target: str) -> None:
    """AT-06."""
    report = check(replace(SOUND, code=code, aimed_at=frozenset({target})))
    assert [line.code for line in report.hard_stops] == ["X02"]
    assert "13(f)" in report.hard_stops[0].article


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"aimed_at": frozenset({"csirt"})}, "X07"),
        ({"aimed_at": frozenset({"consular"})}, "X06"),
        ({"uses_force": True}, "X03"),
        ({"by_private_actor": True}, "X08"),
        ({"target_state": "XB"}, "X09"),
        ({"responsible_state_complied": True}, "X10"),
        ({"act_ceased": True, "before_tribunal": True}, "X10"),
        ({"interrupts": frozenset({"payments", "hospital-care"})}, "X02"),
    ],
)
def test_facts_raise_the_flag_that_nobody_admitted(changes: dict[str, Any], flag: str) -> None:
    assert [line.code for line in check(replace(SOUND, **changes)).hard_stops] == [flag]


def test_a_tribunal_alone_does_not_end_a_countermeasure_against_a_continuing_act_or_bad_faith() -> None:
    """52(3) needs both; 52(4) lifts it where the State does not act in good faith before the tribunal."""
    assert check(replace(SOUND, before_tribunal=True)).allowed
    assert check(replace(SOUND, act_ceased=True)).allowed
    assert check(replace(SOUND, before_tribunal=True, act_ceased=True, tribunal_in_bad_faith=True)).allowed


def test_diplomats_may_be_sent_home() -> None:
    assert check(replace(SOUND, code="R15", aimed_at=frozenset({"diplomatic"}))).allowed


# --- the countermeasure gate ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"aims_at_compliance": None}, ("purpose", "49(1)")),
        ({"target_state": None}, ("target_state", "49(1)")),
        ({"obligation_suspended": " "}, ("obligation_suspended", "49(2)")),
        ({"reversible": "partial"}, ("reversible", "49(3)")),
        ({"reversible": ""}, ("reversible", "49(3)")),
        ({"reversible": "no"}, ("reversible", "R3.2")),
        ({"reversal_plan": ""}, ("reversal_plan", "49(3)")),
        ({"reversal_by": ""}, ("reversal_plan", "49(3)")),
        ({"reversal_on": None}, ("reversal_plan", "49(3)")),
        ({"clear_of": frozenset(X_CODES) - {"X04"}}, ("prohibitions_answered", "50")),
        ({"proportionality": ""}, ("proportionality", "51")),
        ({"called_on_state_on": None}, ("called_on_state", "52(1)(a)")),
        ({"notified_on": None}, ("notice", "52(1)(b)")),
        ({"notified_on": date(2026, 4, 30)}, ("notice", "52(1)(b)")),
        ({"notified_on": date(2026, 6, 1)}, ("notice", "52(1)(b)")),
        ({"negotiation_offered_on": None}, ("negotiation_offer", "52(1)(b)")),
        ({"compliance_signal": ""}, ("compliance_signal", "53")),
        ({"third_state_effect": ""}, ("third_state_effect", "54")),
        ({"civilian_effect": ""}, ("civilian_effect", "ESC-3")),
        ({"necessity": ""}, ("necessity", "ESC-3")),
        ({"expires_on": None}, ("expiry", "ESC-4")),
        ({"expires_on": date(2026, 6, 1)}, ("expiry", "ESC-4")),
    ],
)
def test_each_open_question_refuses_a_countermeasure_under_its_article(
    changes: dict[str, Any], line: tuple[str, str]
) -> None:
    """AT-05, R3.1, R3.2."""
    report = check(replace(SOUND, **changes))
    assert line in failed(report)
    assert not report.allowed


@pytest.mark.parametrize("breach", [None, False])
def test_without_a_wrongful_act_there_is_nothing_to_counter(breach: bool | None) -> None:
    assert failed(check(SOUND, replace(FOUND, wrongful_act=breach))) == {("wrongful_act_attributed", "22")}


def test_urgency_excuses_from_notice_and_offer_but_not_from_the_call_to_comply() -> None:
    """52(2)."""
    urgent = replace(SOUND, notified_on=None, negotiation_offered_on=None, urgency_reason="Wiping resumes at midnight.")
    assert check(urgent).allowed
    assert failed(check(replace(urgent, called_on_state_on=None))) == {("called_on_state", "52(1)(a)")}


@pytest.mark.parametrize("code", [code for code in CODES if measures(LADDER)[code]["class"] not in PROTECTION])
def test_what_cannot_be_undone_is_refused(code: str) -> None:
    """R3.2."""
    assert ("reversible", "R3.2") in failed(check(replace(SOUND, code=code, reversible="no")))


# --- CASE-07: no State is found responsible ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["R16", "R17", "R18", "R21"])
@pytest.mark.parametrize("tier", ["T1", "T3"])
def test_without_a_state_link_nothing_presses_a_state_and_due_diligence_is_offered(code: str, tier: str) -> None:
    report = check(replace(SOUND, code=code), FindingTierView(tier=tier))
    assert "X09" in {line.code for line in report.hard_stops}
    assert report.alternatives[0] == "R09"
    assert check(MeasureView(code="R09", target_state="XA"), FindingTierView(tier=tier)).allowed


@pytest.mark.parametrize("code", ["R15", "R16", "R18", "R19", "R21"])
def test_leaving_the_state_out_is_no_way_around(code: str) -> None:
    assert ("target_state", "49(1)") in failed(check(replace(SOUND, code=code, target_state=None)))


def test_persons_may_be_listed_without_holding_a_state_responsible() -> None:
    assert check(replace(SOUND, code="R17", target_state=None), FindingTierView(tier="T3")).allowed


@pytest.mark.parametrize("tier", TIERS)
def test_what_is_offered_instead_would_itself_be_allowed(tier: str) -> None:
    finding = FindingTierView(tier=tier)
    alternatives = check(SOUND, finding).alternatives
    assert alternatives
    assert ("R09" in alternatives) is (tier != "T0")
    assert all(check(MeasureView(code=code), finding).allowed for code in alternatives)


# --- properties -------------------------------------------------------------------------------------------------------

DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
WORDS = st.sampled_from(["", "stated"])
TARGETS = st.frozensets(st.sampled_from(["military", "hospital", "csirt", "diplomatic", "payments", "energy"]))
FLAGS = st.frozensets(st.sampled_from(X_CODES))
PROPOSALS = st.builds(
    MeasureView,
    code=st.sampled_from(CODES),
    target_state=st.sampled_from([None, "XA", "XB"]),
    aimed_at=TARGETS,
    interrupts=TARGETS,
    touches=FLAGS,
    clear_of=st.one_of(FLAGS, st.just(frozenset(X_CODES))),
    uses_force=st.booleans(),
    by_private_actor=st.booleans(),
    consultation_only=st.booleans(),
    reversible=st.sampled_from(["", "yes", "partial", "no"]),
    necessity=WORDS,
    proportionality=WORDS,
    called_on_state_on=DAYS,
    notified_on=DAYS,
    negotiation_offered_on=DAYS,
    urgency_reason=WORDS,
    starts_on=DAYS,
    expires_on=DAYS,
)
# Near the sound proposal, so that "allowed" is often reached and the properties are not empty.
NEARLY_SOUND = st.builds(
    lambda code, target, tribunal, clear: replace(
        SOUND, code=code, target_state=target, before_tribunal=tribunal, clear_of=clear
    ),
    st.sampled_from(CODES),
    st.sampled_from([None, "XA", "XB"]),
    st.booleans(),
    st.sampled_from([frozenset(X_CODES), frozenset(X_CODES[1:])]),
)
FINDINGS = st.builds(
    FindingTierView,
    tier=st.sampled_from(TIERS),
    responsible_states=st.frozensets(st.sampled_from(["XA", "XB"])),
    wrongful_act=st.sampled_from([None, False, True]),
    unnoticed=st.sampled_from([(), ("E-1",), ("E-2", "E-7")]),
)


@given(st.one_of(PROPOSALS, NEARLY_SOUND), FINDINGS, st.sampled_from(X_CODES))
def test_no_proposal_that_touches_a_prohibition_is_ever_allowed(
    proposal: MeasureView, finding: FindingTierView, flag: str
) -> None:
    report = check(replace(proposal, touches=proposal.touches | {flag}), finding)
    assert not report.allowed
    assert flag in {line.code for line in report.hard_stops}


@given(st.one_of(PROPOSALS, NEARLY_SOUND), FINDINGS)
def test_a_higher_tier_never_turns_an_allowed_measure_into_a_refused_one(
    proposal: MeasureView, finding: FindingTierView
) -> None:
    verdicts = [check(proposal, replace(finding, tier=tier)).allowed for tier in TIERS]
    assert verdicts == sorted(verdicts)


@given(st.one_of(PROPOSALS, NEARLY_SOUND), FINDINGS, st.randoms())
def test_the_order_of_the_ladder_and_of_the_answers_does_not_matter(
    proposal: MeasureView, finding: FindingTierView, random: Any
) -> None:
    shuffled = json.loads(json.dumps(LADDER))
    for part in ("response_catalogue", "prohibited"):
        random.shuffle(shuffled[part]["values"])
    touches = list(proposal.touches)
    random.shuffle(touches)
    again = replace(proposal, touches=frozenset(touches))
    assert check_measure(again, finding, shuffled, TAXONOMY) == check(proposal, finding)


@given(st.one_of(PROPOSALS, NEARLY_SOUND), FINDINGS)
def test_a_refusal_always_says_on_what_it_rests(proposal: MeasureView, finding: FindingTierView) -> None:
    report = check(proposal, finding)
    for line in report.checks:
        assert line.article
        assert line.message % line.params
    assert report.allowed is (not report.failed)


@pytest.mark.duty("SHR-4")
@given(st.one_of(PROPOSALS, NEARLY_SOUND), FINDINGS)
def test_what_is_to_stay_unnoticed_stops_what_acts_on_the_other_sides_systems_and_nothing_else(
    proposal: MeasureView, finding: FindingTierView
) -> None:
    """PAP: active actions up to PAP:GREEN; R2.13: protection is never held up by it."""
    noticed, without = check(proposal, finding), check(proposal, replace(finding, unnoticed=()))
    if proposal.code not in ON_THEIR_SYSTEMS:
        assert noticed == without
        return
    assert noticed.allowed is (without.allowed and not finding.unnoticed)
    lines = [line for line in noticed.checks if line.code == "pap"]
    assert [line.passed for line in lines] == [not finding.unnoticed]
    assert all(label in lines[0].message % lines[0].params for label in finding.unnoticed)


def test_acting_on_the_other_sides_systems_is_never_a_class_that_protects() -> None:
    assert {measures(LADDER)[code]["class"] for code in ON_THEIR_SYSTEMS} == {"law_enforcement", "countermeasure"}
