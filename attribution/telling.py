"""What watchers of a case or a finding hear of from this room.

Nothing about seats and opinions: when somebody was invited or sealed an opinion must not be learnt by its timing (ATT-7).
"""

from notifications.watching import watchable

watchable(
    [
        "finding.proposed", "finding.amended", "finding.review_extended", "finding.overdue", "finding.recomputed",
        "finding.corroborated", "finding.contested", "finding.contest_resolved", "finding.withdrawn", "finding.superseded",
    ],
    label="finding",
)  # fmt: skip
watchable(["hypothesis.added", "hypothesis.rejected", "hypothesis.reconsidered", "panel.revealed", "panel.closed"])
