"""The clocks of attribution, for the one place where deadlines are read. Their rules are in rules/clocks.py and rules/reply.py.

Of a panel only its date is told, as on its page: who sits on it and who has answered is not to be learnt here (ATT-7).
"""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from incidents.deadlines import Clock, Due, Scope, declare_clock, end_of
from organisations.actors import Actor
from organisations.roles import Action

from .models import Finding, Notice, Panel
from .states import Round


def reviews(scope: Scope) -> Iterator[Due]:
    """Provisional findings that must be looked at again (R2.14)."""
    rows = Finding.objects.standing().filter(scope.cases(), tier="T1", review_on__lte=scope.last_day)
    for row in rows.select_related("incident__holder").order_by("review_on", "pk")[:200]:
        address = reverse("finding", args=[row.incident.reference, row.label])
        yield Due(row.incident, row.label, row.label, end_of(row.review_on), address)


def rounds(scope: Scope) -> Iterator[Due]:
    """Opinions wanted from a panel."""
    rows = Panel.objects.filter(
        scope.cases(), state__in=[Round.INVITING, Round.SEALED], deadline__date__lte=scope.last_day
    )
    for row in rows.select_related("incident__holder", "finding").order_by("deadline", "pk")[:200]:
        address = reverse("panel", args=[row.incident.reference, row.number])
        yield Due(row.incident, f"{row.number}-{row.round}", row.label, row.deadline, address)


def move_round(actor: Actor, due: Due, to: datetime) -> datetime:
    """Another moment for the opinions of a sealed round."""
    panel = Panel.objects.get(incident=due.incident, number=int(due.key.partition("-")[0]))
    panel.deadline = to
    panel.save(update_fields=["deadline"])
    return to


def replies(scope: Scope) -> Iterator[Due]:
    """Replies waited for before publication; the holder alone sees that somebody was asked (ATT-11)."""
    rows = Notice.objects.filter(
        scope.cases("finding__incident"), deadline__gte=clock.now(), deadline__date__lte=scope.last_day
    )
    waiting = rows.filter(invitations__waived_at__isnull=True, invitations__reply__isnull=True).distinct()
    for row in waiting.select_related("finding__incident__holder").order_by("deadline", "pk")[:200]:
        incident = row.finding.incident
        address = reverse("finding", args=[incident.reference, row.finding.label])
        yield Due(incident, f"{row.finding.label}-{row.number}", row.finding.label, row.deadline, address)


declare_clock(
    Clock("finding.review", _("Review of a provisional finding"), Action.SEE_ATTRIBUTION, reviews, told=False)
)
declare_clock(
    Clock(
        "panel.opinions",
        _("Opinions of a panel"),
        Action.SEE_ATTRIBUTION,
        rounds,
        told=False,
        move=move_round,
        move_action=Action.CONVENE_PANEL,
    )
)
declare_clock(Clock("reply.awaited", _("Right of reply"), Action.PROPOSE_FINDING, replies, told=False))
