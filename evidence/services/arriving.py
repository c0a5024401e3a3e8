"""Files sent piece by piece, so that a lost line costs a piece and not the file (tus 1.0.0 speaks through these).

Each piece is written to the store while it arrives, outside any transaction: a slow line must not hold one open. Before,
the writer takes a lease; after, the piece is added to the row if the lease is still theirs. A writer that died loses the
lease after a minute and its piece with the next sweep; nothing that was acknowledged is ever lost.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Invalid, NotFound
from incidents.access import case_for
from incidents.models import Incident
from organisations.actors import Actor
from organisations.roles import Action

from .. import storage
from ..access import must_be_open
from ..errors import (
    ChecksumMismatch,
    QuotaReached,
    StoreFull,
    UploadBusy,
    UploadExpired,
    UploadTooLong,
    WrongOffset,
)
from ..models import PendingUpload
from ..names import clean_name, written_out
from ..uploads import Upload

ARRIVING = ".arriving"
LEASE = timedelta(seconds=60)
RENEW_EVERY = timedelta(seconds=15)
MOST_PARTS = 4000
DIGESTS: dict[str, Callable[[], Any]] = {
    "sha256": hashlib.sha256,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),  # the one tus asks every server for
}


def runs_out(created: Any) -> Any:
    """When an upload touched now is cleared: some idle time on, and never later than some days after its beginning."""
    idle = clock.now() + timedelta(hours=settings.EVIDENCE_UPLOAD_IDLE_HOURS)
    return min(idle, created + timedelta(days=settings.EVIDENCE_UPLOAD_DAYS))


@transaction.atomic
def begin_upload(*, actor: Actor, reference: str, name: str, size: int, modified: str = "") -> PendingUpload:
    """A place for a file of this size. Raises Invalid when it is empty, too large, or one too many."""
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    if size <= 0:
        raise Invalid({"file": [storage.empty_file()]})
    if size > settings.EVIDENCE_MAX_BYTES:
        raise Invalid({"file": [storage.too_large(settings.EVIDENCE_MAX_BYTES)]})
    with connection.cursor() as cursor:  # two at once must not both find the last room
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evidence_uploads'), %s)", [actor.organisation.pk])
    waiting = PendingUpload.objects.filter(organisation=actor.organisation).aggregate(total=Sum("size"))["total"]
    if (waiting or 0) + size > settings.EVIDENCE_UPLOAD_QUOTA:
        raise QuotaReached
    return PendingUpload.objects.create(
        incident=case.incident, organisation=actor.organisation, uploaded_by=actor.user, name=clean_name(name),
        name_given=written_out(name), modified=modified[:40], size=size, expires_at=runs_out(clock.now()),
    )  # fmt: skip


def own_uploads(actor: Actor, incident: Incident) -> Any:
    """One's own uploads of a case that have not run out, first begun first."""
    return PendingUpload.objects.filter(
        incident=incident, organisation=actor.organisation, uploaded_by=actor.user, expires_at__gt=clock.now()
    )


