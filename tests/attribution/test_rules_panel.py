"""Whose opinion counts, and that a sealed one cannot be read from the outside (ATT-7)."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from attribution.rules import Likelihood, PanelView, Text, dissents
from tests.attribution.builders import FORENSIC, LEGAL, LIKELY, PANEL, RIGHTS, line, opinion, panel, report, unmet


@pytest.mark.parametrize(
    "changes",
    [
        {"position": "dissent"},
        {"position": None},
        {"likelihood": None},
        {"likelihood": Likelihood("phia", "unlikely")},
        {"likelihood": Likelihood("icd203", "likely")},
        {"confidence": "low"},
        {"confidence": None},
        {"conflict": "conflicted"},
        {"conflict": "undeclared"},
        {"eligible": False},
        {"recused": True},
        {"late": True},
    ],
)
def test_opinion_that_does_not_sign_leaves_the_seat_empty(changes: dict[str, Any]) -> None:
    """A member who becomes conflicted after voting, an opinion after the close, a seat of a party: none of them signs."""
    found = report(sitting=panel(FORENSIC, replace(LEGAL, **changes), RIGHTS))
    assert found.tier == "T1"
    assert not line(found, "seat_signed.law", "T2").met


def test_concurring_in_part_signs_and_is_printed_as_such() -> None:
    found = report(sitting=panel(FORENSIC, replace(LEGAL, position="concur_in_part"), RIGHTS))
    assert found.tier == "T3"
    assert found.dissents == ("L",)


@pytest.mark.parametrize(("member", "seat"), [("F", "forensics"), ("L", "law"), ("R", "human_rights")])
def test_moderate_confidence_signs_for_t2_only(member: str, seat: str) -> None:
    outside = opinion("D", "statistics", outside_tenant=True)
    rows = (replace(row, confidence="moderate") if row.member_id == member else row for row in PANEL.opinions)
    found = report(sitting=panel(*rows, outside))
    assert found.tier == "T2"
    assert not line(found, f"seat_signed.{seat}", "T3").met
    assert line(found, "outside_member", "T3").met


def test_dissent_travels_with_the_finding_and_does_not_hide_it() -> None:
    """R2.2."""
    fourth = opinion("D", "threat_intelligence", position="dissent")
    found = report(sitting=panel(FORENSIC, LEGAL, RIGHTS, fourth))
    assert found.tier == "T3"
    assert found.dissents == ("D",)
    assert dissents(PANEL) == ()


def test_member_who_has_not_declared_stops_the_panel() -> None:
    fourth = opinion("D", "statistics", conflict="undeclared")
    found = report(sitting=panel(FORENSIC, LEGAL, RIGHTS, fourth))
    assert found.tier == "T1"
    assert line(found, "conflicts_declared").missing == (Text("miss.undeclared", {"members": ("D",)}),)
    assert report(sitting=panel(FORENSIC, LEGAL, RIGHTS, replace(fourth, recused=True))).tier == "T3"


def test_one_person_is_one_opinion() -> None:
    """A panel of one, or one person in three chairs, is no panel."""
    chairs = panel(*(replace(row, member_id="F") for row in (FORENSIC, LEGAL, RIGHTS)))
    assert report(sitting=chairs).tier == "T1"
    assert report(sitting=panel(FORENSIC)).tier == "T1"


def test_everyone_recused_is_no_panel() -> None:
    found = report(sitting=panel(*(replace(row, recused=True) for row in PANEL.opinions)))
    assert found.tier == "T1"
    assert line(found, "conflicts_declared").missing == (Text("miss.panel"),)


def test_mixed_scales_are_refused() -> None:
    """R1.5."""
    fourth = opinion("D", "statistics", likelihood=Likelihood("icd203", "likely"))
    found = report(sitting=panel(FORENSIC, LEGAL, RIGHTS, fourth))
    assert found.tier == "T1"
    assert line(found, "one_scale").missing == (Text("miss.scale_mix", {"members": ("D",)}),)
    assert not line(report(sitting=replace(PANEL, scale="icd203")), "one_scale").met
    assert not line(report(sitting=replace(PANEL, scale=None)), "one_scale").met


def test_whole_panel_in_the_other_scale_is_as_good() -> None:
    other = Likelihood("icd203", "likely")
    rows = tuple(replace(row, likelihood=other) for row in PANEL.opinions)
    assert report(sitting=panel(*rows, scale="icd203"), likelihood=other).tier == "T3"


def test_blocking_objection_stops_t3_until_resolved() -> None:
    objecting = replace(RIGHTS, blocking_objection=True)
    found = report(sitting=panel(FORENSIC, LEGAL, objecting))
    assert found.tier == "T2"
    assert line(found, "no_blocking_objection").missing == (Text("miss.objection", {"members": ("R",)}),)
    gone = opinion("D", "statistics", blocking_objection=True, recused=True)
    assert report(sitting=panel(*PANEL.opinions, gone)).tier == "T2"
    assert report(sitting=panel(FORENSIC, LEGAL, replace(objecting, objection_resolved=True))).tier == "T3"


def test_sealed_round_gives_the_same_report_whatever_is_in_it() -> None:
    """No line, count or sentence lets anyone learn an opinion before the reveal."""

    def sealed(position: str | None, likelihood: Likelihood | None, *, objects: bool) -> PanelView:
        rows = (
            replace(row, position=position, likelihood=likelihood, blocking_objection=objects) for row in PANEL.opinions
        )
        return panel(*rows, revealed=False)

    choices = product(
        ("concur", "concur_in_part", "dissent", None), (LIKELY, Likelihood("phia", "unlikely"), None), (True, False)
    )
    reports = [report(sitting=sealed(position, likely, objects=objects)) for position, likely, objects in choices]
    assert all(found == reports[0] for found in reports)
    assert reports[0].tier == "T1"
    assert line(reports[0], "seat_signed.forensics", "T2").missing == (Text("miss.sealed"),)
    assert "T3:no_blocking_objection" in unmet(reports[0])
