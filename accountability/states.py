"""The states of a recommendation, and nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RecommendationStatus(TextChoices):
    """Open until it is done, with evidence, or dropped, with a reason (R4.4)."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


TRANSITIONS: dict[str, set[str]] = {
    RecommendationStatus.OPEN: {RecommendationStatus.DONE, RecommendationStatus.DROPPED},
    RecommendationStatus.DONE: set(),
    RecommendationStatus.DROPPED: set(),
}
