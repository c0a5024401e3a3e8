"""The platform acting for the holder of a case."""

from organisations.actors import SYSTEM_EMAIL, Actor
from organisations.models import Organisation, User


def system_for(holder_id: int) -> Actor:
    """For what an act brings about after its actor's own access has ended, and for what a worker or the clock does."""
    return Actor(User.objects.get(email=SYSTEM_EMAIL), Organisation.objects.get(pk=holder_id), ())
