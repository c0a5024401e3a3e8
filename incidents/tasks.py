"""Clocks of the case."""

from celery import shared_task

from organisations.actors import acting, system_actor

from . import services


@shared_task(name="incidents.tasks.expire_grants", ignore_result=True)
def expire_grants() -> None:
    """Ends shares whose time is over; safe to run twice."""
    with acting(system_actor()):
        services.expire_grants()
