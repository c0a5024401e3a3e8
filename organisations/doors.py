"""What a door asks of a request: its actor."""

from django.http import HttpRequest

from core.errors import NotAllowed

from .actors import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The person at the door; 403 when they are a member of no organisation."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise NotAllowed("membership")
    return actor
