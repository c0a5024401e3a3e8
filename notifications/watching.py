"""Watched changes: the ledger says that something happened, watchers of it are told, a row a case and day.

Only verbs declared here as watchable are told. What must not be learnt by its timing (a sealed opinion, an invitation)
is not among them.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import clock
from ledger.models import Entry
from ledger.verbs import VERBS
from organisations.roles import Grade

from .kinds import Kind, Reason, declare

# Verb: the grade a watcher needs, and where the entry's payload names the thing that can be watched by itself ("": nowhere).
WATCHABLE: dict[str, tuple[int, str]] = {}


def watchable(verbs: Iterable[str], *, grade: int = Grade.EVIDENCE, label: str = "") -> None:
    """Lets watchers of a case be told of these verbs; `label`: the name in the payload of what has watchers of its own."""
    for verb in verbs:
        WATCHABLE[verb] = (int(grade), label)


def changed(values: Mapping[str, Any]) -> str:
    """ "2 changes; the last: changed the facts"."""
    last = str(VERBS.get(str(values["verb"]), ""))
    return ngettext("%(n)d change; the last: %(last)s", "%(n)d changes; the last: %(last)s", int(values["n"])) % {
        "n": int(values["n"]), "last": last,
    }  # fmt: skip


WHY = _("You watch this. Stop watching it to be told no more.")
declare(
    Kind("watched.summary", Reason.WATCHED, changed, WHY, Grade.SUMMARY),
    Kind("watched.evidence", Reason.WATCHED, changed, WHY, Grade.EVIDENCE),
)


@receiver(post_save, sender=Entry, dispatch_uid="notifications.watching")
def tell_watchers(instance: Entry, **_kwargs: Any) -> None:
    """Tells who watches the case or the thing, in the transaction of the act; the person who acts is not told."""
    if instance.root_id is None or instance.verb not in WATCHABLE:
        return
    grade, named = WATCHABLE[instance.verb]
    label = str(json.loads(instance.payload).get(named, "")) if named else ""
    kind = "watched.summary" if grade == Grade.SUMMARY else "watched.evidence"
    given = {
        "kind": kind,
        "grade": grade,
        "verb": instance.verb,
        "root_id": instance.root_id,
        "label": label,
        "day": clock.today().isoformat(),
        "entry": instance.pk,
        "moment": clock.now().isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_tell_watchers(%s), notifications_hear_change(%s)", [json.dumps(given)] * 2)
