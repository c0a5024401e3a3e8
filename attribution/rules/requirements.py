"""One function per requirement a tier can ask. The standard says which tier asks which, and with which numbers.

Each answers with the items that meet it and, if it is not met, what is missing. None of them looks at a name, a country
or who is asking. A requirement the standard names and this file does not know stops the computation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .clocks import latest_review_date
from .matrix import HypothesisStanding, contradicting, standing, supports
from .panel import counted_opinions, signing, sitting, unresolved_objections
from .robustness import Loss, Support, measure_support
from .scales import at_least, confidence_reaches, likelihood_rank
from .standard import EvidenceStandard
from .texts import Text
from .views import ContestView, FindingView, HypothesisView, PanelView
from .weighing import Weighed

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Met when nothing is missing."""

    items: tuple[str, ...] = ()
    missing: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Case:
    """Everything a requirement may look at, with the costly parts computed once."""

    standard: EvidenceStandard
    finding: FindingView
    lead: HypothesisView
    lead_is_sole: bool
    hypotheses: tuple[HypothesisView, ...]
    rows: tuple[Weighed, ...]
    panel: PanelView | None

    @cached_property
    def support(self) -> Support:
        return measure_support(self.rows, self.lead, self.hypotheses, self.standard)

    @cached_property
    def standings(self) -> Mapping[str, HypothesisStanding]:
        return {row.id: standing(self.rows, row, self.hypotheses, self.standard) for row in self.hypotheses}

    @cached_property
    def against(self) -> tuple[str, ...]:
        return contradicting(self.rows, self.lead, self.standard)

    @cached_property
    def contests(self) -> tuple[ContestView, ...]:
        """What contests the finding now, by the evidence itself: to be put on record by whoever asks."""
        found: list[tuple[str, frozenset[str]]] = []
        against = frozenset(self.against)
        if self.standings[self.lead.id] == "rejected":
            found.append(("rejected", against))
        if self.support.overtaking:
            found.append(("overtaken", against))
        if against:
            found.append(("counter_evidence", against))
        spoken: dict[str, set[str]] = {}
        for row in self.rows:
            kind = row.item.statement_type
            if kind and row.item.status == "active" and kind in self.standard.contest_blocks:
                statement = self.standard.statement_types.get(kind)
                if statement and statement.opens_contest:
                    spoken.setdefault(kind, set()).add(row.item.id)
        found += [(kind, frozenset(ids)) for kind, ids in sorted(spoken.items())]
        return tuple(ContestView(kind, ids, resolved=self._is_resolved(kind, ids)) for kind, ids in found)

    def _is_resolved(self, kind: str, ids: frozenset[str]) -> bool:
        closed = [row for row in self.finding.contests if row.kind == kind and row.resolved]
        return bool(ids) and ids <= frozenset().union(*(row.item_ids for row in closed))

    @cached_property
    def open_contests(self) -> tuple[ContestView, ...]:
        """Every contest not resolved, on record or seen in the evidence."""
        recorded = [row for row in self.finding.contests if not row.resolved]
        seen = {(row.kind, row.item_ids) for row in recorded}
        return (*recorded, *(row for row in self.contests if not row.resolved and (row.kind, row.item_ids) not in seen))

    def contested_at(self, tier: str) -> tuple[Text, ...]:
        """The open contests that block a tier. A kind the standard does not know blocks like a denial does: at T3."""
        return tuple(
            Text("miss.contest", {"kind": row.kind, "items": tuple(sorted(row.item_ids))})
            for row in self.open_contests
            if self.standard.contest_blocks.get(row.kind, "T3") == tier
        )

    def name(self, hypothesis_id: str) -> str:
        return next(row.name for row in self.hypotheses if row.id == hypothesis_id)


