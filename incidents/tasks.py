"""Clocks of the case."""

from celery import shared_task

from organisations.actors import acting, system_actor

from . import recall, services


@shared_task(name="incidents.tasks.expire_grants", ignore_result=True)
def expire_grants() -> None:
    """Ends shares whose time is over; safe to run twice."""
    with acting(system_actor()):
        services.expire_grants()


@shared_task(name="incidents.tasks.tell_lapsed_shares", ignore_result=True)
def tell_lapsed_shares() -> None:
    """Tells holders that a reader of their evidence is not accredited any more; once each, safe to run twice."""
    with acting(system_actor()):
        recall.tell_holders()
