"""What people are told from this room, and what watchers of a case or a finding hear of.

Nothing about opinions reaches anybody else: that or when somebody sealed one must not be learnt from a notice or its timing
(ATT-7). A seat is offered to its organisation, the opening of a round told to its members, and the opening of opinions to
everybody at once; a member is told of their own opinion that is due. Sealing an opinion tells nobody anything.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, cast

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.mentions import tell_mentioned
from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from notifications.watching import watchable
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Grade

from .models import Finding, Panel, Remark, Seat, StandingChange
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
    Kind(
        "panel.opinion_due", Reason.VOTE_DUE, _("Your opinion on %(subject)s is due."), _("You hold a seat on this panel."),
        personal=True,
    ),
    Kind(
        "panel.seat_offered", Reason.ANSWER, seat_words,
        _("Your organisation is asked to judge a finding from outside. Whoever takes the seat says first whether they have a conflict of interest."),
        Grade.SUMMARY,
    ),
    Kind(
        "panel.seat_vacated", Reason.CHANGED, _("A seat is empty: the member of %(subject)s has left the organisation that sent them"),
        _("You convened this panel or hold its case. Offer the seat anew where the panel needs it."),
    ),
    Kind(
        "panel.round_opened", Reason.VOTE_DUE, _("Opinions on %(subject)s are taken now. Yours is due."),
        _("You hold a seat on this panel."), personal=True,
    ),
    Kind(
        "panel.opened", Reason.DECIDED, _("The opinions on %(subject)s are open."),
        _("You hold a seat on this panel, proposed the finding or hold its case."),
    ),
)  # fmt: skip


def about(finding: Finding) -> dict[str, Any]:
    """What every notice about a finding carries."""
    incident = finding.incident
    return {
        "root_id": incident.pk, "reference": incident.reference, "mark": incident.mark, "subject": finding.label,
        "url": reverse("finding", args=[incident.reference, finding.label]),
    }  # fmt: skip


def answerable(finding: Finding) -> list[User | Organisation]:
    """Who is asked when a clock runs out: whoever proposed it, and the house that holds the case."""
    return [cast(User, finding.proposed_by), finding.incident.holder]


def tell_change(finding: Finding, change: StandingChange, signed_by: User | None) -> None:
    """A difference, to those concerned: who proposed, who had signed, who sits on its panels, and the holder."""
    seats = Seat.objects.filter(panel__finding=finding, conflict="none", recused_at__isnull=True)
    people: list[User | Organisation] = [row.member for row in seats.select_related("member") if row.member]
    if signed_by:
        people.append(signed_by)
    tell(
        kind="finding.changed", to=[*answerable(finding), *people],
        key=f"finding.changed:{change.pk}", **about(finding),
        words={"before": change.tier_before, "after": change.tier, "cause": change.cause},
    )  # fmt: skip


def tell_named(actor: Actor, finding: Finding, text: str, key: str) -> None:
    """Whoever is named with @ in what is said for or against a finding."""
    incident = finding.incident
    tell_mentioned(
        actor=actor, incident=incident, texts=[text], key=key, subject=finding.label, grade=Grade.EVIDENCE,
        url=reverse("finding", args=[incident.reference, finding.label]),
    )  # fmt: skip


def tell_review_due(finding: Finding) -> None:
    """A review that falls due, once per date."""
    due = datetime.combine(finding.review_on, time(23, 59, 59), UTC)
    tell(
        kind="finding.review_due", to=answerable(finding), key=f"finding.review_due:{finding.pk}:{finding.review_on}",
        due_at=due, **about(finding),
    )  # fmt: skip


def tell_overdue(finding: Finding) -> None:
    """A review that is overdue, once per date."""
    tell(
        kind="finding.overdue", to=answerable(finding), key=f"finding.overdue:{finding.pk}:{finding.review_on}",
        **about(finding),
    )  # fmt: skip


def tell_opinion_due(seat: Seat) -> None:
    """A member's own opinion, once per round. Nobody else hears of it."""
    panel, incident = seat.panel, seat.incident
    if seat.member is None:
        return
    tell(
        kind="panel.opinion_due", to=[seat.member], key=f"panel.opinion_due:{panel.pk}:{panel.round}:{seat.pk}",
        root_id=incident.pk, reference=incident.reference, mark=incident.mark, subject=panel.finding.label,
        url=reverse("opinion", args=[incident.reference, panel.number]), due_at=panel.deadline,
    )  # fmt: skip


