"""Clocks of the case."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import transaction

from core import clock
from core.calendars import shift
from organisations.actors import acting, system_actor, system_for
from organisations.models import Organisation

from . import recall, searching, services
from .deadlines import CLOCKS, Scope
from .telling import tell_deadline

log = structlog.get_logger(__name__)

# So many working days before, by the holder's calendar, those who answer for a deadline are told.
REMINDER = 3
FARTHEST = timedelta(days=21)


@shared_task(name="incidents.tasks.expire_grants", ignore_result=True)
def expire_grants() -> None:
    """Ends shares whose time is over; safe to run twice."""
    with acting(system_actor()):
        services.expire_grants()


def remind_house(holder_id: int) -> int:
    """Tells of one house's deadlines that come near or have passed, those its rooms do not tell of themselves; how many."""
    with transaction.atomic():
        system = system_for(holder_id)
    told = 0
    with acting(system):
        now = clock.now()
        scope = Scope(holder_id=holder_id, until=now + FARTHEST)
        for found in CLOCKS.values():
            for due in found.read(scope) if found.told else ():
                overdue = due.due_at < now
                if overdue or shift(due.due_at.date(), -REMINDER, system.organisation.country) <= now.date():
                    tell_deadline(found, due, overdue=overdue)
                    told += 1
    return told


@shared_task(name="incidents.tasks.remind_deadlines", ignore_result=True)
def remind_deadlines() -> None:
    """House after house, every hour; the inbox keeps each once, so it is safe to run twice. One that fails holds up no other."""
    with transaction.atomic():
        houses = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    for house in houses:
        try:
            remind_house(house)
        except Exception:
            log.exception("deadlines_not_told", house=house)


@shared_task(name="incidents.tasks.look_for_matches", ignore_result=True)
def look_for_matches() -> None:
    """Every few minutes: new matches of saved searches; safe to run twice."""
    searching.look_everywhere()


@shared_task(name="incidents.tasks.tell_lapsed_shares", ignore_result=True)
def tell_lapsed_shares() -> None:
    """Tells holders that a reader of their evidence is not accredited any more; once each, safe to run twice."""
    with acting(system_actor()):
        recall.tell_holders()
