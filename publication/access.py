"""Who may work on releases, and the only way to one that is not public yet."""

from core.errors import NotAllowed, NotFound
from organisations.actors import Actor
from organisations.roles import Action

from .models import Release
from .states import PENDING, Status


def require_publisher(actor: Actor, action: Action) -> None:
    """403 for anyone but a publisher of the secretariat: no tenant counts the cases of the others."""
    actor.require(action)
    if not actor.organisation.is_secretariat:
        raise NotAllowed(action)


def is_publisher(actor: Actor | None) -> bool:
    """For drawing a link; the services ask again."""
    return bool(actor and actor.organisation.is_secretariat and actor.may(Action.PREPARE_RELEASE))


def release_for(actor: Actor, version: str, action: Action, *, lock: bool = False) -> Release:
    """The release of this version as the secretariat sees it: the one that was or may be published, else the last try."""
    require_publisher(actor, action)
    found = Release.objects.filter(version=version, organisation=actor.organisation)
    if lock:
        found = found.select_for_update(of=("self",))
    ordered = sorted(found, key=lambda each: (each.status in {*PENDING, Status.PUBLISHED}, each.pk))
    if not ordered:
        raise NotFound(version)
    return ordered[-1]
