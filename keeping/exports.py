"""Everything an organisation holds, to take along: its own records, then its cases a hundred at a time, each part kept when made.

A worker whose power fails loses one part and no more: the next one begins after the last part that is there. It reads as the
person who asked: what they may not export is left out, and the part says so.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, NotFound
from evidence.models import CustodyEntry, EvidenceItem
from evidence.services.handling import add_custody
from incidents.access import case_for
from incidents.models import Incident
from ledger.hashing import moment
from ledger.services import record
from organisations.actors import Actor, acting
from organisations.roles import Action

from . import bags, contents, errors, tasks
from .models import ExportPart, HouseExport
from .work import Alive, hold

CASES = 100
README = """Everything {house} holds on Norms Platform at {platform}, part {number} of export {export}.

Made {made} for {person}: {reason}

A BagIt bag (RFC 8493): manifest-sha256.txt names the SHA-256 of every file, signature.txt signs the manifests.
data/<app>.<table>.jsonl holds one row a line as canonical JSON (RFC 8785). Times are UTC. A column named <thing>_id is the number
of a row of another table. Keys, digests and places in the store are left out; so are cases that are worked on without names.
{files}
"""


def exports_of(actor: Actor) -> list[HouseExport]:
    """The organisation's exports, newest first. Administrators only."""
    actor.require(Action.MANAGE_ORGANISATION)
    found = HouseExport.objects.filter(organisation=actor.organisation).select_related("asked_by")
    return list(found.prefetch_related("parts").order_by("-number")[:50])


def export_of(actor: Actor, number: int) -> HouseExport:
    """One of them; 404 otherwise."""
    found = next((export for export in exports_of(actor) if export.number == number), None)
    if found is None:
        raise NotFound(number)
    return found


@transaction.atomic
def request_export(*, actor: Actor, reason: str) -> HouseExport:
    """Asks for everything; one at a time. A worker makes it."""
    actor.require(Action.MANAGE_ORGANISATION)
    if not reason.strip():
        raise Invalid({"reason": [_("Say what it is for. It is recorded.")]})
    last = HouseExport.objects.filter(organisation=actor.organisation).order_by("-number").first()
    try:
        with transaction.atomic():
            export = HouseExport.objects.create(
                organisation=actor.organisation, number=last.number + 1 if last else 1, reason=reason.strip(), asked_by=actor.user
            )  # fmt: skip
    except IntegrityError as clash:
        raise errors.ExportRunning from clash
    record(actor=actor, verb="house.export_requested", subject=export, payload={"export": export.number})
    send(export, actor)
    return export


@transaction.atomic
def retry_export(*, actor: Actor, number: int) -> HouseExport:
    """What failed goes on where it stopped, as whoever asks now."""
    export = export_of(actor, number)
    again = HouseExport.objects.filter(pk=export.pk, state=HouseExport.State.FAILED).update(
        state=HouseExport.State.QUEUED, attempts=0, error_code="", finished_at=None, heartbeat_at=clock.now(), asked_by=actor.user
    )  # fmt: skip
    if not again:
        raise errors.NotFailed
    record(actor=actor, verb="house.export_requested", subject=export, payload={"export": number, "again": True})
    send(export, actor)
    return export_of(actor, number)


def send(export: HouseExport, actor: Actor) -> None:
    """To a worker, once this is committed."""
    tasks.make_house_export.delay_on_commit(export.pk, actor.user.pk, actor.organisation.pk)  # type: ignore[attr-defined]


# ── the worker's part ────────────────────────────────────────────────────────────────────────────────────────────────


def next_cases(actor: Actor, after: int) -> list[Incident]:
    """The next cases the organisation holds; those that are worked on without names wait until names are shown again."""
    found = Incident.objects.filter(holder=actor.organisation, pk__gt=after, blind=False).select_related("holder")
    return list(found.order_by("pk")[:CASES])


def exportable(actor: Actor, incidents: list[Incident]) -> list[EvidenceItem]:
    """Items of these cases whose files this person may export."""
    may = [one.pk for one in incidents if case_for(actor, one.reference).may(Action.EXPORT_EVIDENCE)]
    items = EvidenceItem.objects.filter(incident__in=may).select_related("incident").prefetch_related("files")
    return list(items.order_by("incident_id", "number"))


