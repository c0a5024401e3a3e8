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


class SealState(TextChoices):
    """Being locked away by a worker; locked; opened again for everybody who may see the case's evidence."""

    SEALING = "sealing", _("Being sealed")
    SEALED = "sealed", _("Sealed")
    UNSEALED = "unsealed", _("Unsealed")


SEAL_TRANSITIONS: dict[str, set[str]] = {
    SealState.SEALING: {SealState.SEALED},
    SealState.SEALED: {SealState.UNSEALED},
    SealState.UNSEALED: set(),
}


class RequestState(TextChoices):
    """Waiting for custodians; granted for a time; refused; ended by time, by the requester or the depositor; carried out."""

    PENDING = "pending", _("Waiting for custodians")
    GRANTED = "granted", _("Agreed")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    ENDED = "ended", _("Ended")
    DONE = "done", _("Carried out")


REQUEST_TRANSITIONS: dict[str, set[str]] = {
    RequestState.PENDING: {RequestState.GRANTED, RequestState.REFUSED, RequestState.EXPIRED, RequestState.ENDED},
    RequestState.GRANTED: {RequestState.EXPIRED, RequestState.ENDED, RequestState.DONE},
    RequestState.REFUSED: set(),
    RequestState.EXPIRED: set(),
    RequestState.ENDED: set(),
    RequestState.DONE: set(),
}


class RedactionState(TextChoices):
    """Being made by a worker; ready to be compared; became an item; declined; could not be made."""

    MAKING = "making", _("Being made")
    READY = "ready", _("Ready to be decided")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    FAILED = "failed", _("Could not be made")


REDACTION_TRANSITIONS: dict[str, set[str]] = {
    RedactionState.MAKING: {RedactionState.READY, RedactionState.FAILED},
    RedactionState.READY: {RedactionState.APPROVED, RedactionState.DECLINED},
    RedactionState.APPROVED: set(),
    RedactionState.DECLINED: set(),
    RedactionState.FAILED: set(),
}
