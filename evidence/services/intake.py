"""Taking evidence in: the item, its files, and the first links of their custody."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from incidents.access import case_for
from incidents.models import Incident, Statement
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.services import record
from ledger.timestamps import authority
from organisations.actors import Actor
from organisations.roles import Action

from .. import facts as rules
from .. import mail, storage
from ..access import must_be_open, must_stand, own_item_for
from ..dangerous import Head, is_eicar
from ..errors import FileAlreadyHeld, ItemFrozen, ItemSealed
from ..media import contradicts
from ..models import CustodyEntry, EvidenceItem, IntakeJob, Origin, StoredFile
from ..names import clean_name, ending_of, written_out
from ..states import Status
from ..uploads import Upload
from . import jobs
from .arriving import take_uploads
from .handling import add_custody

MALWARE = "malware_sample"
LONGEST_TITLE = 200
HEAD = 64 * 1024


def resolve_links(columns: dict[str, Any], *, actor: Actor, incident: Incident) -> dict[str, Any]:
    """The origin and the statement named in the facts, as rows of this case. A new origin is added."""
    if "origin" in columns:
        columns["origin"] = origin_named(columns["origin"], actor=actor, incident=incident)
    if "statement" in columns:
        columns["statement"] = statement_of(columns["statement"], incident)
        if columns["statement"] is not None and not columns.get("statement_type"):
            columns["statement_type"] = columns["statement"].kind
    return columns


def origin_named(name: str, *, actor: Actor, incident: Incident) -> Origin | None:
    """The case's origin of this name, in whichever case it is written; empty: not known."""
    if not name:
        return None
    known = Origin.objects.filter(incident=incident, name__iexact=name).first()
    if known is None:
        known, _made = Origin.objects.get_or_create(incident=incident, name=name, defaults={"added_by": actor.user})
    return known


def statement_of(number: int | None, incident: Incident) -> Statement | None:
    """A statement of this case; one of another case is not on the list."""
    if number is None:
        return None
    found = Statement.objects.filter(incident=incident, pk=number).first()
    if found is None:
        raise Invalid({"statement": [_("Choose one from the list.")]})
    return found


@transaction.atomic
def add_item(
    *,
    actor: Actor,
    reference: str,
    facts: Mapping[str, Any],
    upload: Upload | None = None,
    uploads: Iterable[Upload] = (),
    pending: Sequence[Any] = (),
) -> EvidenceItem:
    """Takes an item in, with its files if there are any: hashed while they are written, stored by content, custody begun (ATT-2, ATT-3).

    `pending` names uploads that arrived piece by piece. Without marks the case's own is taken. Raises Invalid with every
    field to mend; then nothing is kept.
    """
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    taken = take_uploads(actor, case.incident, pending)
    item = new_item(actor=actor, incident=case.incident, facts=facts)
    given = [*([upload] if upload is not None else []), *uploads, *(row.upload for row in taken)]
    keep_files(actor=actor, item=item, uploads=given)
    for row in taken:
        row.done()
    return item


@transaction.atomic
def add_item_each(
    *,
    actor: Actor,
    reference: str,
    facts: Mapping[str, Any],
    uploads: Iterable[Upload] = (),
    pending: Sequence[Any] = (),
) -> list[EvidenceItem]:
    """The same facts for each of several files: one item a file, its name added to the title. All of them or none."""
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    taken = take_uploads(actor, case.incident, pending)
    given = [*uploads, *(row.upload for row in taken)]
    if not given:
        raise Invalid({"file": [_("Choose at least one file.")]})
    items = []
    for upload in given:
        title = f"{str(facts.get('title') or '')[:LONGEST_TITLE]}: {clean_name(upload.name)}".removeprefix(": ")
        own = facts if len(given) == 1 else {**facts, "title": title[:LONGEST_TITLE]}
        item = new_item(actor=actor, incident=case.incident, facts=own)
        keep_named(actor=actor, item=item, upload=upload, named=len(given) > 1)
        items.append(item)
    for row in taken:
        row.done()
    return items


def new_item(*, actor: Actor, incident: Incident, facts: Mapping[str, Any]) -> EvidenceItem:
    """The item itself, with the receipt that begins its custody."""
    standard = in_force(Instrument.Kind.EVIDENCE_STANDARD)
    columns = rules.check(
        {**facts, "mark": facts.get("mark") or incident.mark, "pap": facts.get("pap") or incident.pap},
        standard.content, whole=True,
    )  # fmt: skip
    item = EvidenceItem.objects.create(
        incident=incident,
        uploaded_by=actor.user,
        organisation=actor.organisation,
        standard_version=standard.version,
        **resolve_links(columns, actor=actor, incident=incident),
    )
    add_custody(actor=actor, item=item, act=CustodyEntry.Act.RECEIVED, note=item.source[:2000])
    record(
        actor=actor, verb="evidence.added", subject=item, root_id=incident.pk,
        payload={"item": item.label, "kind": item.kind, "class": item.evidence_class, "mark": item.mark, "pap": item.pap},
        instruments={"evidence-standard": standard.version},
    )  # fmt: skip
    return item


