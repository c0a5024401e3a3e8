"""Comparing what is stored with what was received: on every read, on request, and by the clock (R1.12)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import DomainError, Invalid, NotAllowed
from core.marks import Way
from core.tenancy import acting_as
from incidents.facts import clean_text
from incidents.marks import must_be_cleared
from ledger.services import record
from organisations.actors import Actor, system_for
from organisations.roles import Action

from .. import signals, storage, telling
from ..access import file_of, item_for, own_item_for
from ..errors import (
    IntegrityLost,
    ItemDisposed,
    ItemFrozen,
    ItemNotFrozen,
    ItemSealed,
    OriginalUnavailable,
    StillDamaged,
)
from ..holding import Held, held
from ..models import CustodyEntry, EvidenceItem, Integrity, StoredFile
from ..states import Status
from .handling import add_custody

Act = CustodyEntry.Act
LONGEST_PURPOSE = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that matches its hash, open at its start; or why it was not handed out.

    A refusal is answered and not raised: raising would undo the freeze that belongs to it.
    """

    file: StoredFile
    handle: IO[bytes] | None
    refusal: DomainError | None = None


def judge(there: Held, seen: str | None) -> str:
    """What a comparison says."""
    if seen is None:
        return Integrity.UNAVAILABLE
    return Integrity.MATCHES if seen == there.sha256 else Integrity.MISMATCH


def add_check(
    *, actor: Actor, item: EvidenceItem, act: str, file: StoredFile, there: Held, seen: str | None
) -> CustodyEntry:
    """A comparison as a link of custody. Of sealed content only the stream was seen, never what is in it: the note says so."""
    if not there.sealed or seen is None:
        note = "" if seen else "original unavailable"
        return add_custody(actor=actor, item=item, act=act, file=file, seen=seen, note=note)
    note = f"sealed content, SHA-256 {seen}" + ("" if seen == there.sha256 else f" instead of {there.sha256}")
    return add_custody(actor=actor, item=item, act=act, file=file, note=note)


def note_check(file: StoredFile, there: Held, seen: str | None) -> None:
    """Keeps the outcome of a comparison beside the file."""
    file.integrity, file.checked_at = judge(there, seen), clock.now()
    file.save(update_fields=["integrity", "checked_at"])


def freeze(*, actor: Actor, file: StoredFile, there: Held, seen: str) -> None:
    """Nothing rests on the item from here on; whoever relies on it is told in the same transaction."""
    item = EvidenceItem.objects.select_for_update(of=("self",), no_key=True).get(pk=file.item_id)
    known_before = file.integrity == Integrity.MISMATCH
    note_check(file, there, seen)
    if item.status != Status.HELD:
        if not known_before:
            add_check(actor=actor, item=item, act=Act.VERIFIED, file=file, there=there, seen=seen)
        return
    item.status, item.frozen_at = Status.FROZEN, clock.now()
    item.version += 1
    item.save(update_fields=["status", "frozen_at", "version", "changed_at"])
    link = add_check(actor=actor, item=item, act=Act.FROZEN, file=file, there=there, seen=seen)
    record(
        actor=actor, verb="evidence.frozen", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "sha256": file.sha256, "seen": seen, "custody": link.hash},
    )  # fmt: skip
    telling.frozen(item)
    signals.item_frozen.send(sender=EvidenceItem, item=item, actor=actor)


@transaction.atomic
def record_check(*, actor: Actor, file: StoredFile, there: Held, seen: str | None) -> str:
    """Keeps what a comparison of `there` found; freezes the item when the bytes differ. For the sweep; `actor` acts for the case's holder.

    What was sealed or unsealed while it was read is compared another time.
    """
    before = file.integrity
    if held(file) != there:
        return before
    outcome = judge(there, seen)
    if outcome == Integrity.MISMATCH and seen is not None:
        freeze(actor=actor, file=file, there=there, seen=seen)
    else:
        note_check(file, there, seen)
        if outcome == Integrity.UNAVAILABLE and before != outcome:
            add_custody(actor=actor, item=file.item, act=Act.VERIFIED, file=file, note="original unavailable")
    return outcome


@contextmanager
def keeper_of(actor: Actor, item: EvidenceItem) -> Iterator[Actor]:
    """Who says what was found: whoever opened it; for a guest, who acts in nothing, the platform for the holder of the case."""
    if not actor.is_guest:
        yield actor
        return
    system = system_for(item.incident.holder_id)
    with acting_as(system.principal):
        yield system


