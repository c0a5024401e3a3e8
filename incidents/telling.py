"""What watchers of a case hear of from this room, and what people are told from it."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Reason, declare
from notifications.watching import watchable
from organisations.roles import Grade

watchable(
    ["incident.edited", "incident.closed", "incident.reopened", "incident.linked", "statement.added", "timeline.added"],
    grade=Grade.SUMMARY,
)
declare(
    Kind(
        "names.looked_up", Reason.WARNING, _("A keeper of names looked up who %(subject)s is"),
        _("You appear under this handle in a case that is worked on organisation-blind. Each look behind it is told to you."),
    )
)  # fmt: skip
