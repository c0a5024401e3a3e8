"""The attribution rules: what makes a finding provisional, corroborated or substantiated, as pure functions over plain values.

The instrument `evidence-standard` holds the numbers, lists and wording; these functions hold the logic; the page prints
both. No database, no request, no clock: the same facts give the same answer, for the accuser and the accused.
"""

from .board import Board, Removal, board_of, is_useless, what_one_loss_changes
from .clocks import ReviewState, default_review_date, latest_review_date, review_state
from .leaveout import Effect, Without, leave_out, raising_classes, single_items
from .lineage import Lineage, OriginCount, count_origins, trace
from .matrix import (
    Contradictions,
    PooledRating,
    Pooling,
    diagnosticity,
    pool_ratings,
    rating_value,
    separates,
    standing,
    supports,
)
from .panel import counted_opinions, dissents, signing, sitting, unresolved_objections
from .proof import Proof, proof_of
from .requirements import CHECKS
from .robustness import Loss, Support, measure_support
from .scales import (
    ScaleMismatch,
    at_least,
    compare_likelihood,
    confidence_reaches,
    known_grade,
    likelihood_rank,
    middle_grade,
    term_for_percent,
    term_for_wording,
)
from .standard import TIERS, EvidenceStandard, Leg, StandardMismatch
from .texts import MESSAGES, Text
from .tiers import Exclusion, Requirement, TierReport, tier_report
from .views import (
    ContestView,
    EvidenceView,
    FindingView,
    HypothesisView,
    Likelihood,
    OpinionView,
    PanelView,
    known_by,
)
from .weighing import Weighed, independent_origins, weigh

__all__ = [
    "CHECKS",
    "MESSAGES",
    "TIERS",
    "Board",
    "ContestView",
    "Contradictions",
    "Effect",
    "EvidenceStandard",
    "EvidenceView",
    "Exclusion",
    "FindingView",
    "HypothesisView",
    "Leg",
    "Likelihood",
    "Lineage",
    "Loss",
    "OpinionView",
    "OriginCount",
    "PanelView",
    "PooledRating",
    "Pooling",
    "Proof",
    "Removal",
    "Requirement",
    "ReviewState",
    "ScaleMismatch",
    "StandardMismatch",
    "Support",
    "Text",
    "TierReport",
    "Weighed",
    "Without",
    "at_least",
    "board_of",
    "compare_likelihood",
    "confidence_reaches",
    "count_origins",
    "counted_opinions",
    "default_review_date",
    "diagnosticity",
    "dissents",
    "independent_origins",
    "is_useless",
    "known_by",
    "known_grade",
    "latest_review_date",
    "leave_out",
    "likelihood_rank",
    "measure_support",
    "middle_grade",
    "pool_ratings",
    "proof_of",
    "raising_classes",
    "rating_value",
    "review_state",
    "separates",
    "signing",
    "single_items",
    "sitting",
    "standing",
    "supports",
    "term_for_percent",
    "term_for_wording",
    "tier_report",
    "trace",
    "unresolved_objections",
    "weigh",
    "what_one_loss_changes",
]
