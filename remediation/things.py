"""What of this room can be asked "who can see it": tasks. The restoration of a service is asked about by the case's room."""

from django.utils.translation import gettext_lazy as _

from incidents.access import CaseAccess
from incidents.sight import Thing, declare
from organisations.actors import Actor
from organisations.roles import Action

from .access import task_for
from .models import RemediationTask


def find(actor: Actor, case: CaseAccess, label: str) -> RemediationTask:
    """The task with this label."""
    return task_for(case.incident, label)


declare({"task": Thing(Action.SEE_REMEDIATION, _("Task"), find)})
