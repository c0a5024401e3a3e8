"""Redacting a file: proposed by one person, made by a child process, approved by another, and then an item of its own (R1.17)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import DomainError, Invalid, NotAllowed, NotFound
from incidents.access import CaseAccess, case_for
from incidents.facts import Errors, clean_text
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from .. import reasons, storage
from ..access import file_of, item_for, must_be_open, must_stand, own_item_for
from ..errors import (
    IntegrityLost,
    ItemFrozen,
    ItemSealed,
    OriginalUnavailable,
    RedactedByProposer,
    RedactionOver,
)
from ..models import CustodyEntry, EvidenceItem, Lineage, Redaction, StoredFile
from ..redaction.running import NotRedacted, run
from ..states import RedactionState, Status
from ..uploads import Upload
from .handling import add_custody
from .intake import add_item
from .integrity import LONGEST_PURPOSE
from .links import link_lineage

Act = CustodyEntry.Act
SHELF = "drafts"
MOST_PASSAGES = 200
LONGEST_WORDS = 500


def cleaned_passages(given: Sequence[Mapping[str, Any]], errors: Errors) -> list[dict[str, Any]]:
    """What is taken out: words (everywhere in the file) or an area of a page in per cent, each with a reason of the list."""
    kept: list[dict[str, Any]] = []
    for number, passage in enumerate(given[: MOST_PASSAGES + 1], start=1):
        reason = str(passage.get("reason") or "")
        words = " ".join(str(passage.get("words") or "").split())
        if reason not in reasons.BY_CODE:
            errors.setdefault("passages", []).append(
                _("Passage %(number)d: choose a reason from the list.") % {"number": number}
            )
        elif words:
            if len(words) < 2 or len(words) > LONGEST_WORDS or "\x00" in words:
                errors.setdefault("passages", []).append(
                    _("Passage %(number)d: enter 2 to %(limit)d characters.")
                    % {"number": number, "limit": LONGEST_WORDS}
                )
            else:
                kept.append({"words": words, "reason": reason})
        elif (area := cleaned_area(passage)) is not None:
            kept.append({**area, "reason": reason})
        else:
            errors.setdefault("passages", []).append(
                _("Passage %(number)d: enter words, or a page and an area as four numbers from 0 to 100.")
                % {"number": number}
            )
    if not given:
        errors["passages"] = [_("Say what is to be taken out.")]
    if len(given) > MOST_PASSAGES:
        errors["passages"] = [_("At most %(limit)d passages at once.") % {"limit": MOST_PASSAGES}]
    return kept


def cleaned_area(passage: Mapping[str, Any]) -> dict[str, Any] | None:
    """A page and left, top, right, bottom in per cent of it."""
    try:
        page = int(str(passage.get("page")))
        left, top, right, bottom = (float(side) for side in passage.get("area") or ())
    except (TypeError, ValueError):
        return None
    inside = 0 <= left < right <= 100 and 0 <= top < bottom <= 100
    return {"page": page, "area": [left, top, right, bottom]} if inside and 1 <= page <= 100_000 else None


@transaction.atomic
def propose_redaction(
    *,
    actor: Actor,
    reference: str,
    label: str,
    sha256: str,
    title: str,
    passages: Sequence[Mapping[str, Any]],
    handed_in: Upload | None = None,
) -> Redaction:
    """Proposes a version of a file without some passages; a worker makes it, or checks the one handed in.

    Whoever changes an item may propose: its holder and whoever gave it in. The original stays as it is.
    """
    case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    file = file_of(item, sha256)
    must_stand(item)
    errors: Errors = {}
    name = clean_text(title, "title", errors, required=True)
    if len(name) > 200:
        errors.setdefault("title", []).append(_("Shorten this to %(limit)d characters.") % {"limit": 200})
    wanted = cleaned_passages(passages, errors)
    if errors:
        raise Invalid(errors)
    if item.status == Status.FROZEN:
        raise ItemFrozen
    if item.sealed:
        raise ItemSealed
    redaction = Redaction(
        incident=case.incident, item=item, file=file, title=name, passages=wanted, reasons_version=reasons.VERSION,
        proposed_by=actor.user, organisation=actor.organisation, handed_in=handed_in is not None,
    )  # fmt: skip
    if handed_in is not None:
        with storage.receive(handed_in.chunks) as received:
            redaction.draft_path = received.keep(actor.organisation.pk, SHELF)
            redaction.draft_sha256, redaction.draft_size = received.sha256, received.size
    redaction.draft_name = redacted_name(file.name, handed_in)
    redaction.save()
    record(
        actor=actor, verb="evidence.redaction_proposed", subject=redaction, root_id=item.incident_id,
        payload={"item": item.label, "sha256": sha256, "reasons": sorted({passage["reason"] for passage in wanted})},
    )  # fmt: skip
    from ..tasks import make_redaction  # the task calls back into this module

    make_redaction.delay_on_commit(redaction.pk, actor.user.pk, actor.organisation.pk)  # type: ignore[attr-defined]
    return redaction


def redacted_name(name: str, handed_in: Upload | None) -> str:
    """`redacted.pdf`: the ending tells the kind, and nothing of the original's name comes along."""
    from ..names import clean_name, ending_of

    ending = ending_of(clean_name(handed_in.name) if handed_in else name)
    return f"redacted.{ending}" if ending else "redacted"


