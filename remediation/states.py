"""The states of restoration and of its tasks, and nothing else."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from . import rules


class ServiceState(TextChoices):
    """What people can count on; the codes are those of the service taxonomy (domain 4)."""

    DOWN = "down", _("Down")
    MANUAL_WORKAROUND = "manual_workaround", _("Manual workaround")
    DEGRADED = "degraded", _("Degraded")
    PARTIALLY_RESTORED = "partially_restored", _("Partially restored")
    RESTORED = "restored", _("Restored")
    HARDENED = "hardened", _("Hardened")


SERVICE_TRANSITIONS: Mapping[str, frozenset[str]] = rules.TRANSITIONS


class TaskStatus(TextChoices):
    """Where a remediation task stands."""

    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    VERIFIED = "verified", _("Verified")
    CANCELLED = "cancelled", _("Cancelled")


TRANSITIONS: dict[str, set[str]] = {
    TaskStatus.PROPOSED: {TaskStatus.AGREED, TaskStatus.CANCELLED},
    TaskStatus.AGREED: {TaskStatus.IN_PROGRESS, TaskStatus.CANCELLED},
    TaskStatus.IN_PROGRESS: {TaskStatus.AGREED, TaskStatus.DONE, TaskStatus.CANCELLED},
    TaskStatus.DONE: {TaskStatus.IN_PROGRESS, TaskStatus.VERIFIED},
    TaskStatus.VERIFIED: set(),  # what turns out wrong later is a new task
    TaskStatus.CANCELLED: set(),
}

OPEN = (TaskStatus.PROPOSED, TaskStatus.AGREED, TaskStatus.IN_PROGRESS)
FINISHED = (TaskStatus.DONE, TaskStatus.VERIFIED)


class CancelReason(TextChoices):
    """Why a task is not done. Want of attribution is no reason (R2.15, ATT-10)."""

    NO_MEANS = "no_means", _("There are no means for it")
    NO_CONSENT = "no_consent", _("The people or organisation concerned did not agree")
    NO_NEED = "no_need", _("It is no longer needed")
    DUPLICATE = "duplicate", _("Another task covers it")
    OTHER = "other", _("Another reason, told below")


class ConfirmedAs(TextChoices):
    """Whose word it is that a service works again (R4.3)."""

    OPERATOR = "operator", _("Confirmed by the operator of the service")
    HOLDER = "holder", _("Confirmed by the owner of the service, as told to the holder of the case")
