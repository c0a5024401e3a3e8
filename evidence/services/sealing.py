"""Sealing an item: asked for by whoever gave it in, carried out by a worker, opened by nobody alone (SHR-4).

The key of an item is made in the worker's memory and leaves it only in shares, each in a box for one custodian. The
plaintext goes when the locked stream was written, synced, read back and compared; a worker that dies before leaves the item
as it was, one that dies after leaves work that `tidy` ends.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock, naming
from core.errors import DomainError, Invalid, NotAllowed
from incidents.access import CaseAccess
from incidents.facts import Errors, clean_text
from incidents.models import Incident
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action, actions_of
from sealing import boxes, shares, stream

from .. import storage
from ..access import item_for, must_be_open, must_stand
from ..errors import AlreadySealed, CopyElsewhere, ItemFrozen, StoreFull
from ..holding import Held
from ..models import Custodian, CustodyEntry, EvidenceItem, Redaction, Seal, SealedFile, StoredFile
from ..sealed import check_of, file_context, lock_facts, plain_hash, share_context
from ..selectors import lacks_of
from ..snapshots import facts_of
from ..states import RedactionState, SealState, Status
from .handling import add_custody
from .integrity import record_check

Act = CustodyEntry.Act
SHELF = "sealed"
FEWEST = 2
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could hold a share: has a sealing key and sees the case's evidence."""

    user_id: int
    user: str
    organisation_id: int
    organisation: str
    fingerprint: str

    @property
    def value(self) -> str:
        """As forms and programs name them: person and organisation."""
        return f"{naming.key_of(self.user_id)}:{naming.key_of(self.organisation_id)}"


def candidates(incident: Incident) -> list[Candidate]:
    """Who can be named; the database answers for people of other organisations, and only about this case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT user_id, user_name, organisation_id, organisation_name, fingerprint, roles FROM evidence_possible_custodians(%s)",
            [incident.pk],
        )
        rows = cursor.fetchall()
    return [
        Candidate(user_id, naming.name_of(user_id, user), house_id, naming.name_of(house_id, house), fingerprint)
        for user_id, user, house_id, house, fingerprint, roles in rows
        if Action.SEE_EVIDENCE in actions_of(list(roles))
    ]


def own_item(actor: Actor, reference: str, label: str) -> tuple[CaseAccess, EvidenceItem]:
    """An item the actor's organisation gave in, locked."""
    case, item = item_for(actor, reference, label, Action.ADD_EVIDENCE, lock=True)
    if actor.organisation.pk != item.organisation_id:
        raise NotAllowed("only the organisation that gave an item in seals it")
    return case, item


def chosen(incident: Incident, values: Sequence[str], threshold: Any, errors: Errors) -> tuple[list[Candidate], int]:
    """The custodians named, and how many must agree."""
    known = {candidate.value: candidate for candidate in candidates(incident)}
    named = [known[value] for value in dict.fromkeys(values) if value in known]
    if len(named) != len(set(values)):
        errors.setdefault("custodians", []).append(_("Choose custodians from the list."))
    elif len(named) < FEWEST:
        errors.setdefault("custodians", []).append(_("Name at least two custodians, of two organisations."))
    elif len({candidate.organisation_id for candidate in named}) < len(named):
        errors.setdefault("custodians", []).append(
            _("Name one custodian for each organisation: those who agree must be of different ones.")
        )
    text = str(threshold or "")
    needed = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not FEWEST <= needed <= max(len(named), FEWEST):
        errors.setdefault("threshold", []).append(_("Enter how many must agree: at least two, at most all of them."))
    return named, needed


