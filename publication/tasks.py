"""The counting, done by a worker as the person who began it."""

from celery import shared_task

from attribution.tasks import recompute_stale
from organisations.actors import acting
from organisations.roles import Action

from . import access, services


@shared_task(name=services.TASK, acks_late=True, ignore_result=True)
def prepare_release(release_id: int) -> None:
    """Safe to run twice: the second run finds nothing to do."""
    actor = services.preparer_of(release_id)
    if actor is not None:
        access.require_publisher(actor, Action.PREPARE_RELEASE)
        recompute_stale()  # no figure counts a tier that waits to be computed anew
        with acting(actor):
            services.prepare_release(actor=actor, release_id=release_id)
