"""The states of a measure, and nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Where a measure stands. `refused` is the guardrails' no, `declined` a person's."""

    PROPOSED = "proposed", _("Proposed")
    REFUSED = "refused", _("Refused by the guardrails")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")


TRANSITIONS: dict[str, set[str]] = {
    Status.PROPOSED: {Status.APPROVED, Status.DECLINED, Status.WITHDRAWN},
    Status.APPROVED: {Status.IN_FORCE, Status.WITHDRAWN},
    Status.IN_FORCE: {Status.ENDED},
    Status.REFUSED: set(),  # what was refused is proposed anew, with other answers
    Status.DECLINED: set(),
    Status.WITHDRAWN: set(),
    Status.ENDED: set(),
}

OPEN = (Status.PROPOSED, Status.APPROVED, Status.IN_FORCE)
CLOSING = (Status.DECLINED, Status.WITHDRAWN, Status.ENDED)
