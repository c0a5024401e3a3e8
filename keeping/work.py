"""A worker's work here: claimed once, alive by its heartbeat, fenced by its attempt, ended once."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from core import clock
from core.errors import DomainError, NotAllowed, NotFound
from organisations.actors import Actor, acting, actor_for
from organisations.models import User

from .models import Work

logger = logging.getLogger(__name__)
BEAT = 5.0


class Lost(Exception):
    """This attempt was given up for lost meanwhile: somebody else is at it."""


class Alive:
    """Says now and then that the work goes on; raises Lost when it is not ours any more."""

    def __init__(self, actor: Actor, work: Work) -> None:
        self.actor, self.work, self.last = actor, work, time.monotonic()

    def tick(self) -> None:
        """Called as often as one likes."""
        if time.monotonic() - self.last < BEAT:
            return
        self.last = time.monotonic()
        with acting(self.actor):
            hold(self.work, heartbeat_at=clock.now())


def hold(work: Work, **values: Any) -> None:
    """Changes the row if this attempt still holds it."""
    mine = type(work)._default_manager.filter(pk=work.pk, state=Work.State.RUNNING, attempts=work.attempts)
    if not mine.update(**values):
        raise Lost(str(work.pk))


def asker(user_id: int, organisation_id: int) -> Actor | None:
    """Whoever asked, as they are now; None when the person or their membership is gone."""
    with transaction.atomic():
        user = User.objects.filter(pk=user_id, is_active=True).first()
    actor = actor_for(user, organisation_id) if user else None
    return actor if actor and actor.organisation.pk == organisation_id else None


def run(
    model: type[Work], pk: int, user_id: int, organisation_id: int, do: Callable[[Actor, Any, Alive], None]
) -> None:
    """The work, as the person who asked. Safe to run twice: the second one finds it taken."""
    actor = asker(user_id, organisation_id)
    if actor is None:
        return  # the sweep tries again, and gives up after three times
    with acting(actor):
        taken = model._default_manager.filter(pk=pk, state=Work.State.QUEUED, asked_by=actor.user).update(
            state=Work.State.RUNNING, attempts=F("attempts") + 1, heartbeat_at=clock.now()
        )
        work = model._default_manager.get(pk=pk) if taken else None
    if work is None:
        return
    try:
        do(actor, work, Alive(actor, work))
    except Lost:
        return
    except (NotFound, NotAllowed):
        settle(actor, work, "no_access")
    except DomainError as refused:
        settle(actor, work, refused.code)
    except Exception:  # whatever it was, the person who waits must see that it failed
        logger.exception("%s %s failed", model._meta.label, pk)
        settle(actor, work, "unexpected")


def settle(actor: Actor, work: Work, code: str) -> None:
    """Writes the failure down."""
    try:
        with acting(actor):
            hold(work, state=Work.State.FAILED, error_code=code, finished_at=clock.now())
    except Lost:
        return


def lost() -> list[tuple[str, int, int, int]]:
    """Takes back what lost its worker or its message: kind, number, who asked, for whom."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, id, user_id, organisation_id FROM keeping_lost()")
        return [tuple(row) for row in cursor.fetchall()]