def finding_current(case: Case, params: Params) -> Outcome:
    missing = []
    if case.finding.standing in ("withdrawn", "superseded"):
        missing.append(Text("miss.finding_standing", {"standing": case.finding.standing}))
    if not case.lead_is_sole:
        missing.append(Text("miss.lead"))
    return Outcome(missing=tuple(missing))


def graded_item(case: Case, params: Params) -> Outcome:
    items = tuple(row.item.id for row in case.rows if row.provisional and supports(row.item, case.lead, case.standard))
    return Outcome(items, () if len(items) >= params["min"] else (Text("miss.graded_item"),))


def likelihood_floor(case: Case, params: Params) -> Outcome:
    likelihood = case.finding.likelihood
    if likelihood is None:
        return Outcome(missing=(Text("miss.likelihood"),))
    floor = params["floor"].get(likelihood.scale)
    if floor is None or likelihood_rank(likelihood, case.standard) is None:
        return Outcome(missing=(Text("miss.likelihood_scale", {"scale": likelihood.scale, "term": likelihood.term}),))
    if not at_least(likelihood, floor, case.standard):
        return Outcome(missing=(Text("miss.likelihood_low", {"term": likelihood.term}),))
    return Outcome()


def review_date(case: Case, params: Params) -> Outcome:
    finding = case.finding
    if finding.review_on is None or finding.review_set_on is None:
        return Outcome(missing=(Text("miss.review_date"),))
    missing = []
    latest = latest_review_date(finding.review_set_on, case.standard)
    if finding.review_on > latest:
        missing.append(Text("miss.review_too_far", {"latest": latest.isoformat()}))
    if finding.extended and not finding.extension_reasoned:
        missing.append(Text("miss.extension_reasons"))
    return Outcome(missing=tuple(missing))


def not_rejected(case: Case, params: Params) -> Outcome:
    if case.standings[case.lead.id] == "rejected":
        return Outcome(missing=(Text("miss.rejected", {"items": case.against}),))
    return Outcome(missing=case.contested_at("T1"))


def independent_origins(case: Case, params: Params) -> Outcome:
    items = tuple(row.item.id for row in case.support.items if row.counts == "origin")
    found = case.support.origins.total
    missing = () if found >= params["min"] else (Text("miss.origins", {"found": found, "min": params["min"]}),)
    return Outcome(items, missing)


def evidence_classes(case: Case, params: Params) -> Outcome:
    items = tuple(row.item.id for row in case.support.items)
    found = len(case.support.classes)
    missing = () if found >= params["min"] else (Text("miss.classes", {"found": found, "min": params["min"]}),)
    return Outcome(items, missing)


def beyond_forgery(case: Case, params: Params) -> Outcome:
    items = tuple(row.item.id for row in case.support.items if row.counts == "origin")
    return Outcome(items, () if items else (Text("miss.forgery" if case.support.items else "miss.no_anchor"),))


def beyond_location(case: Case, params: Params) -> Outcome:
    items = tuple(row.item.id for row in case.support.anchors)
    return Outcome(items, () if items else (Text("miss.location" if case.support.items else "miss.no_anchor"),))


def disinterested_origin(case: Case, params: Params) -> Outcome:
    rows = [row for row in case.support.items if row.counts == "origin"]
    items = tuple(row.item.id for row in rows if not row.interested)
    return Outcome(items, () if items else (Text("miss.disinterested" if rows else "miss.no_anchor"),))


def alternatives_recorded(case: Case, params: Params) -> Outcome:
    kinds = {row.kind for row in case.hypotheses if row.id != case.lead.id}
    asked = params["kinds"]
    return Outcome(missing=tuple(Text("miss.alternative", {"kind": kind}) for kind in asked if kind not in kinds))


def false_flag_check(case: Case, params: Params) -> Outcome:
    return Outcome(missing=() if case.finding.false_flag_check else (Text("miss.false_flag_check"),))


