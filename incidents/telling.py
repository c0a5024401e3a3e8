"""What watchers of a case hear of from this room, that names were looked up, and that deadlines come near or have passed."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import naming
from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from notifications.watching import watchable
from organisations.models import User
from organisations.roles import Grade

from .deadlines import CLOCKS, Clock, Due
from .models import EmergencyOpening, HandOver, Incident

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


def mentioned_words(values: Mapping[str, Any]) -> str:
    """Where somebody was named; never by whom, and never what was written."""
    if values["subject"]:
        return gettext("You were named in %(subject)s of %(reference)s") % values
    return gettext("You were named in %(reference)s") % values


NAMED = _("Somebody who works on the case named you or your organisation with @.")
WHY = _("You or your organisation answer for it, or hold the case.")
declare(
    Kind("deadline.due", Reason.DEADLINE, near, WHY, Grade.SUMMARY),
    Kind("deadline.overdue", Reason.ESCALATED, late, WHY, Grade.SUMMARY),
    Kind(
        "search.found", Reason.WATCHED, found_words, _("You watch this search. Stop watching it to be told no more."),
        Grade.SUMMARY, personal=True,
    ),
    Kind("case.mentioned", Reason.MENTION, mentioned_words, NAMED, Grade.SUMMARY),
    Kind("evidence.mentioned", Reason.MENTION, mentioned_words, NAMED, Grade.EVIDENCE),
    Kind(
        "case.in_charge", Reason.ASSIGNED, _("You are in charge of %(reference)s"),
        _("Your organisation holds the case and put you in charge of it."), grade=Grade.SUMMARY,
    ),
    Kind(
        "case.offered", Reason.ANSWER, _("%(subject)s offers your organisation the case %(reference)s"),
        _("Your organisation can take the case over or decline."), grade=Grade.SUMMARY,
    ),
    Kind(
        "case.taken_over", Reason.DECIDED, _("%(subject)s has taken over %(reference)s"),
        _("Your organisation offered it the case."), grade=Grade.SUMMARY,
    ),
    Kind(
        "case.not_taken", Reason.DECIDED, _("The offer of %(reference)s was declined or withdrawn"),
        _("The case stays with the organisation that holds it."), grade=Grade.SUMMARY,
    ),
    Kind(
        "case.opened_in_emergency", Reason.WARNING, _("%(reference)s was opened in an emergency, without a grant"),
        _("Your organisation holds the case. Who opened it, why and until when stands on its sharing page."), grade=Grade.SUMMARY,
    ),
    Kind(
        "names.looked_up", Reason.WARNING, _("A keeper of names looked up who %(subject)s is"),
        _("You appear under this handle in a case that is worked on organisation-blind. Each look behind it is told to you."),
        personal=True,
    ),
    Kind(
        "shares.recall", Reason.WARNING, _("%(subject)s is not accredited now: %(shares)s shares of evidence to recall"),
        _("Your organisation shared evidence with it. New shares are refused; decide about those given so far."),
    ),
    Kind(
        "shares.recall_without_names", Reason.WARNING,
        _("In a case without names %(shares)s shares of evidence are with organisations that are not accredited now"),
        _("Your organisation shared evidence with them. New shares are refused; decide about those given so far."),
    ),
)  # fmt: skip


def in_charge(incident: Incident, person: User) -> None:
    """The person who is in charge now."""
    tell(
        kind="case.in_charge", to=[person], key=f"charge/{incident.pk}/{person.pk}/{incident.version}",
        root_id=incident.pk, reference=incident.reference, mark=incident.mark, url=reverse("incident", args=[incident.reference]),
    )  # fmt: skip


def offered(incident: Incident, offer: HandOver) -> None:
    """The organisation a case is offered to."""
    tell(
        kind="case.offered", to=[offer.to_organisation], key=f"offer/{offer.pk}", root_id=incident.pk,
        reference=incident.reference, mark=incident.mark, subject=naming.name_for_all(offer.from_organisation)[:80],
        url=reverse("hand-over-answer", args=[incident.reference, offer.pk]),
    )  # fmt: skip


def taken_over(offer: HandOver) -> None:
    """The organisation that handed the case over."""
    incident = offer.incident
    tell(
        kind="case.taken_over", to=[offer.from_organisation], key=f"offer/{offer.pk}/taken", root_id=incident.pk,
        reference=incident.reference, mark=incident.mark, subject=naming.name_for_all(offer.to_organisation)[:80],
        url=reverse("incident", args=[incident.reference]),
    )  # fmt: skip


def answered(offer: HandOver) -> None:
    """Both sides of an offer that came to nothing; whoever acts is not told."""
    incident = offer.incident
    tell(
        kind="case.not_taken", to=[offer.from_organisation, offer.to_organisation], key=f"offer/{offer.pk}/not",
        root_id=incident.pk, reference=incident.reference, mark=incident.mark,
        url=reverse("incident", args=[incident.reference]),
    )  # fmt: skip


def opened_in_emergency(opening: EmergencyOpening) -> None:
    """The holder, at once, and asked to acknowledge it."""
    incident = opening.incident
    tell(
        kind="case.opened_in_emergency", to=[incident.holder], key=f"emergency/{opening.pk}", root_id=incident.pk,
        reference=incident.reference, mark=incident.mark, url=reverse("incident-grants", args=[incident.reference]),
        acknowledge=True,
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
