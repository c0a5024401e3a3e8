"""The tier of a finding, computed line by line from the standard it was opened with (ATT-6). Nobody ticks it.

    T0 under investigation → T1 provisional → T2 corroborated → T3 substantiated → T4 adjudicated

A tier holds when every line it asks is met and the tier it builds on holds. Beside the tier stands whether the
finding is contested, which never hides it. No protective act may ask for a tier (R2.13, ATT-10): nothing here is needed
to restore, warn or help.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .lineage import trace
from .matrix import HypothesisStanding, supports
from .panel import dissents
from .requirements import CHECKS, Case, Params
from .robustness import Support, sentence
from .standard import TIERS, Asked, EvidenceStandard, StandardMismatch
from .texts import Text
from .views import ContestView, EvidenceView, FindingView, HypothesisView, PanelView
from .weighing import weigh

NO_LEAD = HypothesisView(id="", kind="unknown", lead=True)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the page: what is asked, by which rule, whether it is met, by which items, and what is missing."""

    code: str
    rule: str
    tier: str
    met: bool
    text: Text
    items: tuple[str, ...]
    missing: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why an item does not count, or not in full, for this proposition."""

    item_id: str
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class TierReport:
    """The computed tier with all its reasons, for the page, the API and the report alike."""

    tier: str
    standard_version: str
    requirements: tuple[Requirement, ...]
    contested: bool
    contests: tuple[ContestView, ...]
    robust: bool
    sentence: Text
    support: Support
    standings: Mapping[str, HypothesisStanding]
    exclusions: tuple[Exclusion, ...]
    dissents: tuple[str, ...]
    cycles: tuple[frozenset[str], ...]

    @property
    def next_tier(self) -> str | None:
        place = TIERS.index(self.tier) + 1
        return TIERS[place] if place < len(TIERS) else None

    @property
    def missing_for_next(self) -> tuple[Requirement, ...]:
        return tuple(row for row in self.requirements if row.tier == self.next_tier and not row.met)

    def as_dict(self) -> dict[str, Any]:
        """The machine-readable explanation: plain values, codes beside English."""
        return {
            "tier": self.tier,
            "next_tier": self.next_tier,
            "standard_version": self.standard_version,
            "contested": self.contested,
            "contests": [
                {"kind": row.kind, "items": sorted(row.item_ids), "resolved": row.resolved} for row in self.contests
            ],
            "robust": self.robust,
            "sentence": _say(self.sentence),
            "independent_origins": self.support.origins.total,
            "evidence_classes": list(self.support.classes),
            "losses": [
                {
                    "kind": loss.kind,
                    "key": loss.key,
                    "unseparated": list(loss.unseparated),
                    "overtaken_by": list(loss.overtaken_by),
                }
                for loss in self.support.losses
            ],
            "requirements": [
                {
                    "code": row.code,
                    "rule": row.rule,
                    "tier": row.tier,
                    "met": row.met,
                    "text": _say(row.text),
                    "items": list(row.items),
                    "missing": [_say(text) for text in row.missing],
                }
                for row in self.requirements
            ],
            "standings": dict(self.standings),
            "exclusions": [
                {"item": row.item_id, "reasons": [_say(text) for text in row.reasons]} for row in self.exclusions
            ],
            "dissents": list(self.dissents),
            "cycles": [sorted(cycle) for cycle in self.cycles],
        }


def tier_report(
    finding: FindingView,
    items: Sequence[EvidenceView],
    hypotheses: Sequence[HypothesisView],
    panel: PanelView | None,
    standard: EvidenceStandard,
) -> TierReport:
    """Compute a finding's tier and say why. The order of what is passed in changes nothing but the order of what is listed.

    Raises StandardMismatch under another version than the finding's own: a standard changed in mid-panel does not
    touch a finding that was opened before (GOV-1).
    """
    if finding.standard_version != standard.version:
        raise StandardMismatch(f"opened under {finding.standard_version}, asked under {standard.version}")
    case, cycles = build_case(finding, items, hypotheses, panel, standard)
    requirements = requirements_of(case)
    return TierReport(
        tier=tier_of(requirements, standard),
        standard_version=standard.version,
        requirements=requirements,
        contested=bool(case.open_contests),
        contests=(*(row for row in finding.contests if row.resolved), *case.open_contests),
        robust=case.support.stands,
        sentence=sentence(case.support, case.hypotheses),
        support=case.support,
        standings={row.id: case.standings[row.id] for row in hypotheses},
        exclusions=_exclusions(case),
        dissents=dissents(panel),
        cycles=cycles,
    )


def build_case(
    finding: FindingView,
    items: Sequence[EvidenceView],
    hypotheses: Sequence[HypothesisView],
    panel: PanelView | None,
    standard: EvidenceStandard,
) -> tuple[Case, tuple[frozenset[str], ...]]:
    """The case in one fixed order, so that the same facts always give the same report."""
    lineage = trace(items, finding.same_origin)
    weighed = weigh(items, lineage, standard)
    leads = [row for row in hypotheses if row.lead]
    lead = leads[0] if len(leads) == 1 else NO_LEAD
    ordered = tuple(sorted({row.id: row for row in (*hypotheses, lead)}.values(), key=lambda row: row.id))
    rows = tuple(weighed[key] for key in sorted(weighed))
    case = Case(standard, finding, lead, len(leads) == 1, ordered, rows, panel)
    return case, tuple(sorted(lineage.cycles, key=sorted))


def requirements_of(case: Case) -> tuple[Requirement, ...]:
    """Every line the standard asks of a finding on this leg."""
    return tuple(
        _requirement(case, tier.code, asked)
        for tier in case.standard.tiers
        for asked in tier.requires
        if asked.applies_to(case.finding.leg)
    )


def _requirement(case: Case, tier: str, asked: Asked) -> Requirement:
    params = asked.params
    if asked.code == "alternatives_recorded" and "kinds" not in params:  # each leg has alternatives of its own
        params = {**params, "kinds": list(case.standard.legs[case.finding.leg].kinds)}
    outcome = CHECKS[asked.code](case, params)
    code = f"{asked.code}.{params['seat']}" if "seat" in params else asked.code
    text = Text(f"ask.{asked.code}", _ask_params(params, case.standard))
    return Requirement(code, asked.rule, tier, not outcome.missing, text, outcome.items, outcome.missing)


def _ask_params(params: Params, standard: EvidenceStandard) -> dict[str, str | int | tuple[str, ...]]:
    shown: dict[str, str | int | tuple[str, ...]] = {"max": standard.review_max_days}
    for key, value in params.items():
        if isinstance(value, str | int):
            shown[key] = value
        elif isinstance(value, list):
            shown[key] = tuple(value)
    return shown


def tier_of(requirements: Sequence[Requirement], standard: EvidenceStandard) -> str:
    """The highest tier whose lines are all met and whose foundation holds."""
    unmet = {row.tier for row in requirements if not row.met}
    holding: set[str] = set()
    for tier in standard.tiers:
        if tier.code not in unmet and (tier.builds_on is None or tier.builds_on in holding):
            holding.add(tier.code)
    return max(holding, key=TIERS.index)


def _exclusions(case: Case) -> tuple[Exclusion, ...]:
    counted = {row.item.id for row in case.support.items}
    found = []
    for row in case.rows:
        reasons = list(row.reasons)
        if row.counts != "never" and row.item.id not in counted:
            consistent = supports(row.item, case.lead, case.standard)
            reasons.append(Text("out.separates_nothing" if consistent else "out.not_consistent"))
        if reasons:
            found.append(Exclusion(row.item.id, tuple(reasons)))
    return tuple(found)


def _say(text: Text) -> dict[str, Any]:
    params = {key: list(value) if isinstance(value, tuple) else value for key, value in text.params.items()}
    return {"code": text.code, "params": params, "english": text.english}
