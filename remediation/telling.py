"""What people are told from this room: that a task is theirs now."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Reason, declare
from notifications.services import tell
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Grade

from .models import RemediationTask

declare(
    Kind(
        "task.assigned", Reason.ASSIGNED, _("The task %(subject)s was given to you or to your organisation"),
        _("You or your organisation answer for this task."), Grade.SUMMARY,
    )
)  # fmt: skip


def tell_assigned(actor: Actor, task: RemediationTask) -> None:
    """To the person a task was given to, or to the organisation where no person is named; once each, not to whoever gave it."""
    to: User | Organisation = task.person or task.organisation
    if to in (actor.user, actor.organisation):
        return
    incident = task.incident
    tell(
        kind="task.assigned", to=[to], key=f"task.assigned:{task.pk}:{to.pk}", root_id=incident.pk,
        reference=incident.reference, mark=incident.mark, subject=task.reference,
        url=reverse("task", args=[incident.reference, task.reference]),
    )  # fmt: skip
