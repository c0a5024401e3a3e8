"""What of this room can be asked "who can see it": items. A seal shuts one further than its grade does."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from incidents.access import CaseAccess
from incidents.sight import Narrowed, Thing, declare
from organisations.actors import Actor
from organisations.roles import Action

from .access import number_of
from .models import Custodian, EvidenceItem


def find(actor: Actor, case: CaseAccess, label: str) -> EvidenceItem:
    """The item with this label."""
    item = EvidenceItem.objects.filter(incident=case.incident, number=number_of(label)).first()
    if item is None:
        raise NotFound(label)
    return item


def narrowed(actor: Actor, case: CaseAccess, item: EvidenceItem) -> list[Narrowed]:
    """A sealed item: its content is open to nobody until its custodians agree."""
    if not item.sealed:
        return []
    holds = Custodian.objects.filter(seal__item=item, replaced_at__isnull=True).select_related("user", "organisation")
    why = gettext(
        "The content is sealed. Everybody below sees that it exists; it is opened only when these custodians agree, for whoever asked them."
    )
    return [Narrowed(why, [f"{each.user}, {each.organisation}" for each in holds])]


declare({"evidence": Thing(Action.SEE_EVIDENCE, _("Evidence item"), find, narrowed)})