def open_as_guest(file: StoredFile, seen: str, purpose: str) -> None:
    """The link of custody and the ledger's entry of a guest, by the database's own function; it asks the grant once more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_guest_opens(%s, %s, %s)", [file.pk, seen, purpose])
        if cursor.fetchone() == (None,):
            raise NotAllowed(Action.OPEN_FILE)


@transaction.atomic
def open_file(*, actor: Actor, reference: str, label: str, sha256: str, purpose: str) -> Opened:
    """A file, compared with its hash before anybody gets a byte of it; who opened it and what for is a link of its custody.

    Bytes that differ freeze the item; the caller answers with `refusal`. A guest opens with the right to export in their own
    grant; what they set off besides (a freeze) is done by the platform for the holder of the case.
    """
    _case, item = item_for(actor, reference, label, Action.OPEN_FILE)
    file = file_of(item, sha256)
    errors: dict[str, list[Any]] = {}
    text = clean_text(purpose, "purpose", errors)
    if not text:
        errors["purpose"] = [_("Say what you open this file for. It is recorded.")]
    if len(text) > LONGEST_PURPOSE:
        errors["purpose"] = [_("Shorten this to %(limit)d characters.") % {"limit": LONGEST_PURPOSE}]
    if errors:
        raise Invalid(errors)
    if item.status == Status.FROZEN:
        raise ItemFrozen
    if item.status == Status.DISPOSED:
        raise ItemDisposed
    if item.sealed:
        raise ItemSealed
    must_be_cleared(actor, item.incident, [(item.label, item.mark, item.organisation_id)], Way.OPENED)
    there = held(file)
    handle, seen = storage.open_hashed(there.path)
    if handle is None or seen is None:
        with keeper_of(actor, item) as keeper:
            record_check(actor=keeper, file=file, there=there, seen=None)
        return Opened(file, None, OriginalUnavailable())
    if seen != there.sha256:
        handle.close()
        with keeper_of(actor, item) as keeper:
            freeze(actor=keeper, file=file, there=there, seen=seen)
        return Opened(file, None, IntegrityLost())
    try:
        note_check(file, there, seen)
        if actor.is_guest:
            open_as_guest(file, seen, text)
        else:
            link = add_custody(actor=actor, item=item, act=Act.OPENED, file=file, seen=seen, note=text)
            record(
                actor=actor, verb="evidence.opened", subject=file, root_id=item.incident_id,
                payload={"item": item.label, "sha256": file.sha256, "custody": link.hash},
            )  # fmt: skip
    except BaseException:
        handle.close()
        raise
    return Opened(file, handle)


@transaction.atomic
def verify_item(*, actor: Actor, reference: str, label: str) -> list[StoredFile]:
    """Compares every file of an item with its hash, now, and says so in its custody."""
    _case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    if item.status == Status.DISPOSED:
        raise ItemDisposed
    files = list(StoredFile.objects.filter(item=item))
    for file in files:
        there = held(file)
        seen = storage.hash_of(there.path)
        if seen is not None and seen != there.sha256:
            freeze(actor=actor, file=file, there=there, seen=seen)
        else:
            note_check(file, there, seen)
            add_check(actor=actor, item=item, act=Act.VERIFIED, file=file, there=there, seen=seen)
    record(
        actor=actor, verb="evidence.verified", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "files": [[file.sha256, file.integrity] for file in files]},
    )  # fmt: skip
    return files


@transaction.atomic
def restore_item(*, actor: Actor, reference: str, label: str, reason: str) -> EvidenceItem:
    """Takes a frozen item back into use, once every file matches its hash again (the original was brought back)."""
    _case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    if item.status != Status.FROZEN:
        raise ItemNotFrozen
    errors: dict[str, list[Any]] = {}
    text = clean_text(reason, "reason", errors, required=True)
    if errors:
        raise Invalid(errors)
    places = [(file, held(file)) for file in StoredFile.objects.filter(item=item)]
    seen = [(file, there, storage.hash_of(there.path)) for file, there in places]
    if any(judge(there, now) != Integrity.MATCHES for _file, there, now in seen):
        raise StillDamaged
    for file, there, now in seen:
        note_check(file, there, now)
        add_check(actor=actor, item=item, act=Act.VERIFIED, file=file, there=there, seen=now)
    item.status = Status.HELD
    item.version += 1
    item.save(update_fields=["status", "version", "changed_at"])
    link = add_custody(actor=actor, item=item, act=Act.RESTORED, note=text)
    record(
        actor=actor, verb="evidence.restored", subject=item, root_id=item.incident_id,
        payload={"item": item.label, "custody": link.hash},
    )  # fmt: skip
    signals.item_restored.send(sender=EvidenceItem, item=item, actor=actor)
    return item