def redaction_for(
    actor: Actor, reference: str, label: str, redaction_id: int, *, lock: bool = False
) -> tuple[CaseAccess, EvidenceItem, Redaction]:
    """A redaction of this item; one of another is not there."""
    case, item = item_for(actor, reference, label, Action.DOWNLOAD_EVIDENCE)
    found = Redaction.objects.filter(pk=redaction_id, item=item).select_related(
        "file", "proposed_by", "organisation", "decided_by", "result"
    )
    redaction = (found.select_for_update(of=("self",), no_key=True) if lock else found).first()
    if redaction is None:
        raise NotFound(redaction_id)
    redaction.item = item
    return case, item, redaction


def carry_out_redaction(actor: Actor, redaction_id: int) -> bool:
    """The worker's part: reads the original, lets the child process redact or check, keeps the draft. Safe to run twice."""
    with acting(actor):
        redaction = (
            Redaction.objects.filter(pk=redaction_id, state=RedactionState.MAKING)
            .select_related("file", "item", "incident")
            .first()
        )
        if redaction is None:
            return False
        sealed, may = redaction.item.sealed, still_may(actor, redaction)
    try:
        if sealed:
            raise NotRedacted("sealed")
        if not may:
            raise NotRedacted("no_access")
        made, report = run(redaction.file, redaction.passages, redaction.draft_path if redaction.handed_in else "")
    except NotRedacted as problem:
        with acting(actor):
            failed(redaction, problem)
        return False
    with acting(actor):
        if redaction.handed_in:
            path, digest, size = redaction.draft_path, redaction.draft_sha256, redaction.draft_size
        else:
            with storage.receive(iter([made])) as received:
                path, digest, size = received.keep(redaction.organisation_id, SHELF), received.sha256, received.size
        again = (
            Redaction.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=redaction_id, state=RedactionState.MAKING)
            .first()
        )
        if again is None:
            return False
        again.draft_path, again.draft_sha256, again.draft_size = path, digest, size
        again.log = log_of(again.passages, report)
        again.state = RedactionState.READY
        again.save()
        link = add_custody(
            actor=actor,
            item=redaction.item,
            act=Act.COPIED,
            file=redaction.file,
            seen=redaction.file.sha256,
            note=f"redaction {redaction.pk}",
        )
        record(
            actor=actor, verb="evidence.redaction_made", subject=again, root_id=again.incident_id,
            payload={"item": redaction.item.label, "from": redaction.file.sha256, "to": digest, "custody": link.hash},
        )  # fmt: skip
    return True


def still_may(actor: Actor, redaction: Redaction) -> bool:
    """Whether who proposed it may add evidence at this moment; somebody who has left may not."""
    if actor.user.pk != redaction.proposed_by_id:
        return False
    try:
        case_for(actor, redaction.incident.reference, Action.ADD_EVIDENCE)
    except (NotFound, NotAllowed):
        return False
    return True


