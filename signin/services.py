"""What an organisation decides about signing in, with its ledger entry in the same transaction."""

from django.db import transaction

from core.errors import NotAllowed
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action


def require_administrator(actor: Actor) -> None:
    """Raises 403 unless a person who administers the organisation asks: no key decides who gets in."""
    actor.require(Action.MANAGE_ORGANISATION)
    if actor.by_key:
        raise NotAllowed("key")


@transaction.atomic
def require_second_factor(*, actor: Actor, required: bool) -> Organisation:
    """Whether members need a second factor, from their next request on, page and API alike; the actor is one of them."""
    require_administrator(actor)
    house = Organisation.objects.select_for_update().get(pk=actor.organisation.pk)
    if house.second_factor_required != required:
        house.second_factor_required = required
        house.save(update_fields=["second_factor_required"])
        record(actor=actor, verb="sign_in.second_factor", subject=house, payload={"required": required})
    return house
