"""What a member holds of panels: seats. A seat cannot be handed on; it is given back when they leave, and offered anew."""

from django.utils.translation import gettext_lazy as _

from organisations.actors import Actor
from organisations.holdings import Held, Source, declare
from organisations.models import User

from .models import Seat


def seats(actor: Actor, person: User) -> list[Held]:
    """Seats the person holds for this house on panels that are not closed."""
    found = Seat.objects.filter(organisation=actor.organisation, member=person, recused_at__isnull=True)
    found = found.exclude(panel__state="closed").select_related("incident", "panel").order_by("pk")
    return [Held(f"{seat.incident.reference} {seat.label}") for seat in found]


declare(Source("seats", _("Seats on panels (they are free again, and can be offered to somebody else)"), seats))