def make(actor: Actor, export: HouseExport, alive: Alive) -> None:
    """Part by part; the export is done when no case is left."""
    while True:
        with acting(actor):
            actor.require(Action.MANAGE_ORGANISATION)
            parts = list(ExportPart.objects.filter(export=export).order_by("number"))
            after = parts[-1].upto if parts else 0
            incidents = next_cases(actor, after) if parts else []
            items = exportable(actor, incidents)
        if parts and not incidents:
            break
        make_part(actor, export, alive, len(parts) + 1, incidents, items)
    with acting(actor):
        hold(export, state=HouseExport.State.DONE, finished_at=clock.now())
        parts = list(ExportPart.objects.filter(export=export).order_by("number"))
        record(
            actor=actor, verb="house.exported", subject=export,
            payload={
                "export": export.number, "cases": str(sum(part.cases for part in parts)),
                "rows": str(sum(part.rows for part in parts)), "parts": [part.sha256 for part in parts],
            },
        )  # fmt: skip


def spooled(actor: Actor, incidents: list[Incident], folder: Path, alive: Alive) -> tuple[list[str], int]:
    """Each table of the part as a file in `folder`, read as the person who asked; the tables and how many rows they have."""
    names, count = [], 0
    with acting(actor):
        tables = contents.tables_of_cases() if incidents else contents.tables_of_house()
    for name in tables:
        with acting(actor), (folder / name).open("wb") as out:
            for each in contents.rows_of(name, actor.organisation, incidents):
                out.write(each)
                count += 1
        names.append(name)
        alive.tick()
    return names, count


def make_part(
    actor: Actor, export: HouseExport, alive: Alive, number: int, incidents: list[Incident], items: list[EvidenceItem]
) -> None:
    """One zip in the store, its row, and a link of custody on every item whose content is in it: all of it or nothing."""
    originals = bags.originals_of(items, "data/files")
    left_out = incidents and not items
    with TemporaryDirectory(prefix="export-", dir=settings.FILE_UPLOAD_TEMP_DIR) as place:
        names, rows = spooled(actor, incidents, Path(place), alive)
        said = bags.Contents(
            name=f"{actor.organisation.slug}-export-{export.number}-{number}",
            info=[("Source-Organization", actor.organisation.name), ("Bagging-Date", f"{clock.today():%Y-%m-%d}")],
            readme=README.format(
                house=actor.organisation, platform=settings.BASE_URL, number=number, export=export.number,
                made=moment(clock.now()), person=actor.user.name, reason=export.reason,
                files="No files of evidence: there are none here that the person who asked may export." if left_out else "",
            ),
            texts=((f"data/{name}.jsonl", bags.pieces_of(Path(place) / name)) for name in names),
            originals=originals,
        )  # fmt: skip
        path, sha256, size = bags.write(said, actor.organisation.pk, alive.tick)
    with acting(actor):
        hold(export, heartbeat_at=clock.now())
        ExportPart.objects.create(
            export=export, organisation=actor.organisation, number=number, upto=incidents[-1].pk if incidents else 0,
            cases=len(incidents), rows=rows, files=len(originals), sha256=sha256, size=size, path=path,
        )  # fmt: skip
        carried = {original.file.item_id for original in originals}
        for item in items:
            if item.pk in carried:
                add_custody(
                    actor=actor, item=item, act=CustodyEntry.Act.EXPORTED,
                    note=f"Export {export.number} of everything {actor.organisation.name} holds, part {number}, SHA-256 {sha256}: {export.reason}",
                )  # fmt: skip


@transaction.atomic
def open_part(*, actor: Actor, number: int, part: int) -> tuple[ExportPart, IO[bytes]]:
    """A part as it was made, hashed again, with who took it in the ledger."""
    export = export_of(actor, number)
    found = next((row for row in export.parts.all() if row.number == part), None)
    if found is None:
        raise NotFound(part)
    handle = bags.reopened(found.path, found.sha256)
    try:
        record(
            actor=actor, verb="house.export_taken", subject=export,
            payload={"export": number, "part": part, "sha256": found.sha256},
        )  # fmt: skip
    except BaseException:
        handle.close()
        raise
    return found, handle
