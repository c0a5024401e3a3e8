"""What the catalogue says about a measure agrees with what the guardrails would say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.availability import availability, catalogue, finding_for
from escalation.rules import TIERS, FindingTierView, check_measure, measures

from .test_rules import CODES, LADDER, SOUND, TAXONOMY

pytestmark = [pytest.mark.duty("ESC-1"), pytest.mark.duty("ATT-10")]

findings = st.lists(
    st.builds(
        FindingTierView,
        tier=st.sampled_from(TIERS),
        responsible_states=st.frozensets(st.sampled_from(["XA", "XB"]), max_size=1),
        wrongful_act=st.sampled_from([None, True]),
        unnoticed=st.sampled_from([(), ("E-1",)]),
    ),
    max_size=3,
)


@given(found=findings, code=st.sampled_from(CODES), target=st.sampled_from([None, "XA", "XB", "XC"]))
def test_what_is_closed_is_refused_whatever_the_proposal_answers(
    found: list[FindingTierView], code: str, target: str | None
) -> None:
    if availability(measures(LADDER)[code], found).possible:
        return
    proposal = replace(SOUND, code=code, target_state=target, consultation_only=True)
    assert not check_measure(proposal, finding_for(found, target), LADDER, TAXONOMY).allowed


@given(found=findings, code=st.sampled_from(CODES))
def test_what_is_open_has_a_proposal_that_passes(found: list[FindingTierView], code: str) -> None:
    if not availability(measures(LADDER)[code], found).possible:
        return
    targets = [None, *(state for view in found for state in view.responsible_states)]
    proposals = [replace(SOUND, code=code, target_state=target, consultation_only=True) for target in targets]
    assert any(
        check_measure(each, finding_for(found, each.target_state), LADDER, TAXONOMY).allowed for each in proposals
    )


def test_at_t0_exactly_protection_and_what_needs_no_tier_is_open() -> None:
    opened = {entry.code for entry in catalogue([], LADDER) if entry.possible}
    assert opened == {"R01", "R02", "R03", "R04", "R05", "R06", "R07", "R10", "R90", "R91"}


def test_a_closed_measure_says_why_with_its_norm() -> None:
    found = [FindingTierView("T1")]
    reasons = availability(measures(LADDER)["R21"], found).reasons
    assert [reason.article for reason in reasons] == ["R2.13", "49(1)", "22"]


def test_tier_and_state_never_come_from_two_findings() -> None:
    group, weak = FindingTierView("T3"), FindingTierView("T1", frozenset({"XA"}))
    assert finding_for([group, weak], "XA") is weak
    assert finding_for([group, weak], "XB") is group
    assert not availability(measures(LADDER)["R16"], [group, weak]).possible
