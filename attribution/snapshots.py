"""Attribution as plain values: what the API gives, and other rooms keep."""

from collections.abc import Iterable
from typing import Any

from core import naming
from organisations.models import User

from . import norms
from .boards import BoardShown, Row, WhatIf
from .marks import pap_of
from .models import ArticleReasoning, Contest, Finding, Hypothesis, Opinion, Panel, Seat, StandingChange
from .replay import Day
from .rules import Removal
from .selectors import LegRow, Said, clock_of


def hypothesis_values(row: Hypothesis) -> dict[str, Any]:
    """One hypothesis."""
    return {
        "number": row.label,
        "leg": row.leg,
        "kind": row.kind,
        "country": row.country,
        "actor": row.actor,
        "name": row.name,
        "article": row.article,
        "statement": row.statement,
        "is_alternative": row.is_alternative,
        "status": row.status,
        "rejected_reason": row.rejected_reason,
    }


def leg_values(row: LegRow) -> dict[str, Any]:
    """One leg: its own hypotheses, findings, tier and standard of proof."""
    opened = row.proposition
    return {
        "leg": row.code,
        "name": dict(norms.named("legs"))[row.code],
        "asks": norms.questions()[row.code],
        "open": opened is not None,
        "claim": opened.claim if opened else "",
        "proof": {"code": row.proof.code, "needs": row.proof.needs, "answer": row.proof.answer},
        "tier": row.tier,
        "hypotheses": [each.label for each in row.hypotheses],
        "findings": [
            {"number": each.label, "hypothesis": each.hypothesis.label, "tier": each.tier, "contested": each.contested,
             "standing": each.standing}
            for each in row.findings
        ],
    }  # fmt: skip


def reasoning_values(row: ArticleReasoning) -> dict[str, Any]:
    """A lawyer's reasons for an article."""
    return {
        "article": row.article,
        "reasons": row.reasons,
        "specific_control": row.specific_control,
        "reasoned_by": str(row.reasoned_by),
        "organisation": row.organisation.slug,
        "reasoned_at": row.reasoned_at.isoformat(),
    }


def row_values(row: Row) -> dict[str, Any]:
    """One item across all hypotheses of a leg."""
    return {
        "item": row.item.label,
        "separates": row.separates,
        "weighs": row.counts,
        "cells": [
            {
                "hypothesis": cell.name,
                "own": cell.own,
                "group": cell.group,
                "split": cell.split,
                "spread": cell.spread,
                "other": cell.other,
            }
            for cell in row.cells
        ],
    }


def board_values(shown: BoardShown, removals: Iterable[Removal], others: Iterable[User]) -> dict[str, Any]:
    """A board, what each single loss would do to it, and whose ratings are open to compare with."""
    return {
        "leg": shown.leg,
        "inconsistency": dict(shown.board.scores),
        "least": list(shown.board.leaders),
        "assessors": [{"id": naming.key_of(row.pk), "name": str(row)} for row in others],
        "without": [
            {
                "kind": row.kind, "key": row.key, "items": list(row.items), "inconsistency": dict(row.board.scores),
                "least": list(row.board.leaders), "changes": row.changes_lead,
            }
            for row in removals
        ],
    }  # fmt: skip


def what_if_values(tried: WhatIf) -> dict[str, Any]:
    """A board tried out, beside the one there is."""
    return {
        "leg": tried.leg,
        "now": {"inconsistency": dict(tried.now.scores), "least": list(tried.now.leaders)},
        "then": {"inconsistency": dict(tried.then.scores), "least": list(tried.then.leaders)},
        "changes": tried.changes_lead,
        "findings": [
            {"number": row.finding.label, "computed_tier": row.tier, "then": row.would_be, "contested": row.contested}
            for row in tried.outcomes
        ],
    }


def day_values(day: Day) -> dict[str, Any]:
    """A finding on one day of its replay."""
    return {
        "on": day.on.isoformat(),
        "items": list(day.items),
        "tier": day.tier,
        "contested": day.contested,
        "standing": day.standing,
        "sentence": {"code": day.sentence.code, "english": day.sentence.english},
        "independent_origins": day.origins,
        "changed": day.changed,
    }


