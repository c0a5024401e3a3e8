"""The states of an evidence item, and nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Held until it is frozen (a file does not match its hash) or withdrawn; nothing is ever deleted."""

    HELD = "held", _("Held")
    FROZEN = "frozen", _("Frozen")
    WITHDRAWN = "withdrawn", _("Withdrawn")


TRANSITIONS: dict[str, set[str]] = {
    Status.HELD: {Status.FROZEN, Status.WITHDRAWN},
    Status.FROZEN: {Status.HELD, Status.WITHDRAWN},
    Status.WITHDRAWN: set(),
}
