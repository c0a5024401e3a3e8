"""Clocks of accreditation. None of them makes one lapse: that is a date."""

from datetime import timedelta

from celery import shared_task

from core import clock
from organisations.actors import acting, system_actor

from . import telling
from .models import Standing
from .selectors import rules


@shared_task(name="accreditation.tasks.warn", ignore_result=True)
def warn() -> None:
    """Tells organisations whose accreditation ends soon; each once, so it is safe to run twice."""
    now = clock.now()
    with acting(system_actor()):
        soon = Standing.objects.filter(until__gt=now, until__lte=now + timedelta(days=int(rules()["warn_days"])))
        for standing in soon.select_related("organisation"):
            telling.ending(standing, standing.organisation)