def finding_values(row: Finding, pap: str | None = None) -> dict[str, Any]:
    """One finding: proposition, likelihood, confidence and tier, apart from each other; the explanation as it was computed."""
    clock = clock_of(row)
    return {
        "number": row.label,
        "hypothesis": row.hypothesis.label,
        "leg": row.leg,
        "statement": row.statement,
        "likelihood": {
            "scale": row.scale,
            "term": row.likelihood,
            "words": norms.term_words(row.scale, row.likelihood, row.standard_version),
        },
        "confidence": row.confidence,
        "reasons": row.reasons,
        "false_flag_check": row.false_flag_check,
        "article": row.article,
        "norm_13b": row.norm_13b,
        "analysis": row.analysis,
        "decision_reference": row.decision_reference,
        "standard_version": row.standard_version,
        "pap": pap or pap_of(row),
        "tier": row.tier,
        "computed_tier": row.computed_tier,
        "contested": row.contested,
        "standing": row.standing,
        "standing_reason": row.standing_reason,
        "superseded_by": row.superseded_by.label if row.superseded_by else None,
        "marked_items": row.marked_items,
        "review_on": row.review_on.isoformat(),
        "overdue": clock.overdue,
        "overdue_days": clock.overdue_days,
        "asks": list(clock.asks),
        "proposed_at": row.proposed_at.isoformat(),
        "approved_at": row.approved_at.isoformat() if row.approved_at else None,
        "being_recomputed": row.stale_since is not None,
        "waits_because": row.stale_because,
        "computed_at": row.computed_at.isoformat() if row.computed_at else None,
        "explanation": row.explanation,
    }


def contest_values(row: Contest) -> dict[str, Any]:
    """One contest."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "items": row.items,
        "text": row.text,
        "opened_at": row.opened_at.isoformat(),
        "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None,
        "resolution": row.resolution,
    }


def change_values(row: StandingChange) -> dict[str, Any]:
    """One step of a finding's history."""
    return {
        "at": row.at.isoformat(),
        "cause": row.cause,
        "tier": row.tier,
        "computed_tier": row.computed_tier,
        "standing": row.standing,
        "contested": row.contested,
        "marked_items": row.marked_items,
        "flipped": row.flipped,
    }


def seat_values(row: Seat) -> dict[str, Any]:
    """One seat: who sits there and whether an opinion was given; never what it says."""
    return {
        "number": row.number,
        "discipline": row.discipline,
        "seat": row.seat,
        "organisation": row.organisation.slug,
        "about": row.about,
        "answer_by": row.answer_by.isoformat(),
        "member": row.member.name if row.member else None,
        "conflict": row.conflict,
        "recused": row.recused_at is not None,
        "sealed": row.sealed_at is not None,
        "commitment": row.commitment,
    }


def opinion_values(row: Opinion) -> dict[str, Any]:
    """One opinion: the author's own, or any once the round is open."""
    return {
        "seat": row.seat.label,
        "round": row.round,
        "position": row.position,
        "likelihood": {"scale": row.scale, "term": row.likelihood},
        "confidence": row.confidence,
        "reasons": row.reasons,
        "change_mind": row.change_mind,
        "dissent": row.dissent,
        "blocking_objection": row.blocking_objection,
        "objection": row.objection,
        "objection_answer": row.answer.reasons if hasattr(row, "answer") else None,
        "article": row.article,
        "article_reasons": row.article_reasons,
        "specific_control": row.specific_control,
        "commitment": row.commitment,
        "salt": row.salt,
        "revealed_at": row.revealed_at.isoformat() if row.revealed_at else None,
    }


def panel_values(
    row: Panel, seats: list[Seat], opinions: list[Opinion], earlier: Iterable[Opinion] = (), said: Iterable[Said] = ()
) -> dict[str, Any]:
    """One panel with its seats and, once a round is open, every opinion that counts, those before, and the discussion."""
    return {
        "number": row.number,
        "finding": row.finding.label,
        "state": row.state,
        "round": row.round,
        "by_name": row.by_name,
        "scale": row.scale,
        "quorum": row.quorum,
        "required_seats": row.required_seats,
        "deadline": row.deadline.isoformat(),
        "revealed_at": row.revealed_at.isoformat() if row.revealed_at else None,
        "seats": [seat_values(seat) for seat in seats],
        "opinions": [opinion_values(opinion) for opinion in opinions],
        "earlier": [opinion_values(opinion) for opinion in earlier],
        "discussion": [{"by": each.by, "own": each.own, "text": each.text, "at": each.at.isoformat()} for each in said],
    }
