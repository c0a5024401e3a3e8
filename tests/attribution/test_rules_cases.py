"""The rules against what happened: documented cases, replayed with what was known on each day."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from attribution.rules import (
    HypothesisView,
    Text,
    TierReport,
    independent_origins,
    known_by,
    term_for_wording,
    tier_report,
)
from tests.attribution.builders import FINDING, PANEL, ROOT, STANDARD, item, line, report

CASES = ROOT.parent / "shared" / "data" / "cases" / "cases.json"

KP = HypothesisView("KP", "state", label="DPR Korea")
RU = HypothesisView("RU", "state", label="Russia")
CN = HypothesisView("CN", "state", label="China")
GROUP = HypothesisView("GROUP", "non_state", label="A criminal group")
FLAG = HypothesisView("FLAG", "false_flag", label="One posing as another")
NOBODY = HypothesisView("NOBODY", "unknown", label="An actor not known")

REBUTTED = date(2018, 3, 8)
CHARGED = date(2020, 10, 19)

OLYMPIC = (
    item(
        "rich-header",
        "artefact_header",
        "sample",
        credibility="3",
        known_on=date(2018, 2, 12),
        statement_type="technical_advisory",
        ratings={"KP": "CC", "RU": "N", "CN": "N", "GROUP": "I", "FLAG": "C"},
    ),
    item(
        "techniques",
        "behavioural_ttp",
        "comparison",
        known_on=date(2018, 2, 13),
        ratings={"KP": "C", "RU": "C", "CN": "C", "GROUP": "C", "FLAG": "C"},
    ),
    item(
        "unnamed-officials",
        "open_statement",
        "newspaper",
        known_on=date(2018, 2, 24),
        statement_type="anonymous_official",
        ratings={"RU": "CC", "KP": "I", "CN": "I", "GROUP": "I", "FLAG": "C"},
    ),
    item(
        "header-forged",
        "malware_code",
        "vendor",
        known_on=REBUTTED,
        statement_type="technical_advisory",
        ratings={"KP": "II", "RU": "N", "CN": "N", "GROUP": "N", "FLAG": "CC"},
    ),
    item(
        "charges",
        "open_statement",
        "prosecutor",
        known_on=CHARGED,
        statement_type="criminal_charge",
        ratings={"RU": "CC", "KP": "II", "CN": "I", "GROUP": "I", "FLAG": "N"},
    ),
    item(
        "assessment",
        "open_statement",
        "government",
        known_on=CHARGED,
        statement_type="own_assessment",
        ratings={"RU": "CC", "KP": "II", "CN": "I", "GROUP": "I", "FLAG": "N"},
    ),
)


def olympic(lead: HypothesisView, day: date) -> TierReport:
    hypotheses = tuple(replace(row, lead=row.id == lead.id) for row in (KP, RU, CN, GROUP, FLAG, NOBODY))
    return tier_report(replace(FINDING, confidence="low"), known_by(OLYMPIC, day), hypotheses, PANEL, STANDARD)


def test_one_header_pointing_somewhere_is_provisional_at_most() -> None:
    found = olympic(KP, date(2018, 3, 7))
    assert found.tier == "T1"
    assert not found.contested
    assert found.standings["KP"] == "open"
    assert not found.robust
    assert found.sentence == Text("robust.nothing")
    assert line(found, "beyond_forgery").missing == (Text("miss.forgery"),)
    assert not line(found, "finding_confidence", "T2").met


def test_rebuttal_rejects_the_hypothesis_keeps_it_visible_and_contests_the_finding() -> None:
    before, after = olympic(KP, date(2018, 3, 7)), olympic(KP, REBUTTED)
    assert (before.contested, after.contested) == (False, True)
    assert after.standings["KP"] == "rejected"
    assert set(after.standings) == set(before.standings)
    assert {row.kind for row in after.contests} >= {"rejected", "counter_evidence"}
    assert after.tier == "T0"
    assert line(after, "not_rejected").missing == (Text("miss.rejected", {"items": ("header-forged",)}),)


def test_withdrawing_the_rebuttal_does_not_quietly_bring_the_finding_back() -> None:
    after = olympic(KP, REBUTTED)
    hypotheses = tuple(replace(row, lead=row.id == "KP") for row in (KP, RU, CN, GROUP, FLAG, NOBODY))
    items = tuple(row for row in known_by(OLYMPIC, REBUTTED) if row.id != "header-forged")
    recorded = replace(FINDING, contests=after.contests)
    found = tier_report(recorded, items, hypotheses, PANEL, STANDARD)
    assert (found.tier, found.contested) == ("T0", True)


def test_years_later_one_prosecutor_is_one_origin() -> None:
    """A charge counts; a government's assessment without its own evidence base does not; both repeat no source."""
    found = olympic(RU, CHARGED)
    assert found.tier == "T1"
    assert found.sentence == Text("robust.alone", {"items": ("charges",)})
    assert found.standings["KP"] == "rejected"
    excluded = {row.item_id: row.reasons for row in found.exclusions}
    assert excluded["assessment"] == (Text("out.evidence_base"),)
    assert excluded["unnamed-officials"] == (Text("out.statement", {"statement_type": "anonymous_official"}),)