@transaction.atomic
def seal_item(
    *,
    actor: Actor,
    reference: str,
    label: str,
    custodians: Sequence[str],
    threshold: Any,
    title: str,
    summary: str,
    reason: str,
) -> Seal:
    """Asks for an item to be sealed: from here on its content is not handed out, and a worker locks it away.

    `custodians` are values of `candidates`. `title` and `summary` are what others read instead of what the item says.
    """
    case, item = own_item(actor, reference, label)
    must_be_open(case)
    must_stand(item)
    if item.status == Status.FROZEN:
        raise ItemFrozen
    if item.sealed:
        raise AlreadySealed
    errors: Errors = {}
    named, needed = chosen(case.incident, custodians, threshold, errors)
    words = {
        "title": clean_text(title, "title", errors, required=True),
        "summary": clean_text(summary, "summary", errors, required=True),
        "reason": clean_text(reason, "reason", errors, required=True),
    }
    if len(words["title"]) > 200:
        errors.setdefault("title", []).append(_("Shorten this to %(limit)d characters.") % {"limit": 200})
    if errors:
        raise Invalid(errors)
    seal = Seal.objects.create(
        incident=case.incident,
        item=item,
        threshold=needed,
        sealed_by=actor.user,
        organisation=actor.organisation,
        **words,
    )
    for candidate in named:
        Custodian.objects.create(
            incident=case.incident, seal=seal, user_id=candidate.user_id, organisation_id=candidate.organisation_id,
            public=b"", fingerprint="",
        )  # fmt: skip
    # What is proposed to be taken out would say what is in it.
    Redaction.objects.filter(item=item, state=RedactionState.READY).update(
        state=RedactionState.DECLINED,
        decided_by=actor.user,
        decided_at=clock.now(),
        decided_reason="sealed",
        passages=[],
    )
    Redaction.objects.filter(item=item, state=RedactionState.MAKING).update(
        state=RedactionState.FAILED, problem="sealed", passages=[]
    )
    if any(plaintext_needed(file) for file in StoredFile.objects.filter(item=item)):
        raise CopyElsewhere
    record(
        actor=actor, verb="evidence.seal_asked", subject=seal, root_id=item.incident_id,
        payload={
            "item": item.label, "threshold": needed,
            "custodians": sorted([candidate.organisation_id, candidate.fingerprint] for candidate in named),
        },
    )  # fmt: skip
    from ..tasks import seal_content

    seal_content.delay_on_commit(seal.pk, actor.user.pk, actor.organisation.pk)  # type: ignore[attr-defined]
    return seal


def plaintext_needed(file: StoredFile) -> bool:
    """Whether an item that is not sealed holds the same bytes at the same place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_plaintext_needed(%s)", [file.pk])
        return bool(cursor.fetchone() != (False,))


class NotSealed(Exception):
    """Sealing cannot end now; the code says why and stays beside the seal."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A file's stream, written, synced and read back."""

    file: StoredFile
    path: str
    sha256: str
    size: int


def lock_file(actor: Actor, key: bytes, file: StoredFile) -> Locked:
    """Writes the locked stream of a file and proves that it opens to what was received. The plaintext is not touched."""
    handle, seen = storage.open_hashed(file.path)
    if handle is None or seen != file.sha256:
        if handle is not None:
            handle.close()
        with acting(actor):
            record_check(actor=actor, file=file, there=Held(file.path, file.sha256), seen=seen)
        raise NotSealed("unavailable" if seen is None else "integrity")
    limit = 2 * file.size + stream.PIECE
    with (
        handle,
        storage.receive(stream.lock(key, file_context(file.sha256), storage.pieces(handle)), limit=limit) as received,
    ):
        locked = Locked(file, received.keep(actor.organisation.pk, SHELF), received.sha256, received.size)
    written, again = storage.open_hashed(locked.path)
    if written is None or again != locked.sha256:
        raise NotSealed("store")
    with written:
        if plain_hash(key, file.sha256, written) != file.sha256:
            raise NotSealed("store")
    return locked


def carry_out(actor: Actor, seal_id: int) -> bool:
    """Locks an item away, whole or not at all; whether this call did it. Safe to run twice, and two at once."""
    with acting(actor):
        seal = Seal.objects.filter(pk=seal_id, state=SealState.SEALING).select_related("item").first()
        files = list(StoredFile.objects.filter(item_id=seal.item_id).select_related("item")) if seal else []
    if seal is None:
        return False
    key, written = secrets.token_bytes(boxes.KEY), list[Locked]()
    try:
        for file in files:
            written.append(lock_file(actor, key, file))
        with acting(actor):
            done = close_seal(actor, seal_id, key, written)
    except (NotSealed, DomainError, OSError) as problem:
        forget(written)
        code = str(problem) if isinstance(problem, NotSealed) else "room" if isinstance(problem, StoreFull) else "store"
        log.warning("evidence_seal_waits", seal=seal_id, why=code, exc_info=not isinstance(problem, NotSealed))
        with acting(actor):
            Seal.objects.filter(pk=seal_id, state=SealState.SEALING).update(problem=code)
        return False
    except BaseException:
        forget(written)
        raise
    if not done:  # another worker was faster
        forget(written)
        return False
    clear_plaintext(actor, seal_id)
    return True


def forget(written: Sequence[Locked]) -> None:
    """Takes streams away that no seal names."""
    for locked in written:
        storage.remove(locked.path)


