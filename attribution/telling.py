"""What watchers of a case or a finding hear of from this room.

Nothing about seats and opinions: when somebody was invited or sealed an opinion must not be learnt by its timing (ATT-7).
"""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Reason, declare
from notifications.watching import watchable

watchable(
    [
        "finding.proposed", "finding.amended", "finding.review_extended", "finding.overdue", "finding.recomputed",
        "finding.corroborated", "finding.contested", "finding.contest_resolved", "finding.withdrawn", "finding.superseded",
    ],
    label="finding",
)  # fmt: skip
watchable(["hypothesis.added", "hypothesis.rejected", "hypothesis.reconsidered", "panel.revealed", "panel.closed"])
watchable(["reply.received", "finding.published"], label="finding")
declare(
    Kind(
        "reply.invited", Reason.ANSWER, _("Your organisation may reply to %(subject)s before it is published"),
        _("A finding that concerns your organisation is to be published. You may reply first."),
    ),
    Kind("reply.received", Reason.CHANGED, _("A reply to %(subject)s has come"), _("You asked a party to reply.")),
    Kind(
        "reply.locked", Reason.WARNING, _("The address for a reply to %(subject)s is locked after wrong codes"),
        _("You asked a party to reply. Make a new address for them, or find out who tried."),
    ),
    Kind(
        "finding.recalled", Reason.CHANGED, _("%(subject)s stands otherwise: %(tier)s, %(standing)s"),
        _("You were shown this finding before it changed. Acknowledge that you know."),
    ),
    Kind(
        "finding.recalled_unseen", Reason.CHANGED, _("%(subject)s stands otherwise than when you were shown it"),
        _("You were shown this finding before it changed. You may not see it any more; do not rely on what you saw."),
    ),
)  # fmt: skip
