"""Whose opinion counts. A sealed round has none; a member with a conflict, a late or a second opinion has none (ATT-7)."""

from collections import Counter

from .scales import at_least, confidence_reaches
from .standard import EvidenceStandard
from .views import OpinionView, PanelView


def sitting(panel: PanelView) -> tuple[OpinionView, ...]:
    """The members who hold a seat: eligible and not recused."""
    return tuple(row for row in panel.opinions if row.eligible and not row.recused)


def counted_opinions(panel: PanelView | None) -> tuple[OpinionView, ...]:
    """The opinions that count: revealed, given in time, by a sitting member cleared of conflict, one per member.
    A conflict that appears after the vote takes the opinion out of the count; it stays on the record."""
    if panel is None or not panel.revealed:
        return ()
    rows = [row for row in sitting(panel) if row.conflict == "none" and row.position is not None and not row.late]
    seats = Counter(row.member_id for row in rows)
    return tuple(row for row in rows if seats[row.member_id] == 1)


def signing(panel: PanelView | None, *, confidence: str, standard: EvidenceStandard) -> tuple[OpinionView, ...]:
    """The members who sign: they concur, in the panel's own scale, at or above an even chance, with enough confidence."""
    scale = standard.scales.get(panel.scale or "") if panel else None
    if panel is None or scale is None:
        return ()
    return tuple(
        row
        for row in counted_opinions(panel)
        if row.position in standard.signing_positions
        and row.likelihood is not None
        and row.likelihood.scale == scale.code
        and at_least(row.likelihood, scale.provisional_floor, standard)
        and confidence_reaches(row.confidence, confidence, standard)
    )


def dissents(panel: PanelView | None) -> tuple[str, ...]:
    """Who dissents, in full or in part: printed beside the finding at equal size, whatever the tier (R2.2)."""
    return tuple(row.member_id for row in counted_opinions(panel) if row.position in ("dissent", "concur_in_part"))


def unresolved_objections(panel: PanelView | None) -> tuple[str, ...]:
    """Members whose blocking objection stands. Recusal or lateness does not silence an objection; only reasons resolve it."""
    if panel is None or not panel.revealed:
        return ()
    return tuple(row.member_id for row in panel.opinions if row.blocking_objection and not row.objection_resolved)
