"""Time stamps of an outside authority, asked for after the commit and kept beside the file (RFC 3161).

The network is asked outside any transaction. What the authority answers was verified before it is kept; it is verified
again whenever it is shown, by the certificates trusted then.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.services import record
from ledger.timestamps import BadTimestamp, request_stamp, signer_of, trusted_roots, verify_stamp
from organisations.actors import Actor, acting

from ..models import FileStamp, Integrity, StoredFile


@dataclass(frozen=True, slots=True)
class Shown:
    """A stamp as it is shown: who says so, when, and whether it verifies with what is trusted now."""

    authority: str
    stamped_at: datetime
    verified: bool


def shown(stamp: FileStamp, sha256: str) -> Shown:
    """Verified anew: what is in the table is not believed."""
    try:
        at = verify_stamp(bytes(stamp.token), bytes.fromhex(sha256), trusted_roots())
    except (BadTimestamp, OSError):
        return Shown(stamp.authority, stamp.stamped_at, verified=False)
    return Shown(stamp.authority, stamp.stamped_at, verified=at == stamp.stamped_at)


def stamp_file(*, actor: Actor, file_id: int) -> FileStamp | None:
    """Asks for a stamp over the file's hash and keeps it; None when it has one, is gone, no authority is configured, or the case
    is held by another house than the platform acts for.

    Safe to run twice, and two at once keep one. Raises TimestampUnavailable when the authority is away.
    """
    with acting(actor):
        held = StoredFile.objects.filter(incident__holder=actor.organisation).exclude(integrity=Integrity.REMOVED)
        file = held.filter(pk=file_id, stamp__isnull=True).first()
    if file is None:
        return None
    digest = bytes.fromhex(file.sha256)
    token = request_stamp(digest)
    if token is None:
        return None
    at = verify_stamp(token, digest, trusted_roots())
    with acting(actor):
        return keep_stamp(actor, file, token, at)


@transaction.atomic
def keep_stamp(actor: Actor, file: StoredFile, token: bytes, at: datetime) -> FileStamp | None:
    """The stamp beside its file; None when another worker was quicker."""
    stamp, made = FileStamp.objects.get_or_create(
        file=file,
        defaults={
            "incident_id": file.incident_id,
            "token": token,
            "authority": signer_of(token)[:300],
            "stamped_at": at,
        },
    )
    if not made:
        return None
    record(
        actor=actor, verb="evidence.stamped", subject=file, root_id=file.incident_id,
        payload={"item": file.item.label, "sha256": file.sha256, "authority": stamp.authority, "at": at.isoformat()},
    )  # fmt: skip
    return stamp
