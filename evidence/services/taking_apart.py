"""An e-mail taken apart into derived items: its headers and text as one, each attachment and each message inside as another.

The original is never touched. Every part has a hash and a custody of its own and hangs on the message by lineage.
"""

from typing import Any

import magic
from django.db import transaction
from django.utils.translation import gettext as _

from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from .. import mail, storage
from ..access import file_of, own_item_for
from ..errors import AlreadyTakenApart, FileAlreadyHeld, NoMessage
from ..media import contradicts
from ..models import EvidenceItem, IntakeJob, Lineage, StoredFile
from ..names import clean_name, ending_of
from ..snapshots import facts_of
from ..uploads import Upload
from . import jobs
from .danger import set_dangerous
from .intake import is_message, keep_file, new_item
from .links import link_lineage

DEEPEST_LINEAGE = 5
LONGEST_TITLE = 200


@transaction.atomic
def ask_take_apart(*, actor: Actor, reference: str, label: str, sha256: str) -> IntakeJob:
    """Asks for a message to be taken apart, once; on arrival this happens by itself."""
    _case, item = own_item_for(actor, reference, label, Action.ADD_EVIDENCE)
    file = file_of(item, sha256)
    if not is_message(file):
        raise NoMessage
    if IntakeJob.objects.filter(file=file, kind=IntakeJob.Kind.MAIL, state=IntakeJob.State.DONE).exists():
        raise AlreadyTakenApart
    return jobs.ask(actor=actor, item=item, kind=IntakeJob.Kind.MAIL, file=file)


def may_be_message(file: StoredFile) -> bool:
    """Whether it is worth asking: told by its name or type alone, without opening it."""
    return file.media_type == "message/rfc822" or ending_of(file.name) == "eml"


def depth_of(item: EvidenceItem) -> int:
    """How many items this one was derived through."""
    depth, current = 0, {item.pk}
    while depth <= DEEPEST_LINEAGE:
        current = set(
            Lineage.objects.filter(item_id__in=current, kind=Lineage.Kind.DERIVED_FROM).values_list(
                "other_id", flat=True
            )
        )
        if not current:
            return depth
        depth += 1
    return depth


def bytes_of(file: StoredFile) -> bytes:
    """The message as it was received, or WorkFailed."""
    if file.size > mail.LARGEST:
        raise jobs.WorkFailed("mail_too_large")
    handle, seen = storage.open_hashed(file.path)
    if handle is None:
        raise jobs.WorkFailed("original_unavailable")
    with handle:
        if seen != file.sha256:
            raise jobs.WorkFailed("original_changed")
        return handle.read()


def do_take_apart(actor: Actor, job: IntakeJob) -> None:
    """All parts or none, in one transaction."""
    if job.file is None:
        raise jobs.WorkFailed("original_unavailable")
    try:
        parts = mail.take_apart(bytes_of(job.file))
    except mail.Hostile as refusal:
        raise jobs.WorkFailed(refusal.code) from refusal
    with acting(actor):
        if not jobs.still_ours(job):
            return
        source = EvidenceItem.objects.select_related("origin", "incident").get(pk=job.item.pk)
        made, left_out = keep_parts(actor, source, job.file, parts)
        record(
            actor=actor, verb="evidence.taken_apart", subject=source, root_id=source.incident_id,
            payload={"item": source.label, "sha256": job.file.sha256, "derived": [item.label for item in made]},
        )  # fmt: skip
        jobs.finish(job=job, outcome={"items": [item.label for item in made], "left_out": left_out})


def keep_parts(
    actor: Actor, source: EvidenceItem, original: StoredFile, parts: list[mail.Part]
) -> tuple[list[EvidenceItem], list[list[str]]]:
    """The derived items, and what was left out with the reason."""
    follow = depth_of(source) < DEEPEST_LINEAGE
    made: list[EvidenceItem] = []
    left_out: list[list[str]] = []
    text = derived(actor, source, _("Headers and text of %(label)s") % {"label": source.label}, "")
    made.append(text)
    for part in parts:
        name = clean_name(part.name)
        if not part.data:
            left_out.append([part.place, name, "empty"])
            continue
        if part.role in {"headers", "text"}:
            item = text
        else:
            said = (
                _("Message inside %(label)s: %(name)s")
                if part.role == "message"
                else _("Attachment of %(label)s: %(name)s")
            ) % {"label": source.label, "name": name}
            item = derived(actor, source, said, about(part, name))
        try:
            file = keep_file(
                actor=actor, item=item, upload=Upload(part.name, [part.data]), strict=False,
                follow=follow and part.role in {"attachment", "message"},
            )  # fmt: skip
        except FileAlreadyHeld:  # the same text twice
            left_out.append([part.place, name, "repeated"])
            continue
        if original.dangerous and part.role in {"attachment", "message"}:
            set_dangerous(actor=actor, item=item, file=file, by="origin")
        if item is not text:
            made.append(item)
    return made, left_out


def about(part: mail.Part, name: str) -> str:
    """What a reader should know of a part: where it was, what it claims to be and is not."""
    lines = [
        _("Part %(place)s of the message; it claims to be %(type)s.")
        % {"place": part.place, "type": part.claimed[:100]}
    ]
    found = magic.from_buffer(part.data[: 1024 * 1024], mime=True)
    if contradicts(name, found):
        lines.append(
            _("The name ends in “%(ending)s”, but the content is %(type)s.")
            % {"ending": ending_of(name), "type": found}
        )
    return "\n".join(lines)


def derived(actor: Actor, source: EvidenceItem, title: str, description: str) -> EvidenceItem:
    """An item that comes from another: same source, same origin, same mark, linked."""
    facts: dict[str, Any] = {
        **facts_of(source),
        "title": title[:LONGEST_TITLE],
        "kind": "other",
        "evidence_class": source.evidence_class,
        "description": description,
        "collection_method": _("Taken out of %(label)s by the platform. The original is untouched.") % {"label": source.label},
        "statement": None,
        "statement_type": "",
        "details": {},
    }  # fmt: skip
    item = new_item(actor=actor, incident=source.incident, facts=facts)
    link_lineage(
        actor=actor, reference=source.incident.reference, label=item.label, other=source.label,
        kind=Lineage.Kind.DERIVED_FROM,
    )  # fmt: skip
    return item