def close_seal(actor: Actor, seal_id: int, key: bytes, written: Sequence[Locked]) -> bool:
    """Shares, streams and sealed facts in one transaction; from its end on the content can be opened by agreement only."""
    seal = Seal.objects.select_for_update(of=("self",), no_key=True).filter(pk=seal_id, state=SealState.SEALING).first()
    if seal is None:
        return False
    item = EvidenceItem.objects.select_for_update(of=("self",), no_key=True).get(pk=seal.item_id)
    place_shares(seal, key, list(Custodian.objects.filter(seal=seal)), seal.generation)
    names = {}
    for locked in written:
        SealedFile.objects.create(
            incident_id=seal.incident_id,
            seal=seal,
            file=locked.file,
            path=locked.path,
            sha256=locked.sha256,
            size=locked.size,
        )
        names[locked.file.sha256] = [locked.file.name, locked.file.name_given]
    facts = facts_of(item)
    seal.lacking = [lack.code for lack in lacks_of(item)]
    seal.facts = lock_facts(key, item.pk, {"facts": facts, "names": names})
    seal.key_check, seal.state, seal.sealed_at, seal.problem = check_of(key), SealState.SEALED, clock.now(), ""
    for locked in written:
        name_file(locked.file, f"sealed-{locked.file.sha256[:8]}", f"sealed-{locked.file.sha256[:8]}")
    seal.save()
    show_summary(item, seal)
    links = [
        add_custody(actor=actor, item=item, act=Act.SEALED, file=locked.file, seen=locked.file.sha256)
        for locked in written
    ]
    if not links:
        links = [add_custody(actor=actor, item=item, act=Act.SEALED)]
    record(
        actor=actor, verb="evidence.sealed", subject=seal, root_id=seal.incident_id,
        payload={
            "item": item.label, "threshold": seal.threshold, "custody": links[-1].hash,
            "files": [[locked.file.sha256, locked.sha256] for locked in written],
        },
    )  # fmt: skip
    return True


# What an item says of itself and is sealed with it. Kind, class, grade, mark, origin, statement and the time it was
# collected stay: they are what a judgement counts with while the content is closed (R2.12).
SEALED_FACTS = ("title", "description", "source", "collection_method", "collected_by", "clock_source", "details")


def show_summary(item: EvidenceItem, seal: Seal) -> None:
    """The item says what others may read, at every door, because nothing else is there."""
    for name in SEALED_FACTS:
        setattr(item, name, {} if name == "details" else "")
    item.title, item.description = seal.title, seal.summary
    item.details = {"releasable_summary": seal.summary}
    item.version += 1
    item.save(update_fields=[*SEALED_FACTS, "version", "changed_at"])


def place_shares(seal: Seal, key: bytes, custodians: Sequence[Custodian], generation: int) -> None:
    """Splits the key and gives every custodian their part, in a box that only they open."""
    parts = shares.split(key, seal.threshold, len(custodians))
    for number, custodian in enumerate(custodians, start=1):
        box = boxes.close_for(bytes(custodian.public), parts[number], share_context(seal.pk, custodian.pk, generation))
        with connection.cursor() as cursor:
            cursor.execute("SELECT evidence_place_share(%s, %s, %s, %s)", [custodian.pk, generation, number, box])
            if cursor.fetchone() != (True,):
                raise NotSealed("share")


def name_file(file: StoredFile, name: str, given: str) -> None:
    """Names are sealed with the content, and come back with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_name_file(%s, %s, %s)", [file.pk, name, given])
        if cursor.fetchone() != (True,):
            raise NotSealed("name")


def clear_plaintext(actor: Actor, seal_id: int) -> int:
    """Takes the plaintext of a sealed item away, unless an item that is not sealed needs the same bytes; how many files.

    Alone among those who keep bytes of that organisation: nobody is about to point at them.
    """
    gone = 0
    with acting(actor):
        left = SealedFile.objects.filter(seal_id=seal_id, seal__state=SealState.SEALED).select_related("file")
        for sealed in left:
            house = int(sealed.file.path.partition("/")[0])
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evidence_store'), %s)", [house])
            if plaintext_needed(sealed.file):
                log.warning("evidence_plaintext_needed", seal=seal_id)
                continue
            storage.remove(sealed.file.path)
            if sealed.plaintext_removed_at is None:
                sealed.plaintext_removed_at = clock.now()
                sealed.save(update_fields=["plaintext_removed_at"])
            gone += 1
    return gone
