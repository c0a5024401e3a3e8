"""Files with a reply: taken in as evidence is, kept as drafts until the reply is sent, opened by whoever may open evidence (ATT-11)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound
from evidence import clamd, storage
from evidence.dangerous import Head, is_eicar
from evidence.errors import OriginalUnavailable
from evidence.names import clean_name, written_out
from evidence.services.intake import check_claim
from evidence.uploads import Upload
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from .. import errors as rules_broken
from .. import reply_rules
from ..access import finding_for
from ..models import Invitation, Reply, ReplyFile
from .platform import system_for
from .visits import Visit, invited, still_open

SHELF = "reply"
EICAR = "EICAR test file"


def attach_file(visit: Visit, upload: Upload) -> ReplyFile:
    """Takes a file into the draft of a reply: hashed while it is written, named by its content, never opened or unpacked here.

    The same rules as for evidence: no empty file, none larger than the rules of reply allow, none whose name lies about
    what it is; the scanner's test file is known at once, and a scanner looks at the rest when one is configured. The same
    bytes twice are one file.
    """
    with invited(visit, lock=True) as (system, invitation):
        still_open(invitation)
        rules = reply_rules.rules_of(invitation.notice.rules_version)
        if ReplyFile.objects.filter(invitation=invitation).count() >= rules.most_files:
            raise Invalid(
                {"file": [_("No more files: at most %(most)s go with a reply.") % {"most": rules.most_files}]}
            )
        seen = Head(upload.chunks)
        with storage.receive(seen, limit=min(rules.most_file_bytes, settings.EVIDENCE_MAX_BYTES)) as received:
            check_claim(clean_name(upload.name), received.media_type, "")
            known = ReplyFile.objects.filter(invitation=invitation, sha256=received.sha256).first()
            if known is not None:
                return known
            harmful = is_eicar(seen.start)
            file = ReplyFile.objects.create(
                incident=invitation.incident, invitation=invitation, holder_id=invitation.holder_id, sha256=received.sha256,
                size=received.size, name=clean_name(upload.name), name_given=written_out(upload.name),
                media_type=received.media_type[:120], path=received.keep(invitation.holder_id, SHELF),
                verdict=ReplyFile.Verdict.FOUND if harmful else ReplyFile.Verdict.UNSCANNED, found=EICAR if harmful else "",
            )  # fmt: skip
        file.refresh_from_db(fields=["received_at"])
        silently(system, invitation, "reply.file_added", file)
        if settings.CLAMD_ADDRESS and not harmful:
            from ..tasks import scan_reply_file  # the task calls back into the services

            scan_reply_file.delay_on_commit(file.pk, invitation.holder_id)  # type: ignore[attr-defined]
        return file


def remove_file(visit: Visit, file_id: int) -> None:
    """Takes a file out of the draft; what was sent stays. The bytes go when no other reply of this holder has the same."""
    with invited(visit, lock=True) as (system, invitation):
        still_open(invitation)
        file = ReplyFile.objects.filter(invitation=invitation, pk=file_id).first()
        if file is None:
            raise NotFound(file_id)
        silently(system, invitation, "reply.file_removed", file)
        path, holder = file.path, invitation.holder_id
        file.delete()
        transaction.on_commit(forget_bytes(holder, path), robust=True)


def forget_bytes(holder_id: int, path: str) -> Callable[[], None]:
    """Takes bytes away unless a row names them; alone, so that nobody finds them there a moment before they go."""

    def forget() -> None:
        with acting(system_for(holder_id)), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evidence_store'), %s)", [holder_id])
            if not ReplyFile.objects.filter(path=path).exists():
                storage.remove(path)

    return forget


def silently(system: Actor, invitation: Invitation, verb: str, file: ReplyFile) -> None:
    """In the holder's ledger alone, by its hash: a draft is nobody's business."""
    payload = {"finding": invitation.notice.finding.label, "sha256": file.sha256, "size": str(file.size)}
    record(actor=system, verb=verb, subject=file, payload=payload)


def drafted_files(invitation: Invitation) -> list[ReplyFile]:
    """The files of a reply, in the order they came."""
    return list(ReplyFile.objects.filter(invitation=invitation).order_by("pk"))


def send_files(invitation: Invitation, reply: Reply) -> list[ReplyFile]:
    """The files of the draft go with the reply; from now on they stay."""
    ReplyFile.objects.filter(invitation=invitation, reply__isnull=True).update(reply=reply)
    return list(ReplyFile.objects.filter(reply=reply).order_by("pk"))


@dataclass(frozen=True, slots=True)
class OpenedReplyFile:
    """A file of a reply, opened: the handle was hashed already and is the one that is read."""

    file: ReplyFile
    handle: IO[bytes]


@transaction.atomic
def open_reply_file(*, actor: Actor, reference: str, label: str, file_id: int) -> OpenedReplyFile:
    """A file that came with a reply, for whoever may open the evidence of the case; who opened it is recorded.

    It is compared with its hash before a byte of it leaves. What is damaged or gone is not handed out (409).
    """
    case, finding = finding_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    file = ReplyFile.objects.filter(reply__finding=finding, pk=file_id).first()
    if file is None:
        raise NotFound(file_id)
    handle, seen = storage.open_hashed(file.path)
    if handle is None:
        raise OriginalUnavailable
    if seen != file.sha256:
        handle.close()
        raise rules_broken.ReplyFileDamaged
    record(
        actor=actor, verb="reply.file_opened", subject=file, root_id=case.incident.pk,
        payload={"finding": finding.label, "sha256": file.sha256},
    )  # fmt: skip
    return OpenedReplyFile(file, handle)


def scan(file_id: int, holder_id: int) -> None:
    """Sends the bytes to the scanner, outside any transaction, and keeps its verdict. Raises OSError when there is none yet.

    Nothing for another house than the one it was sent to, whatever it may see of the case.
    """
    system = system_for(holder_id)
    with acting(system):
        unscanned = ReplyFile.objects.filter(holder_id=holder_id, verdict=ReplyFile.Verdict.UNSCANNED)
        file = unscanned.filter(pk=file_id).first()
    if file is None or not settings.CLAMD_ADDRESS:
        return
    with storage.store().open(file.path) as handle:
        said = clamd.scan(settings.CLAMD_ADDRESS, storage.pieces(handle))
    if said.outcome not in (ReplyFile.Verdict.CLEAN, ReplyFile.Verdict.FOUND):
        return  # too large for it, or it would not say: it stays packed
    with acting(system):
        ReplyFile.objects.filter(pk=file_id, verdict=ReplyFile.Verdict.UNSCANNED).update(
            verdict=said.outcome, found=said.name[:200]
        )
