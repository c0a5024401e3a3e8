"""What people are told from this room: that a task is theirs now."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.mentions import tell_mentioned
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


# What people write to each other about a task; whoever is named in it with @ is told.
FOR_COLLEAGUES = ("description", "completion", "verification", "cancel_note")


def tell_named(actor: Actor, task: RemediationTask, field: str) -> None:
    """Whoever is named with @ in one of these texts of a task. A version of the text tells each once."""
    if field not in FOR_COLLEAGUES:
        raise ValueError(field)
    incident = task.incident
    tell_mentioned(
        actor=actor, incident=incident, texts=[getattr(task, field)], key=f"task:{task.pk}:{field}", subject=task.reference,
        url=reverse("task", args=[incident.reference, task.reference]),
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
