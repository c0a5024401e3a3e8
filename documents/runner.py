"""One job from claim to end, as the person who asked. A room above says what the document contains."""

import logging
from collections.abc import Callable

from django.db import transaction

from core.errors import DomainError, NotAllowed, NotFound
from organisations.actors import Actor, acting

from . import services
from .failures import NotMade
from .models import Job
from .rendering import Rendered, Tick
from .services import Issue

logger = logging.getLogger(__name__)

# Reads the record (inside a transaction as the asker) and says how to set it in type (outside any transaction).
Prepare = Callable[[Actor, Job], tuple[Issue, Callable[[Tick], Rendered]]]


def run(job_id: int, prepare: Prepare) -> None:
    """Does the job if it is still wanted and nobody else has it. Safe to call twice: the second call does nothing.

    Nothing is held open while pages are set: each step is a transaction of its own, so progress can be seen.
    """
    with transaction.atomic():
        actor = services.asker_of(job_id)
        if actor is None:
            services.abandon(job_id)
            return
    with acting(actor):
        job = services.claim(job_id)
    if job is None:
        return
    try:
        issue_and_document(actor, job, prepare)
    except NotMade as reason:
        settle(actor, job, reason)
    except (NotFound, NotAllowed):
        settle(actor, job, NotMade("no_access"))
    except DomainError as refused:
        settle(actor, job, NotMade("refused", str(refused.message)))
    except Exception:  # whatever it was, the person who waits must see that it failed
        logger.exception("job %s failed", job_id)
        settle(actor, job, NotMade("unexpected"))


def issue_and_document(actor: Actor, job: Job, prepare: Prepare) -> None:
    """The work itself."""

    def tick(progress: int, stage: str) -> None:
        with acting(actor):
            services.beat(job, progress, stage)

    with acting(actor):
        issue, render = prepare(actor, job)
    tick(20, "layout")
    rendered = render(tick)
    tick(95, "storing")
    logger.info("job %s: %s pages in %.1f s, %s MB", job.pk, rendered.pages, rendered.seconds, rendered.peak_megabytes)
    with acting(actor):
        services.finish(actor=actor, job=job, issue=issue, rendered=rendered)


def settle(actor: Actor, job: Job, reason: NotMade) -> None:
    """Writes the failure down."""
    with acting(actor):
        services.fail(actor=actor, job=job, reason=reason)
