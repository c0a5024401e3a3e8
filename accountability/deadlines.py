"""The clocks of accountability: what a review recommended, and by when its owner said it would be done (R4.4)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.deadlines import Clock, Due, Scope, declare_clock, end_of
from organisations.roles import Action

from .models import Recommendation
from .states import RecommendationStatus


def recommendations(scope: Scope) -> Iterator[Due]:
    """Recommendations still open."""
    rows = Recommendation.objects.filter(scope.cases(), status=RecommendationStatus.OPEN, due__lte=scope.last_day)
    for row in rows.select_related("incident__holder", "owner").order_by("due", "pk")[:200]:
        address = reverse("review-list", args=[row.incident.reference])
        yield Due(row.incident, str(row.number), f"R-{row.number}", end_of(row.due), address, (row.owner,))


declare_clock(Clock("recommendation.due", _("Recommendation of a review"), Action.SEE_REVIEW, recommendations))
