"""Who it was and how sure that is: what is stored, and what must never be false of it.

Every table hangs on a case and is seen by whoever may see its evidence; sealed opinions and sealed ratings by their
author alone until the round is opened. What the database itself keeps beyond these constraints (who may sit and
approve, sealing and opening, what never changes) is in migration 0002.
"""

from .findings import SCALES, TIERS, Contest, Extension, Finding, StandingChange
from .hypotheses import ANY_OTHER, KINDS, RATINGS, Hypothesis, Rating
from .panels import ObjectionAnswer, Opinion, Panel, Remark, Seat
from .pools import PooledScore
from .propositions import ArticleReasoning, Proposition
from .replies import FindingIssue, Invitation, Notice, OutsideAcknowledgement, RelyingParty, Reply
from .reply_files import ReplyFile
from .resolutions import Resolution

__all__ = [
    "ANY_OTHER",
    "KINDS",
    "RATINGS",
    "SCALES",
    "TIERS",
    "ArticleReasoning",
    "Contest",
    "Extension",
    "Finding",
    "FindingIssue",
    "Hypothesis",
    "Invitation",
    "Notice",
    "ObjectionAnswer",
    "Opinion",
    "OutsideAcknowledgement",
    "Panel",
    "PooledScore",
    "Proposition",
    "Rating",
    "RelyingParty",
    "Remark",
    "Reply",
    "ReplyFile",
    "Resolution",
    "Seat",
    "StandingChange",
]
