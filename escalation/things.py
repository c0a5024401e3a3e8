"""What of this room can be asked "who can see it": measures."""

from django.utils.translation import gettext_lazy as _

from incidents.access import CaseAccess
from incidents.sight import Thing, declare
from organisations.actors import Actor
from organisations.roles import Action

from .access import measure_for
from .models import Measure


def find(actor: Actor, case: CaseAccess, label: str) -> Measure:
    """The measure with this label."""
    return measure_for(case.incident, label)


declare({"measure": Thing(Action.SEE_MEASURES, _("Measure"), find)})
