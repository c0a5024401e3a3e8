"""The states of a case, and nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Open until closed; a closed case can be opened again, and says so."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


TRANSITIONS: dict[str, set[str]] = {
    Status.OPEN: {Status.CLOSED},
    Status.CLOSED: {Status.OPEN},
}
