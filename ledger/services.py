"""Recording: the only way anything gets into the ledger."""

from collections.abc import Mapping
from typing import Any, Protocol

import rfc8785
from django.db import connection, models

from core.errors import NotAllowed

from .models import Entry
from .verbs import VERBS


class ActorLike(Protocol):
    """Whoever acts: anything with a person and an organisation."""

    @property
    def user(self) -> models.Model: ...
    @property
    def organisation(self) -> models.Model: ...
    @property
    def only_reads(self) -> bool: ...


def canonical(value: Mapping[str, Any]) -> str:
    """Canonical JSON (RFC 8785): the same facts always give the same bytes. Numbers above 2^53 and dates go in as text."""
    return rfc8785.dumps(dict(value)).decode()


def record(
    *,
    actor: ActorLike,
    verb: str,
    subject: models.Model,
    root_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    instruments: Mapping[str, str] | None = None,
) -> None:
    """Records an act in the transaction that does it, or fails with it.

    `payload` names what changed by numbers, codes and hashes, never by personal data or content.
    """
    if verb not in VERBS:
        raise ValueError(f"{verb} is not a declared verb")
    if actor.only_reads:  # a guest, or somebody who looks as another: nothing of theirs is an act
        raise NotAllowed(verb)
    Entry.objects.create(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        root_id=root_id,
        actor_id=actor.user.pk,
        organisation_id=actor.organisation.pk,
        payload=canonical(payload or {}),
        instruments=canonical(instruments or {}),
    )


def sequence_pending(batch: int = 5000) -> int:
    """Puts committed entries in order and into the log's tree; how many, or 0 when another sequencer is at it.

    One lock, held by nobody who writes entries. Entries that stood in order before there was a log enter it a batch at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_sequence_pending(%s)", [batch])
        row = cursor.fetchone()
        cursor.execute("SELECT ledger_grow(%s)", [batch])
    return int(row[0]) if row else 0
