"""One job from claim to end, as the person who asked. A room above says what the document contains."""

import logging
from collections.abc import Callable

from django.db import transaction

from core.errors import DomainError, NotAllowed, NotFound
from core.naming import written_for_all
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
    """Makes a document if it is still wanted and nobody else is at it. Safe to call twice: the second call does nothing.

    Nothing is held open while pages are set: each step is a transaction of its own, so progress can be seen.
    """
    attempt(job_id, lambda actor, job: issue_and_document(actor, job, prepare))


def attempt(job_id: int, do: Callable[[Actor, Job], None]) -> None:
    """Claims the job, does it as the person who asked, and writes down why when it was not done."""
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
        do(actor, job)
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

    tick = ticker(actor, job)
    with acting(actor), written_for_all():  # others read it too: in a blind case not even the asker's name stands in it
        issue, render = prepare(actor, job)
    tick(20, "layout")
    rendered = render(tick)
    tick(95, "storing")
    logger.info("job %s: %s pages in %.1f s, %s MB", job.pk, rendered.pages, rendered.seconds, rendered.peak_megabytes)
    with acting(actor):
        services.finish(actor=actor, job=job, issue=issue, rendered=rendered)


# Does the work outside any transaction, saying how far it is; answers with what is to become true when the job ends.
Do = Callable[[Actor, Job, Tick], Callable[[], None]]


def run_work(job_id: int, do: Do) -> None:
    """One job that issues no document, from claim to end, as the person who asked. Safe to call twice, like `run`."""
    attempt(job_id, lambda actor, job: work(actor, job, do))


def work(actor: Actor, job: Job, do: Do) -> None:
    """The work, then its effect in the transaction that ends the job."""
    effect = do(actor, job, ticker(actor, job))
    with acting(actor):
        services.complete(actor=actor, job=job, effect=effect)


def ticker(actor: Actor, job: Job) -> Tick:
    """Says how far the work is, each time in a transaction of its own so that it can be seen."""

    def tick(progress: int, stage: str) -> None:
        with acting(actor):
            services.beat(job, progress, stage)

    return tick


def settle(actor: Actor, job: Job, reason: NotMade) -> None:
    """Writes the failure down."""
    with acting(actor):
        services.fail(actor=actor, job=job, reason=reason)
