"""What an act elsewhere does to the findings of a case: they are marked in its transaction, and a worker computes them anew.

The mark is the only thing that can be lost, and it is in the database with the act itself: a worker that is killed leaves
it standing, and the clock sends another. Whoever decides on a tier meanwhile has it computed first (`settle_case`).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Coalesce, Now

from .models import Finding
from .tasks import recompute_stale

MOST_CAUSES = 20


def mark_stale(*, incident_id: int, cause: str) -> int:
    """Marks every finding of a case that stands, in one order so that two acts never wait for each other. How many."""
    rows = Finding.objects.filter(incident_id=incident_id).standing().order_by("number")
    keys = list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    if not keys:
        return 0
    causes = Func(
        F("stale_because"), Value(cause[:60]), function="array_append", output_field=ArrayField(models.CharField())
    )
    room = Case(When(stale_because__len__lt=MOST_CAUSES, then=causes), default=F("stale_because"))
    Finding.objects.filter(pk__in=keys).update(stale_since=Coalesce("stale_since", Now()), stale_because=room)
    # Robust: a queue that does not answer must not turn an act that is done into an error; the clock sends it later.
    transaction.on_commit(recompute_stale.delay, robust=True)
    return len(keys)
