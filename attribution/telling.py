"""What people are told from this room, and what watchers of a case or a finding hear of.

Nothing about opinions reaches anybody else: that or when somebody sealed one must not be learnt from a notice or its timing
(ATT-7). A seat is offered to its organisation, the opening of a round told to its members, and the opening of opinions to
everybody at once; a member is told of their own opinion that is due. Sealing an opinion tells nobody anything.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, cast

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from notifications.watching import watchable
from organisations.models import Organisation, User
from organisations.roles import Grade

from .models import Finding, Panel, Seat, StandingChange
from .norms import named, roles_for
from .states import Conflict
from .words import cause_words

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


def change_words(values: Mapping[str, Any]) -> str:
    """Before, after and why, in the reader's language."""
    return gettext("%(subject)s was computed anew: %(before)s, now %(after)s. %(cause)s.") % {
        **values, "cause": cause_words(str(values["cause"])),
    }  # fmt: skip


def seat_words(values: Mapping[str, Any]) -> str:
    """Which discipline is wanted, in the reader's language."""
    code = str(values["discipline"])
    names = dict(named("disciplines", str(values["standard"])))
    return gettext("Your organisation is offered a seat on a panel: %(discipline)s") % {
        "discipline": names.get(code, code)
    }


declare(
    Kind("finding.changed", Reason.CHANGED, change_words, _("You proposed, signed or judged this finding, or hold its case.")),
    Kind(
        "finding.review_due", Reason.DEADLINE, _("The review of %(subject)s is due: corroborate, revise or withdraw it."),
        _("You proposed this finding or hold its case."),
    ),
    Kind(
        "finding.overdue", Reason.ESCALATED, _("The review of %(subject)s is overdue: corroborate, revise or withdraw it."),
        _("You proposed this finding or hold its case."),
    ),
