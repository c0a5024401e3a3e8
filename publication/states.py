"""The states of a release, and nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Counted and checked by one person, published by another, never changed again."""

    PREPARING = "preparing", _("Being counted")
    PREPARED = "prepared", _("Waiting for a second person")
    REFUSED = "refused", _("Refused by the disclosure check")
    DISCARDED = "discarded", _("Discarded")
    PUBLISHED = "published", _("Published")


TRANSITIONS: dict[str, set[str]] = {
    Status.PREPARING: {Status.PREPARED, Status.REFUSED, Status.DISCARDED},
    Status.PREPARED: {Status.PUBLISHED, Status.DISCARDED},
    Status.REFUSED: set(),
    Status.DISCARDED: set(),
    Status.PUBLISHED: set(),  # a correction is a new release that says what it revises
}
# There is one of these at a time: every release is compared with all that were published before it.
PENDING = (Status.PREPARING, Status.PREPARED)