def upload_for(actor: Actor, reference: str, upload_id: Any, *, lock: bool = False) -> PendingUpload:
    """One's own upload of this case; anybody else's is not there (404), one's own that ran out is gone (410)."""
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    found = PendingUpload.objects.filter(
        incident=case.incident, pk=upload_id, organisation=actor.organisation, uploaded_by=actor.user
    )
    upload = (found.select_for_update(of=("self",)) if lock else found).first()
    if upload is None:
        raise NotFound(str(upload_id))
    if upload.expires_at <= clock.now():
        raise UploadExpired
    upload.incident = case.incident
    return upload


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says of a piece."""

    algorithm: str
    digest: bytes


def take_lease(actor: Actor, reference: str, upload_id: Any, offset: int, length: int) -> PendingUpload:
    """The right to write, for a minute at a time."""
    with transaction.atomic():
        upload = upload_for(actor, reference, upload_id, lock=True)
        if upload.lease and upload.lease_until and upload.lease_until > clock.now():
            raise UploadBusy
        if upload.offset != offset:
            raise WrongOffset
        if offset + length > upload.size:
            raise UploadTooLong
        if len(upload.parts) >= MOST_PARTS:
            raise Invalid({"file": [_("This file came in too many small pieces. Send it in larger ones.")]})
        upload.lease, upload.lease_until = secrets.token_hex(16), clock.now() + LEASE
        upload.save(update_fields=["lease", "lease_until"])
        return upload


def keep_lease(upload: PendingUpload) -> None:
    """A minute more; raises UploadBusy when somebody else took over meanwhile."""
    with transaction.atomic():
        held = PendingUpload.objects.filter(pk=upload.pk, lease=upload.lease)
        if not held.update(lease_until=clock.now() + LEASE):
            raise UploadBusy


def append_to_upload(
    *, actor: Actor, reference: str, upload_id: Any, offset: int, length: int, chunks: Iterable[bytes],
    checksum: Checksum | None = None,
) -> PendingUpload:  # fmt: skip
    """Adds what arrives at `offset`; answers with the new state. Call it outside a transaction.

    When the line breaks, what came so far counts, unless a checksum was given for the whole piece: then all or nothing.
    """
    upload = take_lease(actor, reference, upload_id, offset, length)
    name, size = f"{ARRIVING}/{upload.pk.hex}/{secrets.token_hex(8)}", 0
    digest = DIGESTS[checksum.algorithm]() if checksum else None

    def arriving() -> Iterator[bytes]:
        nonlocal size
        renewed = clock.now()
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > length:
                    raise UploadTooLong
                if digest is not None:
                    digest.update(chunk)
                yield chunk
                if clock.now() - renewed > RENEW_EVERY:
                    keep_lease(upload)
                    renewed = clock.now()
        except OSError:
            return  # the line went dead: the piece ends here

    written = False
    try:
        try:
            storage.store().write(name, arriving())
            written = True
        except OSError as problem:
            if problem.errno in storage.NO_ROOM:
                raise StoreFull from problem
            raise
        if checksum is not None and digest is not None and digest.digest() != checksum.digest:
            raise ChecksumMismatch
        if size:
            return add_part(actor, reference, upload, name, size)
    except BaseException:
        if written:
            storage.remove(name)
        end_lease(upload)
        raise
    storage.remove(name)
    end_lease(upload)
    return upload


def add_part(actor: Actor, reference: str, upload: PendingUpload, name: str, size: int) -> PendingUpload:
    """A piece that is in the store becomes part of the file, if the lease is still ours."""
    with transaction.atomic():
        current = upload_for(actor, reference, upload.pk, lock=True)
        if current.lease != upload.lease:
            raise UploadBusy
        current.parts = [*current.parts, [name, size]]
        current.offset += size
        current.lease, current.lease_until = "", None
        current.expires_at = runs_out(current.created_at)
        current.save(update_fields=["parts", "offset", "lease", "lease_until", "expires_at"])
        return current


def end_lease(upload: PendingUpload) -> None:
    """Gives the right to write back."""
    with transaction.atomic():
        PendingUpload.objects.filter(pk=upload.pk, lease=upload.lease).update(lease="", lease_until=None)


@transaction.atomic
def drop_upload(*, actor: Actor, reference: str, upload_id: Any) -> None:
    """The sender does not want it any more."""
    forget(upload_for(actor, reference, upload_id, lock=True))


def forget(upload: PendingUpload) -> None:
    """Row and pieces; the pieces only once the transaction is through."""
    names = [name for name, _size in upload.parts]
    upload.delete()

    def gone() -> None:
        for name in names:
            storage.remove(name)

    transaction.on_commit(gone)


def bytes_of(upload: PendingUpload) -> Iterator[bytes]:
    """The file, a chunk at a time, over all its pieces."""
    for name, _size in upload.parts:
        with storage.store().open(name) as handle:
            yield from storage.pieces(handle)


@dataclass(frozen=True, slots=True)
class Taken:
    """An upload about to become a file of an item; `done` when it has."""

    row: PendingUpload

    @property
    def upload(self) -> Upload:
        """As intake takes it."""
        return Upload(self.row.name_given, bytes_of(self.row))

    def done(self) -> None:
        """It is a file of an item now."""
        forget(self.row)


def take_uploads(actor: Actor, incident: Incident, ids: Sequence[Any]) -> list[Taken]:
    """One's own whole uploads with these ids, locked, in this order. Inside the transaction that uses them."""
    taken = []
    for number in dict.fromkeys(str(upload_id) for upload_id in ids):
        try:
            found = own_uploads(actor, incident).select_for_update(of=("self",)).filter(pk=number).first()
        except ValidationError:
            found = None
        if found is None:
            raise Invalid({"uploads": [_("An uploaded file is no longer there. Choose the file again.")]})
        if not found.is_whole:
            raise Invalid(
                {
                    "uploads": [
                        _("“%(name)s” has not arrived whole yet. Wait until it has, or remove it.")
                        % {"name": found.name}
                    ]
                }
            )
        found.incident = incident
        taken.append(Taken(found))
    return taken


@transaction.atomic
def keep_for_later(*, actor: Actor, reference: str, upload: Upload) -> PendingUpload | None:
    """A file of a form that came back with errors: kept as an upload, so that it need not be sent again.

    None when there is no room for it: the form then asks for the file again.
    """
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    name, size = f"{ARRIVING}/{secrets.token_hex(16)}/0", 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in upload.chunks:
            size += len(chunk)
            yield chunk

    try:
        storage.store().write(name, counted())
    except OSError:
        return None
    try:
        with transaction.atomic():
            row = begin_upload(actor=actor, reference=reference, name=upload.name, size=size)
            row.parts, row.offset = [[name, size]], size
            row.save(update_fields=["parts", "offset"])
            row.incident = case.incident
            return row
    except Invalid:
        storage.remove(name)
        return None
