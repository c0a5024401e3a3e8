"""One class for each rule of restoration that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class RestorationBlocked(DomainError):
    """R4.2, R4.3: what is missing before a service counts as restored, or a move the states do not know."""

    code = "restoration_blocked"
    message = _("The service cannot move to this state yet.")


class NotTheOwnersWord(DomainError):
    """R4.3."""

    code = "not_the_owners_word"
    message = _(
        "Only an operator of the service, or the holder of the case who says which owner told them, can record this."
    )


class TaskMoveRefused(DomainError):
    code = "task_move"
    message = _("The task cannot move there from where it stands now.")


class TaskWaits(DomainError):
    code = "task_waits"
    message = _("Other tasks have to be done first.")


class VerifierIsDoer(DomainError):
    """REM-2."""

    code = "verifier_is_doer"
    message = _("You completed this task, so somebody else has to verify it.")


class DependencyCircle(DomainError):
    code = "dependency_circle"
    message = _("These tasks would wait for each other for ever.")


class AttributionIsNoReason(DomainError):
    """R2.15, ATT-10."""

    code = "attribution_is_no_reason"
    message = _(
        "Protection does not wait for blame: missing attribution is no reason to refuse or cancel a task (R2.15)."
    )


class TaskSettled(DomainError):
    code = "task_settled"
    message = _("This task is verified or cancelled and cannot be changed. Add a new task.")