def sitting(panel: Panel) -> list[Seat]:
    """The seats of a panel that are taken."""
    rows = Seat.objects.filter(panel=panel, conflict=Conflict.NONE, recused_at__isnull=True)
    return list(rows.select_related("member", "organisation").order_by("number"))


def tell_seat_offered(seat: Seat, only: User | None = None) -> None:
    """To whoever in the organisation asked could take it, who may see the summary by now; and to the organisation, which may
    not: to it without the case, by its reference and mark alone. `only`: the house hands the seat on, and named who takes it."""
    incident = seat.incident
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_able_to_sit(%s, %s)", [seat.pk, sorted(roles_for(seat.seat))])
        able = User.objects.filter(pk__in=[row[0] for row in cursor.fetchall()])
    told: dict[str, Any] = {
        "kind": "panel.seat_offered", "key": f"panel.seat_offered:{seat.pk}", "reference": incident.reference,
        "mark": incident.mark, "subject": seat.panel.label, "due_at": seat.answer_by,
        "words": {"discipline": seat.discipline, "standard": seat.panel.finding.standard_version},
    }  # fmt: skip
    able = able if only is None else able.filter(pk=only.pk)
    tell(to=able, root_id=incident.pk, url=reverse("seat-declare", args=[incident.reference, seat.number]), **told)
    if only is None:
        tell(to=[seat.organisation], **told)


def tell_seat_vacated(seat: Seat) -> None:
    """To whoever convened the panel and to the holder of the case: a seat is empty. Nothing about its opinion is said."""
    panel, incident = seat.panel, seat.incident
    tell(
        kind="panel.seat_vacated", to=[cast(User, panel.convened_by), incident.holder], key=f"panel.seat_vacated:{seat.pk}",
        root_id=incident.pk, reference=incident.reference, mark=incident.mark, subject=f"{panel.label} {seat.label}",
        url=reverse("panel", args=[incident.reference, panel.number]),
    )  # fmt: skip


def tell_round_opened(panel: Panel, seats: list[Seat]) -> None:
    """To each of these members, once per round: a round opens when its seats are filled or its second begins, never by an opinion."""
    incident, members = panel.incident, [seat.member for seat in seats if seat.member]
    tell(
        kind="panel.round_opened", to=members, key=f"panel.round_opened:{panel.pk}:{panel.round}",
        root_id=incident.pk, reference=incident.reference, mark=incident.mark, subject=panel.finding.label,
        url=reverse("opinion", args=[incident.reference, panel.number]), due_at=panel.deadline,
    )  # fmt: skip


def tell_opened(panel: Panel, by: User) -> None:
    """To everybody concerned at the same moment, members and holder alike; not to whoever opened them."""
    incident, finding = panel.incident, panel.finding
    people = [seat.member for seat in sitting(panel) if seat.member]
    tell(
        kind="panel.opened", to=[each for each in [*answerable(finding), *people] if each != by],
        key=f"panel.opened:{panel.pk}:{panel.round}", root_id=incident.pk, reference=incident.reference, mark=incident.mark,
        subject=finding.label, url=reverse("panel", args=[incident.reference, panel.number]),
    )  # fmt: skip


MENTION = re.compile(r"(?<![\w@])@S-(\d{1,4})\b")


def tell_seats_mentioned(remark: Remark) -> None:
    """To each member of the panel whose seat a remark names as `@S-2`; not to whoever says it. It says where, not what."""
    panel, incident = remark.panel, remark.incident
    named = {int(number) for number in MENTION.findall(remark.text)}
    for seat in sitting(panel):
        if seat.number in named and seat.member and seat.pk != remark.seat_id:
            tell(
                kind="panel.mentioned", to=[seat.member], key=f"panel.mentioned:{remark.pk}:{seat.pk}", root_id=incident.pk,
                reference=incident.reference, mark=incident.mark, subject=panel.label,
                url=reverse("panel", args=[incident.reference, panel.number]),
            )  # fmt: skip


declare(
    Kind(
        "panel.mentioned", Reason.MENTION, _("You were named in the discussion of %(subject)s"),
        _("A member named your seat with @."), personal=True,
    )
)  # fmt: skip
