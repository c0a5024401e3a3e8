"""Opening what was sealed: N released shares are joined in memory, for one request, and let go (SHR-4)."""

from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from django.db import transaction

from core import clock
from core.errors import DomainError, NotAllowed
from ledger.services import record
from organisations.actors import Actor
from organisations.roles import Action
from sealing import boxes, shares, stream
from sealing.services import unlock

from .. import seal_news, storage
from ..access import file_of
from ..errors import (
    IntegrityLost,
    ItemFrozen,
    NotAgreed,
    OldKey,
    OriginalUnavailable,
    SealDamaged,
)
from ..holding import Held
from ..models import Custodian, CustodyEntry, EvidenceItem, ReleasedShare, Seal, SealedFile, SealRequest, StoredFile
from ..sealed import check_of, plain_hash, released_context, unlock_facts, unlocked
from ..states import RequestState, SealState, Status
from .handling import add_custody
from .integrity import Opened, freeze, record_check
from .seal_requests import request_for
from .sealing import SEALED_FACTS, name_file, place_shares

Act = CustodyEntry.Act
Kind = SealRequest.Kind


@dataclass(frozen=True, slots=True)
class Agreement:
    """A request that N custodians agreed to, locked, with the key they gave its requester."""

    item: EvidenceItem
    request: SealRequest
    seal: Seal
    key: bytes


def agreement(actor: Actor, reference: str, label: str, request_id: int, kind: str, passphrase: str) -> Agreement:
    """The key of an item for the one it was agreed for; raises NotAgreed and its kin. The key lives as long as what is answered."""
    _case, item, request = request_for(actor, reference, label, request_id, Action.DOWNLOAD_EVIDENCE)
    if request.requested_by_id != actor.user.pk or request.organisation_id != actor.organisation.pk:
        raise NotAllowed("only the requester opens under a request")
    if item.status == Status.FROZEN:
        raise ItemFrozen
    if request.kind != kind or not request.is_granted:
        raise NotAgreed
    own, private = unlock(actor, passphrase)
    if own.fingerprint != request.fingerprint:
        raise OldKey
    # Waits for whoever ends or changes it at this moment, and then asks again.
    _case, item, request = request_for(actor, reference, label, request_id, Action.DOWNLOAD_EVIDENCE, lock=True)
    seal = request.seal
    if not request.is_granted or seal.state != SealState.SEALED or seal.generation != request.generation:
        raise NotAgreed
    try:
        parts = {
            row.number: boxes.open_with(private, bytes(row.box), released_context(request.pk, row.custodian_id))
            for row in ReleasedShare.objects.filter(request=request)
        }
    except boxes.WrongKey as problem:
        raise OldKey from problem
    if len(parts) < seal.threshold:
        raise NotAgreed
    key = shares.join(parts)
    if check_of(key) != seal.key_check:
        raise NotAgreed
    return Agreement(item, request, seal, key)


def opened_stream(actor: Actor, agreed: Agreement, file: StoredFile) -> tuple[IO[bytes] | None, DomainError | None]:
    """A sealed file's content, open at its start, after all of it was authenticated and compared with the hash of its receipt.

    Damage freezes the item and is answered, not raised.
    """
    locked = SealedFile.objects.get(seal=agreed.seal, file=file)
    there = Held(locked.path, locked.sha256, sealed=True)
    handle, seen = storage.open_hashed(locked.path)
    if handle is None or seen is None:
        record_check(actor=actor, file=file, there=there, seen=None)
        return None, OriginalUnavailable()
    try:
        if seen != locked.sha256:
            freeze(actor=actor, file=file, there=there, seen=seen)
            handle.close()
            return None, IntegrityLost()
        try:
            whole = plain_hash(agreed.key, file.sha256, handle) == file.sha256
        except stream.Damaged:
            whole = False
        if not whole:
            freeze(actor=actor, file=file, there=Held(there.path, "what was sealed", sealed=True), seen=seen)
            handle.close()
            return None, SealDamaged()
    except BaseException:
        handle.close()
        raise
    return unlocked(agreed.key, file.sha256, handle), None


@transaction.atomic
def open_sealed(*, actor: Actor, reference: str, label: str, request_id: int, sha256: str, passphrase: str) -> Opened:
    """A file of a sealed item, for the requester the custodians agreed on, while their agreement lasts. Each time is a link of
    custody and told to the depositor.

    The content is unlocked piece by piece while it is handed out; nothing of it is written down here.
    """
    agreed = agreement(actor, reference, label, request_id, Kind.OPEN, passphrase)
    file = file_of(agreed.item, sha256)
    handle, refusal = opened_stream(actor, agreed, file)
    if handle is None:
        return Opened(file, None, refusal)
    try:
        names = unlock_facts(agreed.key, agreed.item.pk, bytes(agreed.seal.facts or b""))["names"]
        file.name, file.name_given = names.get(sha256, [file.name, file.name_given])
        link = add_custody(
            actor=actor, item=agreed.item, act=Act.OPENED, file=file, seen=file.sha256, note=agreed.request.purpose
        )
        record(
            actor=actor, verb="evidence.seal_opened", subject=agreed.request, root_id=agreed.item.incident_id,
            payload={"item": agreed.item.label, "request": request_id, "sha256": sha256, "custody": link.hash},
        )  # fmt: skip
        seal_news.opened(agreed.request, link.place)
    except BaseException:
        handle.close()
        raise
    return Opened(file, handle)


