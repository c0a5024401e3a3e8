"""Reports of the sweep, for whoever administers the organisation they are about."""

from core.errors import NotFound
from organisations.actors import Actor
from organisations.roles import Action

from .models import SweepReport

KEPT_IN_SIGHT = 60


def reports_for(actor: Actor) -> list[SweepReport]:
    """The last reports of the actor's organisation, newest first. 403 for whoever does not administer it."""
    actor.require(Action.MANAGE_ORGANISATION)
    return list(SweepReport.objects.filter(organisation=actor.organisation)[:KEPT_IN_SIGHT])


def report_for(actor: Actor, report_id: int) -> SweepReport:
    """One report; another organisation's is not there."""
    actor.require(Action.MANAGE_ORGANISATION)
    report = SweepReport.objects.filter(organisation=actor.organisation, pk=report_id).first()
    if report is None:
        raise NotFound(str(report_id))
    return report
