"""What watchers of a case hear of from this room."""

from notifications.watching import watchable
from organisations.roles import Grade

watchable(
    ["incident.edited", "incident.closed", "incident.reopened", "incident.linked", "statement.added", "timeline.added"],
    grade=Grade.SUMMARY,
)
