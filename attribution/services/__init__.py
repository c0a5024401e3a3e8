"""What is done in attribution. Each function checks, changes and records in one transaction."""

from .discussion import add_remark
from .findings import (
    amend_finding,
    contest_finding,
    corroborate_finding,
    extend_review,
    propose_finding,
    resolve_contest,
    supersede_finding,
    withdraw_finding,
)
from .hypotheses import add_hypothesis, reconsider_hypothesis, reject_hypothesis
from .legs import open_leg, reason_article
from .matrix import rate_evidence
from .opinions import answer_objection, seal_opinion
from .panels import (
    begin_second_round,
    close_panel,
    convene_panel,
    declare_conflict,
    invite_seat,
    release_seat,
    reveal_panel,
)
from .relying import note_outside_acknowledgement, note_sent, note_shown, relying_on
from .replies import (
    Asked,
    bars_of,
    invite_to_reply,
    latest_notice,
    open_notice,
    publish_finding,
    renew_invitation,
    require_replies,
    waive_reply,
)
from .reply_files import open_reply_file
from .resolutions import resolve_question
from .tiers import recompute_case, recompute_finding, settle_case

__all__ = [
    "Asked",
    "add_hypothesis",
    "add_remark",
    "amend_finding",
    "answer_objection",
    "bars_of",
    "begin_second_round",
    "close_panel",
    "contest_finding",
    "convene_panel",
    "corroborate_finding",
    "declare_conflict",
    "extend_review",
    "invite_seat",
    "invite_to_reply",
    "latest_notice",
    "note_outside_acknowledgement",
    "note_sent",
    "note_shown",
    "open_leg",
    "open_notice",
    "open_reply_file",
    "propose_finding",
    "publish_finding",
    "rate_evidence",
    "reason_article",
    "recompute_case",
    "recompute_finding",
    "reconsider_hypothesis",
    "reject_hypothesis",
    "release_seat",
    "relying_on",
    "renew_invitation",
    "require_replies",
    "resolve_contest",
    "resolve_question",
    "reveal_panel",
    "seal_opinion",
    "settle_case",
    "supersede_finding",
    "waive_reply",
    "withdraw_finding",
]
