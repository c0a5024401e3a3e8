"""The worker's doors: numbers in, everything else asked again, safe to run twice."""

from typing import Any

from celery import shared_task
from django.db import transaction

from . import work
from .models import Delivery, HouseExport


@shared_task(name="keeping.tasks.make_house_export", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def make_house_export(export_id: int, user_id: int, organisation_id: int) -> None:
    """Makes the parts of an export that are not there yet."""
    from .exports import make

    work.run(HouseExport, export_id, user_id, organisation_id, make)


@shared_task(name="keeping.tasks.make_delivery", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def make_delivery(delivery_id: int, user_id: int, organisation_id: int) -> None:
    """Makes the package of a request."""
    from .deliveries import make

    work.run(Delivery, delivery_id, user_id, organisation_id, make)


TASKS: dict[str, Any] = {"houseexport": make_house_export, "delivery": make_delivery}


@shared_task(name="keeping.tasks.requeue_lost", ignore_result=True, expires=300)
def requeue_lost() -> None:
    """Every minute: sends again what lost its worker or its message."""
    with transaction.atomic():
        found = work.lost()
    for kind, pk, user_id, organisation_id in found:
        TASKS[kind].delay(pk, user_id, organisation_id)


@shared_task(name="keeping.tasks.minimise", ignore_result=True, expires=3600)
def minimise() -> None:
    """Every day: what is held of people and whose time is over. Safe to run twice, and to be killed at any point."""
    from .retention import minimise as carry_out

    carry_out()