def log_of(passages: Sequence[Mapping[str, Any]], report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was done, without the words."""
    return [
        {"reason": passage["reason"], "kind": "words" if "words" in passage else "area", "times": times, "pages": pages}
        for passage, times, pages in zip(passages, report["hits"], report["pages"], strict=True)
    ] + (
        [{"reason": "", "kind": "drawn", "times": len(report["drawn"]), "pages": report["drawn"]}]
        if report["drawn"]
        else []
    )


def failed(redaction: Redaction, problem: NotRedacted) -> None:
    """Written down, for whoever proposed it; the words are forgotten, and a file handed in goes."""
    Redaction.objects.filter(pk=redaction.pk, state=RedactionState.MAKING).update(
        state=RedactionState.FAILED, problem=problem.code[:20], detail=problem.detail[:300] if problem.code != "still_there" else "", passages=[]
    )  # fmt: skip
    if redaction.handed_in:
        transaction.on_commit(lambda: storage.remove(redaction.draft_path), robust=True)


@transaction.atomic
def decide_redaction(
    *, actor: Actor, reference: str, label: str, redaction_id: int, approve: bool, reason: str = ""
) -> Redaction:
    """Another person of the organisation that gave the original in approves, and the version becomes an item derived from it,
    under the original's mark; or it is declined with a reason. Only the originator lowers that mark afterwards (R2.9).
    """
    case, item, redaction = redaction_for(actor, reference, label, redaction_id, lock=True)
    if Action.ADD_EVIDENCE not in case.actions:
        raise NotAllowed(Action.ADD_EVIDENCE)
    if actor.organisation.pk not in (
        {item.organisation_id} if approve else {item.organisation_id, case.incident.holder_id}
    ):
        raise NotAllowed("the organisation that gave the original in decides what of it is shown")
    must_be_open(case)
    must_stand(item)
    errors: Errors = {}
    text = clean_text(reason, "reason", errors, required=not approve)
    if errors:
        raise Invalid(errors)
    if redaction.state != RedactionState.READY:
        raise RedactionOver
    if approve and redaction.proposed_by_id == actor.user.pk:
        raise RedactedByProposer
    if approve and item.sealed:
        raise ItemSealed
    if approve:
        redaction.result = derivative(actor, case, item, redaction)
    redaction.state = RedactionState.APPROVED if approve else RedactionState.DECLINED
    redaction.decided_by, redaction.decided_at, redaction.decided_reason = actor.user, clock.now(), text
    redaction.passages = []
    redaction.save()
    record(
        actor=actor, verb="evidence.redaction_approved" if approve else "evidence.redaction_declined", subject=redaction,
        root_id=item.incident_id,
        payload={"item": item.label, "sha256": redaction.draft_sha256, **({"result": redaction.result.label} if redaction.result else {})},
    )  # fmt: skip
    path = redaction.draft_path
    transaction.on_commit(lambda: storage.remove(path), robust=True)
    return redaction


def derivative(actor: Actor, case: CaseAccess, item: EvidenceItem, redaction: Redaction) -> EvidenceItem:
    """The redacted version as an item: its own hash, linked to the original, marked as strictly as it."""
    handle, seen = storage.open_hashed(redaction.draft_path)
    if handle is None:
        raise OriginalUnavailable
    with handle:
        if seen != redaction.draft_sha256:
            raise IntegrityLost
        facts = {
            "title": redaction.title, "kind": item.kind, "evidence_class": item.evidence_class, "mark": item.mark, "pap": item.pap,
            "source": f"{item.label}, SHA-256 {redaction.file.sha256}",
            "collection_method": "Redaction: " + ", ".join(f"{row['reason'] or row['kind']} ×{row['times']}" for row in redaction.log),
            "collected": {"at": item.collected_at.isoformat() if item.collected_at else None, "precision": item.collected_precision},
            "clock": {"zone": item.clock_zone, "offset_seconds": item.clock_offset_seconds, "source": item.clock_source},
            "origin": item.origin.name if item.origin else "",
        }  # fmt: skip
        made = add_item(
            actor=actor,
            reference=case.incident.reference,
            facts=facts,
            upload=Upload(redaction.draft_name, storage.pieces(handle)),
        )
    link_lineage(
        actor=actor,
        reference=case.incident.reference,
        label=made.label,
        other=item.label,
        kind=Lineage.Kind.DERIVED_FROM,
        note="redacted version",
    )
    made.refresh_from_db()
    return made


@transaction.atomic
def open_draft(*, actor: Actor, reference: str, label: str, redaction_id: int) -> tuple[StoredFile, Any]:
    """The draft, to be compared with the original; like every reading it is a link of custody."""
    _case, item, redaction = redaction_for(actor, reference, label, redaction_id)
    if redaction.state != RedactionState.READY or item.sealed:
        raise RedactionOver
    handle, seen = storage.open_hashed(redaction.draft_path)
    if handle is None:
        raise OriginalUnavailable
    if seen != redaction.draft_sha256:
        handle.close()
        raise IntegrityLost
    add_custody(actor=actor, item=item, act=Act.OPENED, note=f"Draft of redaction {redaction.pk}, SHA-256 {seen}")
    shown = StoredFile(name=redaction.draft_name, size=redaction.draft_size, sha256=redaction.draft_sha256)
    return shown, handle


def compared(*, actor: Actor, reference: str, label: str, redaction_id: int) -> list[dict[str, str]]:
    """Each passage with what stands around it, as it was and as it reads now; made for this answer and kept nowhere."""
    with transaction.atomic():
        _case, item, redaction = redaction_for(actor, reference, label, redaction_id)
        if (
            redaction.state != RedactionState.READY
            or item.sealed
            or item.status == Status.FROZEN
            or redaction.handed_in
        ):
            return []
        add_custody(
            actor=actor,
            item=item,
            act=Act.OPENED,
            file=redaction.file,
            seen=redaction.file.sha256,
            note=f"Comparing redaction {redaction.pk}",
        )
    try:
        _made, report = run(redaction.file, redaction.passages, "")
    except NotRedacted as problem:
        raise DomainError(_("The two versions cannot be shown side by side.")) from problem
    rows: list[dict[str, str]] = report.get("excerpts", [])
    return rows


__all__ = [
    "LONGEST_PURPOSE",
    "carry_out_redaction",
    "compared",
    "decide_redaction",
    "open_draft",
    "propose_redaction",
    "redaction_for",
]