def test_coordinated_release_is_one_origin_whatever_the_number_of_flags() -> None:
    """Viasat, 10 May 2022: seven attributions of one day and an endorsement later."""
    release = [
        item(f"S-{n}", "open_statement", "coordinated release", statement_type=kind, evidence_base_stated=True)
        for n, kind in enumerate(["own_assessment"] * 3 + ["endorsement"] * 4)
    ]
    later = item("S-9", "open_statement", "regional body", statement_type="endorsement")
    assert independent_origins((*release, later), STANDARD).total == 1


def test_solidarity_corroborates_nothing_denial_contests_and_free_wording_is_no_term() -> None:
    """Albania, September 2022."""
    named = {"H1": "CC", "H2": "I", "H3": "I", "H4": "N"}
    items = (
        item("host", "host_forensics", "response team", ratings=named),
        item("vendor", "malware_code", "vendor", statement_type="technical_advisory", ratings=named),
        item("joint", "infrastructure", "joint advisory", statement_type="technical_advisory", ratings=named),
    )
    solidarity = item("allies", "open_statement", statement_type="solidarity_no_attribution", ratings=named)
    denial = item("ministry", "open_statement", statement_type="denial", ratings={"H1": "II"})
    assert report(items=items).tier == "T3"
    assert report(items=(*items[:1], solidarity)).tier == "T1"
    contested = report(items=(*items, solidarity, denial))
    assert (contested.tier, contested.contested) == ("T2", True)
    assert contested.support.origins == report(items=items).support.origins
    assert term_for_wording("indisputable evidence", STANDARD) is None


def test_claim_on_a_leak_site_alone_is_provisional() -> None:
    """Costa Rica, April 2022; a State link is another proposition, and nothing here names one."""
    lead = HypothesisView("GANG", "non_state", lead=True, label="Conti")
    hypotheses = (lead, RU, GROUP, FLAG, NOBODY)
    fits = {"GANG": "CC", "RU": "N", "GROUP": "I", "FLAG": "I"}
    claim = item("leak-site", "perpetrator_claim", statement_type="perpetrator_claim", ratings=fits)
    advisory = item("vendor", "signals", "vendor", statement_type="technical_advisory", ratings=fits)
    assert tier_report(FINDING, (claim,), hypotheses, PANEL, STANDARD).tier == "T1"
    assert tier_report(FINDING, (claim, advisory), hypotheses, PANEL, STANDARD).tier == "T1"
    state = tuple(replace(row, lead=row.id == "RU") for row in hypotheses)
    assert tier_report(FINDING, (claim, advisory), state, PANEL, STANDARD).tier == "T0"


def test_case_without_any_attribution_is_under_investigation() -> None:
    """ICRC, January 2022: nobody is named, and nothing on restoration needs it."""
    found = report(items=(), sitting=None, likelihood=None)
    assert (found.tier, found.contested) == ("T0", False)


def known_attributions() -> dict[str, list[tuple[str, str]]]:
    """Date and kind of each attribution: from the case file beside the checkout, or as noted here."""
    if not CASES.is_file():
        return {
            "CASE-01": [
                ("2018-02", "technical_advisory"),
                ("2018-02-24", "anonymous_official"),
                ("2018-03-08", "technical_advisory"),
                ("2020-10-19", "criminal_charge"),
                ("2020-10-19", "own_assessment"),
            ]
        }
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return {case["id"]: [(row["date"], row["type"]) for row in case["attributions"]] for case in cases}


def test_replayed_case_has_the_documented_dates_and_kinds() -> None:
    assert "CASE-01" in known_attributions()
    documented = known_attributions()["CASE-01"]
    ours = {(row.known_on.isoformat(), row.statement_type) for row in OLYMPIC if row.known_on and row.statement_type}
    for day, kind in documented:
        assert any(mine.startswith(day) and said == kind for mine, said in ours), (day, kind)


@pytest.mark.parametrize("kind", sorted({kind for rows in known_attributions().values() for _, kind in rows}))
def test_every_documented_kind_of_statement_is_in_the_standard(kind: str) -> None:
    assert kind in STANDARD.statement_types