@transaction.atomic
def add_file(*, actor: Actor, reference: str, label: str, upload: Upload) -> StoredFile:
    """Adds a file to an item; what is there already stays untouched."""
    return keep_file(actor=actor, item=item_to_fill(actor, reference, label), upload=upload)


@transaction.atomic
def add_files(
    *, actor: Actor, reference: str, label: str, uploads: Iterable[Upload] = (), pending: Sequence[Any] = ()
) -> list[StoredFile]:
    """Adds several files to an item, all or none."""
    item = item_to_fill(actor, reference, label)
    taken = take_uploads(actor, item.incident, pending)
    given = [*uploads, *(row.upload for row in taken)]
    if not given:
        raise Invalid({"file": [_("Choose at least one file.")]})
    files = keep_files(actor=actor, item=item, uploads=given)
    for row in taken:
        row.done()
    return files


def item_to_fill(actor: Actor, reference: str, label: str) -> EvidenceItem:
    """An item that may get another file."""
    _case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    must_stand(item)
    if item.status == Status.FROZEN:
        raise ItemFrozen
    if item.sealed:
        raise ItemSealed
    return item


def keep_files(*, actor: Actor, item: EvidenceItem, uploads: Sequence[Upload]) -> list[StoredFile]:
    """Several files of one item, in their order; what is wrong with one is said with its name."""
    return [keep_named(actor=actor, item=item, upload=upload, named=len(uploads) > 1) for upload in uploads]


def keep_named(*, actor: Actor, item: EvidenceItem, upload: Upload, named: bool) -> StoredFile:
    """One of several files: a refusal says which."""
    if not named:
        return keep_file(actor=actor, item=item, upload=upload)
    name = clean_name(upload.name)
    try:
        return keep_file(actor=actor, item=item, upload=upload)
    except FileAlreadyHeld as refusal:
        raise Invalid({"file": [format_lazy("“{name}”: {why}", name=name, why=refusal.message)]}) from refusal
    except Invalid as refusal:
        if "file" in refusal.fields:
            refusal.fields["file"] = [
                format_lazy("“{name}”: {why}", name=name, why=text) for text in refusal.fields["file"]
            ]
            refusal.details["file"] = [str(text) for text in refusal.fields["file"]]
        raise


def check_claim(name: str, media_type: str, kind: str) -> None:
    """A file is what its name says, unless it is malware: deceit is what such a sample is evidence of."""
    if kind != MALWARE and contradicts(name, media_type):
        raise Invalid(
            {
                "file": [
                    _(
                        "The name ends in “%(ending)s”, but the content is %(type)s. Correct the name, or choose the kind"
                        " “Malware sample” if that is what it is."
                    )
                    % {"ending": ending_of(name), "type": media_type}
                ]
            }
        )


def is_message(file: StoredFile) -> bool:
    """Whether a file is an e-mail message, by its content."""
    if file.media_type == "message/rfc822":
        return True
    if not file.media_type.startswith("text/"):
        return False
    try:
        with storage.store().open(file.path) as handle:
            return mail.looks_like_message(handle.read(HEAD))
    except OSError:
        return False


def keep_file(
    *, actor: Actor, item: EvidenceItem, upload: Upload, strict: bool = True, follow: bool = True
) -> StoredFile:
    """Streams an upload into the store and records it: bytes first, row after.

    Not `strict`: a name that lies is kept as it is, for parts of something that cannot be corrected. `follow`: a message
    is taken apart by a worker afterwards.
    """
    name = clean_name(upload.name)
    seen = Head(upload.chunks)
    with storage.receive(seen) as received:
        if strict:
            check_claim(name, received.media_type, item.kind)
        if StoredFile.objects.filter(item=item, sha256=received.sha256).exists():
            raise FileAlreadyHeld
        path = received.keep(actor.organisation.pk)
        file = StoredFile.objects.create(
            incident_id=item.incident_id, item=item, organisation=actor.organisation, sha256=received.sha256,
            size=received.size, name=name, name_given=written_out(upload.name), media_type=received.media_type[:120],
            path=path, stored_by=actor.user, dangerous=item.kind == MALWARE or is_eicar(seen.start),
        )  # fmt: skip
    link = add_custody(actor=actor, item=item, act=CustodyEntry.Act.STORED, file=file, seen=file.sha256)
    record(
        actor=actor, verb="evidence.file_stored", subject=file, root_id=item.incident_id,
        payload={
            "item": item.label, "sha256": file.sha256, "size": str(file.size), "custody": link.hash,
            **({"dangerous": True} if file.dangerous else {}),
        },
    )  # fmt: skip
    if authority():
        from ..tasks import stamp  # the task calls back into the services

        stamp.delay_on_commit(file.pk, item.incident.holder_id)  # type: ignore[attr-defined]
    if settings.CLAMD_ADDRESS:
        jobs.ask(actor=actor, item=item, kind=IntakeJob.Kind.SCAN, file=file)
    if follow and is_message(file):
        jobs.ask(actor=actor, item=item, kind=IntakeJob.Kind.MAIL, file=file)
    return file
