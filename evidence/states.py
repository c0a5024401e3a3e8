"""The states of an evidence item, and nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Held until it is frozen (a file does not match its hash), withdrawn, or disposed of; the record is never deleted."""

    HELD = "held", _("Held")
    FROZEN = "frozen", _("Frozen")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISPOSED = "disposed", _("Disposed of")


# Read, not changed.
ENDED = frozenset({Status.WITHDRAWN, Status.DISPOSED})

TRANSITIONS: dict[str, set[str]] = {
    Status.HELD: {Status.FROZEN, Status.WITHDRAWN, Status.DISPOSED},
    Status.FROZEN: {Status.HELD, Status.WITHDRAWN, Status.DISPOSED},
    Status.WITHDRAWN: {Status.DISPOSED},
    Status.DISPOSED: set(),
}