def separates_alternatives(case: Case, params: Params) -> Outcome:
    items = tuple(row.item.id for row in case.support.anchors)
    if len(case.hypotheses) < 2:
        return Outcome(items, (Text("miss.no_alternatives"),))
    return Outcome(
        items, tuple(Text("miss.separation", {"hypothesis": case.name(key)}) for key in case.support.unseparated)
    )


def least_inconsistent(case: Case, params: Params) -> Outcome:
    overtaken = tuple(Text("miss.overtaken", {"hypothesis": case.name(key)}) for key in case.support.overtaking)
    return Outcome(missing=overtaken or case.contested_at("T2"))


def robust_origins(case: Case, params: Params) -> Outcome:
    return _robust(case, case.support.lost_with("origin"), "miss.fragile_origin")


def robust_classes(case: Case, params: Params) -> Outcome:
    return _robust(case, case.support.lost_with("class"), "miss.fragile_class")


def _robust(case: Case, losses: Sequence[Loss], code: str) -> Outcome:
    items = tuple(row.item.id for row in case.support.anchors)
    if not items:
        return Outcome(missing=(Text("miss.no_anchor"),))
    return Outcome(items, tuple(Text(code, {"key": loss.key}) for loss in losses))


def finding_confidence(case: Case, params: Params) -> Outcome:
    found = case.finding.confidence
    if confidence_reaches(found, params["min"], case.standard):
        return Outcome()
    return Outcome(missing=(Text("miss.confidence", {"found": found}) if found else Text("miss.confidence_none"),))


def _unready(case: Case) -> tuple[Text, ...]:
    """Why no opinion can be read yet."""
    if case.panel is None:
        return (Text("miss.panel"),)
    return () if case.panel.revealed else (Text("miss.sealed"),)


def one_scale(case: Case, params: Params) -> Outcome:
    if unready := _unready(case):
        return Outcome(missing=unready)
    rows = [row for row in counted_opinions(case.panel) if row.likelihood is not None]
    if not rows:
        return Outcome(missing=(Text("miss.opinions"),))
    scale = case.finding.likelihood.scale if case.finding.likelihood else None
    if case.panel is None or case.panel.scale is None or scale != case.panel.scale:
        return Outcome(missing=(Text("miss.scale_mix", {"members": ()}),))
    others = tuple(row.member_id for row in rows if row.likelihood and row.likelihood.scale != scale)
    return Outcome(missing=(Text("miss.scale_mix", {"members": others}),) if others else ())


def conflicts_declared(case: Case, params: Params) -> Outcome:
    if case.panel is None or not sitting(case.panel):
        return Outcome(missing=(Text("miss.panel"),))
    silent = tuple(row.member_id for row in sitting(case.panel) if row.conflict == "undeclared")
    return Outcome(missing=(Text("miss.undeclared", {"members": silent}),) if silent else ())


def seat_signed(case: Case, params: Params) -> Outcome:
    if unready := _unready(case):
        return Outcome(missing=unready)
    signers = signing(case.panel, confidence=params["confidence"], standard=case.standard)
    if any(row.discipline in case.standard.seats[params["seat"]] for row in signers):
        return Outcome()
    return Outcome(missing=(Text("miss.seat", {"seat": params["seat"]}),))


def outside_member(case: Case, params: Params) -> Outcome:
    if unready := _unready(case):
        return Outcome(missing=unready)
    signers = signing(case.panel, confidence=params["confidence"], standard=case.standard)
    enough = sum(row.outside_tenant for row in signers) >= params["min"]
    return Outcome(missing=() if enough else (Text("miss.outside_member"),))


def alternative_analysis(case: Case, params: Params) -> Outcome:
    done = case.finding.analysis_done
    missing = [Text("miss.analysis", {"technique": code}) for code in params["all_of"] if code not in done]
    if not done & set(params["any_of"]):
        missing.append(Text("miss.analysis_any", {"techniques": tuple(params["any_of"])}))
    return Outcome(missing=tuple(missing))


