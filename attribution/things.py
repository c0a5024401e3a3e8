"""What of this room can be asked "who can see it": findings. Opinions of a round are nobody's to read before it opens."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.access import CaseAccess
from incidents.sight import Narrowed, Thing, declare
from organisations.actors import Actor
from organisations.roles import Action

from .access import finding_in
from .models import Finding, Panel
from .states import Round


def find(actor: Actor, case: CaseAccess, label: str) -> Finding:
    """The finding with this label."""
    return finding_in(case.incident, label)


def narrowed(actor: Actor, case: CaseAccess, finding: Finding) -> list[Narrowed]:
    """While a panel judges: opinions are sealed."""
    if not Panel.objects.filter(finding=finding, state=Round.SEALED).exists():
        return []
    return [
        Narrowed(gettext("A panel judges it. Until the round opens, each member sees their own opinion and no other."))
    ]


declare({"finding": Thing(Action.SEE_ATTRIBUTION, _("Finding"), find, narrowed)})
