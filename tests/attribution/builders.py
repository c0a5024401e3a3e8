"""Small builders for the rules: a finding that is corroborated and substantiated, to take apart piece by piece."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from attribution.rules import (
    EvidenceStandard,
    EvidenceView,
    FindingView,
    HypothesisView,
    Likelihood,
    OpinionView,
    PanelView,
    Requirement,
    TierReport,
    tier_report,
)

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = json.loads(
    (ROOT / "instruments/data/evidence-standard/2026.2.json").read_text(encoding="utf-8")
)
STANDARD = EvidenceStandard.from_document(DOCUMENT)

LIKELY = Likelihood("phia", "likely")
OPENED = date(2026, 3, 1)

LEAD = HypothesisView("H1", "state", lead=True, label="State A")
OTHER = HypothesisView("H2", "state", label="State B")
GROUP = HypothesisView("H3", "non_state", label="A criminal group")
FLAG = HypothesisView("H4", "false_flag", label="A false flag")
UNKNOWN = HypothesisView("H5", "unknown", label="An actor not known")
HYPOTHESES = (LEAD, OTHER, GROUP, FLAG, UNKNOWN)
FITS = {"H1": "CC", "H2": "I", "H3": "I", "H4": "I"}

NOT_INDEPENDENT = (
    "endorsement",
    "solidarity_no_attribution",
    "sanctions_listing",
    "perpetrator_claim",
    "anonymous_official",
    "relay",
)
FORGEABLE = tuple(
    code
    for code, row in STANDARD.classes.items()
    if row.intruder_controlled and code not in ("behavioural_ttp", "perpetrator_claim")
)


def item(key: str, evidence_class: str = "host_forensics", origin: str | None = "", **changes: Any) -> EvidenceView:
    """An item as good as an item can be, from an origin of its own unless told otherwise."""
    fields: dict[str, Any] = {
        "origin_ids": frozenset() if origin is None else frozenset({origin or f"origin of {key}"}),
        "reliability": "B",
        "credibility": "2",
        "is_open": True,
        "custody_complete": True,
        "ratings": FITS,
    }
    return EvidenceView(id=key, evidence_class=evidence_class, **(fields | changes))


def opinion(member: str, discipline: str, **changes: Any) -> OpinionView:
    fields: dict[str, Any] = {
        "conflict": "none",
        "position": "concur",
        "likelihood": LIKELY,
        "confidence": "high",
    }
    return OpinionView(member, discipline, **(fields | changes))


def panel(*opinions: OpinionView, **changes: Any) -> PanelView:
    fields: dict[str, Any] = {"revealed": True, "scale": "phia"}
    return PanelView(opinions, **(fields | changes))


FORENSIC = opinion("F", "digital_forensics", outside_tenant=True)
LEGAL = opinion("L", "international_law_state_responsibility")
RIGHTS = opinion("R", "human_rights")
PANEL = panel(FORENSIC, LEGAL, RIGHTS)

ITEMS = (
    item("E-1", "host_forensics", "responder"),
    item("E-2", "financial_trail", "bank"),
    item("E-3", "infrastructure", "registrar"),
)

FINDING = FindingView(
    standard_version=STANDARD.version,
    likelihood=LIKELY,
    confidence="high",
    review_on=date(2026, 3, 15),
    review_set_on=OPENED,
    false_flag_check=True,
    article=4,
    article_reasoned_by="L",
    norm_13b=frozenset(STANDARD.norm_13b_factors),
    analysis_done=frozenset({"devils-advocates-methodology", "outside-expertise-review"}),
)


def report(
    items: tuple[EvidenceView, ...] = ITEMS,
    finding: FindingView = FINDING,
    hypotheses: tuple[HypothesisView, ...] = HYPOTHESES,
    sitting: PanelView | None = PANEL,
    **changes: Any,
) -> TierReport:
    return tier_report(replace(finding, **changes), items, hypotheses, sitting, STANDARD)


def line(found: TierReport, code: str, tier: str | None = None) -> Requirement:
    rows = [row for row in found.requirements if row.code == code and tier in (None, row.tier)]
    assert rows, code
    return rows[0]


def unmet(found: TierReport) -> set[str]:
    return {f"{row.tier}:{row.code}" for row in found.requirements if not row.met}