def state_responsibility(case: Case, params: Params) -> Outcome:
    if case.lead.kind != "state":
        return Outcome()
    article = case.finding.article
    if article is None:
        return Outcome(missing=(Text("miss.article"),))
    if article not in case.standard.articles:
        return Outcome(missing=(Text("miss.article_unknown", {"article": article}),))
    signers = signing(case.panel, confidence=params["confidence"], standard=case.standard)
    legal = {row.member_id for row in signers if row.discipline in case.standard.seats["law"]}
    return Outcome(missing=() if case.finding.article_reasoned_by in legal else (Text("miss.article_reasoned"),))


def article_reasoned(case: Case, params: Params) -> Outcome:
    """R2.5: State responsibility is a question of law; a lawyer answers it, whoever proposed the finding."""
    article = case.finding.article
    if article is None:
        return Outcome(missing=(Text("miss.article"),))
    if article not in case.standard.articles:
        return Outcome(missing=(Text("miss.article_unknown", {"article": article}),))
    return Outcome(missing=() if case.finding.article_reasoned else (Text("miss.article_lawyer"),))


def specific_control(case: Case, params: Params) -> Outcome:
    asked = case.lead.kind == "state" and case.finding.article is not None
    needed = asked and case.standard.articles.get(case.finding.article or 0, False)
    return Outcome(
        missing=(Text("miss.specific_control"),) if needed and not case.finding.specific_control_shown else ()
    )


def norm_13b_factors(case: Case, params: Params) -> Outcome:
    left = [code for code in case.standard.norm_13b_factors if code not in case.finding.norm_13b]
    return Outcome(missing=tuple(Text("miss.factor", {"factor": code}) for code in left))


def custody_complete(case: Case, params: Params) -> Outcome:
    """The items whose custody is complete must carry the finding by themselves. What speaks against it stays in."""
    kept = [row for row in case.rows if row.item.custody_complete or not supports(row.item, case.lead, case.standard)]
    whole = len(kept) == len(case.rows)
    support = case.support if whole else measure_support(kept, case.lead, case.hypotheses, case.standard)
    enough = support.origins.total >= params["origins"] and len(support.classes) >= params["classes"]
    items = tuple(row.item.id for row in support.anchors)
    return Outcome(items, () if support.stands and enough else (Text("miss.custody"),))


def open_item(case: Case, params: Params) -> Outcome:
    items = tuple(row.item.id for row in case.support.anchors if row.item.is_open)
    return Outcome(items, () if len(items) >= params["min"] else (Text("miss.open_item"),))


def no_open_contest(case: Case, params: Params) -> Outcome:
    return Outcome(missing=case.contested_at("T3"))


def no_blocking_objection(case: Case, params: Params) -> Outcome:
    if unready := _unready(case):
        return Outcome(missing=unready)
    members = unresolved_objections(case.panel)
    return Outcome(missing=(Text("miss.objection", {"members": members}),) if members else ())


def decision_reference(case: Case, params: Params) -> Outcome:
    return Outcome(missing=() if case.finding.decision_reference.strip() else (Text("miss.decision"),))


CHECKS: Mapping[str, Callable[[Case, Params], Outcome]] = {
    check.__name__: check
    for check in (
        finding_current,
        graded_item,
        likelihood_floor,
        review_date,
        not_rejected,
        independent_origins,
        evidence_classes,
        beyond_forgery,
        beyond_location,
        disinterested_origin,
        alternatives_recorded,
        false_flag_check,
        separates_alternatives,
        least_inconsistent,
        robust_origins,
        robust_classes,
        finding_confidence,
        one_scale,
        conflicts_declared,
        seat_signed,
        outside_member,
        alternative_analysis,
        state_responsibility,
        article_reasoned,
        specific_control,
        norm_13b_factors,
        custody_complete,
        open_item,
        no_open_contest,
        no_blocking_objection,
        decision_reference,
    )
}
