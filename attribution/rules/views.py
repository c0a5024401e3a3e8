"""What the rules look at: plain frozen values, filled by services from the database. Ids are opaque strings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

ItemStatus = Literal["active", "frozen", "withdrawn"]
Standing = Literal["current", "revised", "withdrawn", "superseded"]
ConflictState = Literal["undeclared", "none", "conflicted"]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A term in its scale. It is never turned into a number or another scale's term (R1.5)."""

    scale: str
    term: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One item as the rules see it. `None` means not known and is never read as the middle (R1.3)."""

    id: str
    evidence_class: str
    origin_ids: frozenset[str] = frozenset()
    derived_from: frozenset[str] = frozenset()
    reliability: str | None = None
    credibility: str | None = None
    corroborated_by: frozenset[str] = frozenset()
    status: ItemStatus = "active"
    graded_alone: bool = False
    """By whoever gave the item in, because the team had nobody else (R1.1): good enough to go on with, not to corroborate."""
    is_open: bool = False
    custody_complete: bool = False
    statement_type: str | None = None
    evidence_base_stated: bool = False
    missing_fields: tuple[str, ...] = ()
    ratings: Mapping[str, str] = field(default_factory=dict)
    """Hypothesis id to rating code; a missing key is a blank, which is allowed and separates nothing."""
    known_on: date | None = None


@dataclass(frozen=True, slots=True)
class HypothesisView:
    id: str
    kind: str
    lead: bool = False
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.id


@dataclass(frozen=True, slots=True)
class ContestView:
    """A contest on record. It stays open until resolved with reasons, whatever becomes of the items that opened it."""

    kind: str
    item_ids: frozenset[str] = frozenset()
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class FindingView:
    """The proposition's record: what was stated, by when it is reviewed, and what the law and the norms ask to be written."""

    standard_version: str
    leg: str = "operator"
    standing: Standing = "current"
    likelihood: Likelihood | None = None
    confidence: str | None = None
    review_on: date | None = None
    review_set_on: date | None = None
    extended: bool = False
    extension_reasoned: bool = False
    false_flag_check: bool = False
    same_origin: tuple[tuple[str, str], ...] = ()
    """Pairs of origin ids found to be one and the same. They belong to the finding, not to an item, so that
    taking an item away can never make its lineage look more independent."""
    contests: tuple[ContestView, ...] = ()
    article: int | None = None
    article_reasoned_by: str | None = None
    """The seat of law whose opinion reasons the article."""
    article_reasoned: bool = False
    """Whether a lawyer has reasoned the article at all, on the panel or beside it."""
    specific_control_shown: bool = False
    norm_13b: frozenset[str] = frozenset()
    analysis_done: frozenset[str] = frozenset()
    decision_reference: str = ""


@dataclass(frozen=True, slots=True)
class OpinionView:
    """One seated member and, once given, the opinion. `position` is None until then."""

    member_id: str
    discipline: str
    outside_tenant: bool = False
    conflict: ConflictState = "undeclared"
    eligible: bool = True
    recused: bool = False
    late: bool = False
    position: str | None = None
    likelihood: Likelihood | None = None
    confidence: str | None = None
    blocking_objection: bool = False
    objection_resolved: bool = False


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel's round. Until `revealed`, no rule reads an opinion: the report is the same whatever they say."""

    opinions: tuple[OpinionView, ...] = ()
    revealed: bool = False
    scale: str | None = None


def known_by(items: tuple[EvidenceView, ...], day: date) -> tuple[EvidenceView, ...]:
    """What was known on a day, for the as-of view; an item without a date was not known then."""
    return tuple(item for item in items if item.known_on is not None and item.known_on <= day)
