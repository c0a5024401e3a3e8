"""The clocks of measures: their review and their end (ESC-4). A rule sets them, so nobody moves them here."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from incidents.deadlines import Clock, Due, Scope, declare_clock, end_of
from organisations.roles import Action

from .models import Measure
from .states import Status


def address_of(measure: Measure) -> str:
    """Its page."""
    return reverse("measure", args=[measure.incident.reference, measure.label])


def reviews(scope: Scope) -> Iterator[Due]:
    """Measures in force that have to be looked at again."""
    rows = Measure.objects.in_force(clock.today()).filter(scope.cases(), review_days__isnull=False)
    for row in rows.select_related("incident__holder", "organisation").order_by("started_at", "pk")[:200]:
        if row.review_on and row.review_on <= scope.last_day:
            yield Due(row.incident, row.label, row.label, end_of(row.review_on), address_of(row), (row.organisation,))


def ends(scope: Scope) -> Iterator[Due]:
    """Measures agreed or in force that end unless renewed: on the day before, for on their end date they bind nobody."""
    rows = Measure.objects.filter(
        scope.cases(),
        status__in=[Status.APPROVED, Status.IN_FORCE],
        expires_on__isnull=False,
        expires_on__gt=clock.today(),
    )
    for row in rows.select_related("incident__holder", "organisation").order_by("expires_on", "pk")[:200]:
        last = row.expires_on - timedelta(days=1) if row.expires_on else None
        if last and last <= scope.last_day:
            yield Due(row.incident, row.label, row.label, end_of(last), address_of(row), (row.organisation,))


declare_clock(Clock("measure.review", _("Review of a measure"), Action.SEE_MEASURES, reviews))
declare_clock(Clock("measure.end", _("End of a measure unless renewed"), Action.SEE_MEASURES, ends))