@transaction.atomic
def sealed_facts(*, actor: Actor, reference: str, label: str, request_id: int, passphrase: str) -> dict[str, Any]:
    """What a sealed item said of itself (title, description, source, …) and its files' names, for the requester; recorded like
    the opening of a file."""
    agreed = agreement(actor, reference, label, request_id, Kind.OPEN, passphrase)
    found = unlock_facts(agreed.key, agreed.item.pk, bytes(agreed.seal.facts or b""))
    link = add_custody(actor=actor, item=agreed.item, act=Act.OPENED, note=agreed.request.purpose)
    record(
        actor=actor, verb="evidence.seal_opened", subject=agreed.request, root_id=agreed.item.incident_id,
        payload={"item": agreed.item.label, "request": request_id, "facts": True, "custody": link.hash},
    )  # fmt: skip
    seal_news.opened(agreed.request, link.place)
    return {"facts": found["facts"], "names": {sha256: pair[0] for sha256, pair in found["names"].items()}}


@dataclass(frozen=True, slots=True)
class Unsealed:
    """The item, readable again; or why not: damage was found, the item is frozen and stays sealed."""

    item: EvidenceItem
    refusal: DomainError | None = None


@transaction.atomic
def unseal_item(*, actor: Actor, reference: str, label: str, request_id: int, passphrase: str) -> Unsealed:
    """Ends a seal its custodians agreed to end: every file comes back as it was received, and what the item said with it.

    Nothing is readable before the last file was written, compared and recorded; if this stops on the way, `tidy` takes away
    what was written.
    """
    agreed = agreement(actor, reference, label, request_id, Kind.UNSEAL, passphrase)
    item = EvidenceItem.objects.select_for_update(of=("self",), no_key=True).get(pk=agreed.item.pk)
    item.incident = agreed.item.incident
    locked = list(SealedFile.objects.filter(seal=agreed.seal).select_related("file"))
    for sealed in locked:
        handle, refusal = opened_stream(actor, agreed, sealed.file)
        if handle is None:
            return Unsealed(item, refusal)
        with handle, storage.receive(storage.pieces(handle), limit=sealed.file.size) as received:
            house = int(sealed.file.path.partition("/")[0])
            if received.sha256 != sealed.file.sha256 or received.keep(house) != sealed.file.path:
                raise OriginalUnavailable
    found = unlock_facts(agreed.key, item.pk, bytes(agreed.seal.facts or b""))
    for sealed in locked:
        name_file(sealed.file, *found["names"][sealed.file.sha256])
    agreed.seal.state, agreed.seal.unsealed_at = SealState.UNSEALED, clock.now()
    agreed.seal.save(update_fields=["state", "unsealed_at"])
    facts = {**found["facts"], "clock_source": found["facts"]["clock"]["source"]}
    for name in SEALED_FACTS:
        setattr(item, name, facts[name])
    item.version += 1
    item.save(update_fields=[*SEALED_FACTS, "version", "changed_at"])
    links = [
        add_custody(
            actor=actor,
            item=item,
            act=Act.UNSEALED,
            file=sealed.file,
            seen=sealed.file.sha256,
            note=agreed.request.purpose,
        )
        for sealed in locked
    ] or [add_custody(actor=actor, item=item, act=Act.UNSEALED, note=agreed.request.purpose)]
    finish(agreed.request)
    record(
        actor=actor, verb="evidence.unsealed", subject=agreed.seal, root_id=item.incident_id,
        payload={"item": item.label, "request": request_id, "custody": links[-1].hash},
    )  # fmt: skip
    seal_news.unsealed(agreed.request)
    for sealed in locked:  # the streams are of no use any more; one that stays for want of a store is harmless
        transaction.on_commit(partial(storage.remove, sealed.path), robust=True)
    return Unsealed(item)


def finish(request: SealRequest) -> None:
    """What was agreed to has been done; the released shares go."""
    request.state = RequestState.DONE
    request.save(update_fields=["state"])


@transaction.atomic
def replace_custodian(*, actor: Actor, reference: str, label: str, request_id: int, passphrase: str) -> Seal:
    """Splits the key anew for the custodians that stay and the one that comes; every earlier share is gone from here.

    The content is not locked again: who kept both an old copy of it and N old shares could open that copy anyway.
    """
    agreed = agreement(actor, reference, label, request_id, Kind.RESHARE, passphrase)
    request, seal = agreed.request, agreed.seal
    leaving = Custodian.objects.get(pk=request.leaving_id or 0)
    leaving.replaced_at = clock.now()
    leaving.save(update_fields=["replaced_at"])
    Custodian.objects.create(
        incident_id=seal.incident_id, seal=seal, user_id=request.arriving_id or 0, organisation_id=request.arriving_organisation_id or 0,
        public=b"", fingerprint="",
    )  # fmt: skip
    staying = list(Custodian.objects.filter(seal=seal, replaced_at__isnull=True).order_by("pk"))
    place_shares(seal, agreed.key, staying, seal.generation + 1)
    seal.generation += 1
    seal.save(update_fields=["generation"])
    link = add_custody(actor=actor, item=agreed.item, act=Act.RESHARED, note=request.purpose)
    finish(request)
    record(
        actor=actor, verb="evidence.seal_reshared", subject=seal, root_id=agreed.item.incident_id,
        payload={
            "item": agreed.item.label, "request": request_id, "generation": seal.generation, "custody": link.hash,
            "custodians": sorted([custodian.organisation_id, custodian.fingerprint] for custodian in staying),
        },
    )  # fmt: skip
    seal_news.reshared(request)
    return seal
