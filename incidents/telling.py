"""What watchers of a case hear of from this room."""

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
        "shares.recall", Reason.WARNING, _("%(subject)s is not accredited now: %(shares)s shares of evidence to recall"),
        _("Your organisation shared evidence with it. New shares are refused; decide about those given so far."),
    )
)  # fmt: skip
