"""What watchers of a case hear of from this room, and that deadlines come near or have passed."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from notifications.watching import watchable
from organisations.roles import Grade

from .deadlines import CLOCKS, Clock, Due

watchable(
    ["incident.edited", "incident.closed", "incident.reopened", "incident.linked", "statement.added", "timeline.added"],
    grade=Grade.SUMMARY,
)
watchable(["deadline.paused", "deadline.resumed", "deadline.extended"])


def what(values: Mapping[str, Any]) -> str:
    """Which kind of deadline, in the reader's language."""
    found = CLOCKS.get(str(values["clock"]))
    return str(found.words) if found else gettext("Deadline")


def near(values: Mapping[str, Any]) -> str:
    """ "Review of a measure: M-1 is due soon"."""
    return gettext("%(what)s: %(subject)s is due soon") % {"subject": values["subject"], "what": what(values)}


def late(values: Mapping[str, Any]) -> str:
    """ "Review of a measure: M-1 is overdue"."""
    return gettext("%(what)s: %(subject)s is overdue") % {"subject": values["subject"], "what": what(values)}


def found_words(values: Mapping[str, Any]) -> str:
    """ "New in your search “Hospitals”"."""
    return gettext("New in your search “%(search)s”") % {"search": values["search"]}


WHY = _("You or your organisation answer for it, or hold the case.")
declare(
    Kind("deadline.due", Reason.DEADLINE, near, WHY, Grade.SUMMARY),
    Kind("deadline.overdue", Reason.ESCALATED, late, WHY, Grade.SUMMARY),
    Kind(
        "search.found", Reason.WATCHED, found_words, _("You watch this search. Stop watching it to be told no more."),
        Grade.SUMMARY, personal=True,
    ),
    Kind(
        "shares.recall", Reason.WARNING, _("%(subject)s is not accredited now: %(shares)s shares of evidence to recall"),
        _("Your organisation shared evidence with it. New shares are refused; decide about those given so far."),
    ),
)  # fmt: skip


def tell_deadline(clock: Clock, due: Due, *, overdue: bool) -> None:
    """To whoever answers for it and to the house that holds the case; once for each date."""
    kind = "deadline.overdue" if overdue else "deadline.due"
    incident = due.incident
    tell(
        kind=kind, to=[*due.owners, incident.holder], root_id=incident.pk, reference=incident.reference, mark=incident.mark,
        key=f"{kind}:{clock.code}:{incident.pk}:{due.key}:{due.due_at:%Y-%m-%dT%H:%M}", subject=due.subject, url=due.url,
        words={"clock": clock.code}, due_at=due.due_at,
    )  # fmt: skip
