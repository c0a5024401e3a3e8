"""Takes a package in: first everything is checked, then the originals are stored, then all of it becomes evidence at once, or nothing."""

import json
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pyzipper
from django.conf import settings
from django.utils import translation

from core import clock
from core.errors import Invalid, NotFound
from core.marks import PAP_ORDER, strictest, strictest_pap
from documents.failures import NotMade
from documents.models import Job
from documents.rendering import Tick
from evidence import facts as rules
from evidence import standard, storage
from evidence.access import must_be_open
from evidence.errors import StoreFull
from evidence.models import EvidenceItem, ReceivedCustody
from evidence.services.receiving import FACTUAL, Arrived, Before, link_received, receive_item
from incidents.access import CaseAccess, case_for
from instruments.models import Instrument
from instruments.selectors import in_force
from ledger.notes import BadNote, Verifier
from ledger.services import record as write_down
from organisations.actors import Actor, acting
from organisations.roles import Action

from ..bag.reading import Bag, BagRefused
from ..models import ReceivedPackage, TrustedKey
from . import layout
from .building import BEAT
from .checking import Checked, check

STATEMENT_FIELDS = {"said_by": "stated_by", "wording": "wording", "said_at": "statement_date"}


class Pulse:
    """A sign of life every two seconds, from inside loops that do not know how far they are."""

    def __init__(self, tick: Tick) -> None:
        self.tick, self.last, self.progress = tick, time.monotonic(), 10

    def __call__(self) -> None:
        if time.monotonic() - self.last >= BEAT:
            self.last = time.monotonic()
            self.tick(self.progress, "checking")


def row_of(actor: Actor, job: Job) -> tuple[CaseAccess, ReceivedPackage]:
    """The package this job takes in, if the person who gave it in may still add evidence."""
    row = ReceivedPackage.objects.select_related("incident", "organisation").filter(job=job).first()
    if row is None:
        raise NotFound(job.key)
    case = case_for(actor, row.incident.reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    return case, row


def trusted_by(row: ReceivedPackage) -> list[Verifier]:
    """Keys an administrator of the receiving organisation vouches for now."""
    found = []
    for vkey in TrustedKey.objects.filter(organisation=row.organisation, ended_at=None).values_list("vkey", flat=True):
        try:
            found.append(Verifier.from_vkey(vkey))
        except BadNote:
            continue
    return found


def opened(row: ReceivedPackage, pulse: Pulse) -> IO[bytes]:
    """The zip as it was given in, hashed again, back at its start."""
    try:
        handle = storage.store().open(row.path)
    except OSError as problem:
        raise NotMade("package_stored_unavailable") from problem
    digest = sha256()
    for piece in storage.pieces(handle):
        digest.update(piece)
        pulse()
    if digest.hexdigest() != row.sha256:
        handle.close()
        raise NotMade("package_stored_differs")
    handle.seek(0)
    return handle


def facts_of(item: Mapping[str, Any], content: standard.Content) -> dict[str, Any]:
    """What a package says of an item, as facts of ours. What our standard has no field for stays in what was said."""
    fields = standard.detail_fields(content)
    details = item.get("details")
    known = {code: value for code, value in details.items() if code in fields} if isinstance(details, dict) else {}
    said = item.get("statement")
    if isinstance(said, dict):
        for theirs, ours in STATEMENT_FIELDS.items():
            if ours in fields and said.get(theirs):
                known.setdefault(ours, str(said[theirs]))
    names = [name for name in rules.FACTS if name not in {"statement", "details", "statement_type"}]
    types = {code for code, _name in standard.statement_types(content)}
    kind = item.get("statement_type")
    return {
        **{name: item.get(name) for name in names},
        "statement": None,
        "statement_type": kind if kind in types else "",
        "details": known,
    }


def columns_of(found: Checked) -> dict[str, dict[str, Any]]:
    """Columns for each item that has its content; raises BagRefused naming the item and the fact."""
    content = in_force(Instrument.Kind.EVIDENCE_STANDARD).content
    marks = {item["label"]: item["mark"] for item in found.items}
    paps = {item["label"]: item.get("pap") for item in found.items}
    ready = {}
    for item in found.items:
        if item["holding"] != layout.HELD:
            continue
        try:
            columns = rules.check(facts_of(item, content), content, whole=True)
        except Invalid as refused:
            name, sentences = next(iter(refused.fields.items()))
            raise BagRefused("package_content", f"{item['label']}: {name}: {sentences[0]}") from refused
        # A derivative is at least as strict as what it comes from (R2.8).
        columns["mark"] = strictest(
            columns["mark"], *(marks[label] for label in ancestors(found, item["label"]) if label in marks)
        )
        columns["pap"] = strictest_pap(
            columns["pap"],
            *(str(paps[label]) for label in ancestors(found, item["label"]) if paps.get(label) in PAP_ORDER),
        )
        ready[item["label"]] = columns
    return ready


def ancestors(found: Checked, label: str) -> set[str]:
    """Everything an item is derived from inside the package; there is no circle, that was checked."""
    links = {item["label"]: item.get("lineage", []) for item in found.items}
    above: set[str] = set()
    waiting = [label]
    while waiting:
        for link in links.get(waiting.pop(), []):
            if link["kind"] == "derived_from" and link["other"] not in above:
                above.add(link["other"])
                waiting.append(link["other"])
    return above


def unlocked(bag: Bag, file: Mapping[str, Any], folder: Path, pulse: Pulse) -> Callable[[], Any]:
    """The bytes inside an encrypted zip: one file, named by its hash, no larger than was said."""
    place = folder / "locked.zip"
    with place.open("wb") as out:
        for piece in bag.chunks(str(file["path"])):
            out.write(piece)
            pulse()

    def pieces() -> Any:
        try:
            with pyzipper.AESZipFile(place) as locked:
                locked.setpassword(layout.PASSWORD)
                if locked.namelist() != [file["sha256"]] or locked.getinfo(file["sha256"]).file_size != file["size"]:
                    raise BagRefused("package_changed_file", str(file["path"]))
                with locked.open(file["sha256"]) as source:
                    left = int(file["size"])
                    while piece := source.read(storage.CHUNK):
                        left -= len(piece)
                        if left < 0:
                            raise BagRefused("package_too_large", str(file["path"]))
                        pulse()
                        yield piece
        except (pyzipper.BadZipFile, RuntimeError, EOFError, NotImplementedError, ValueError, OSError) as problem:
            raise BagRefused("package_changed_file", str(file["path"])) from problem

    return pieces


def keep(bag: Bag, file: Mapping[str, Any], organisation_id: int, pulse: Pulse) -> Arrived:
    """Copies an original into the store under its final name. No row names it yet."""
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="package-", dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = str(file["path"])

        def plain() -> Any:
            for piece in bag.chunks(path):
                pulse()
                yield piece

        source = unlocked(bag, file, Path(folder), pulse) if file.get("locked") else plain
        with storage.receive(source()) as received:
            if received.sha256 != file["sha256"] or received.size != file["size"]:
                raise BagRefused("package_changed_file", path)
            place = received.keep(organisation_id)
            name = str(file.get("name") or file["sha256"])
            return Arrived(
                place, received.sha256, received.size, received.media_type, name[:600], bool(file.get("locked"))
            )


def take_in(actor: Actor, job: Job, tick: Tick) -> Callable[[], None]:
    """The work of a worker: believes nothing, checks everything, and answers with what becomes true when the job ends."""
    pulse = Pulse(tick)
    with acting(actor):
        _case, row = row_of(actor, job)
        trusted = trusted_by(row)
    try:
        with opened(row, pulse) as handle, translation.override("en"):
            bag = Bag(handle, size=row.size, most_bytes=settings.PACKAGE_MAX_BYTES)
            found = check(bag, trusted, pulse)
            with acting(actor):
                columns = columns_of(found)
                known = already_here(row, found)
            pulse.progress = 60
            files: dict[str, list[Arrived]] = {}
            if not known_as(row, found, actor):
                for item in found.items:
                    if item["label"] in columns and item["label"] not in known:
                        files[item["label"]] = [keep(bag, file, row.organisation_id, pulse) for file in item["files"]]
    except BagRefused as refused:
        raise NotMade(refused.code, refused.detail) from refused
    except StoreFull as full:
        raise NotMade("disk_full") from full
    except Invalid as too_much:
        raise NotMade("package_too_large", str(next(iter(too_much.details.values()), [""])[0])) from too_much
    return lambda: all_at_once(actor, job, found, columns, files)


def known_as(row: ReceivedPackage, found: Checked, actor: Actor) -> bool:
    """Whether this very package was taken into this case before."""
    with acting(actor):
        return ReceivedPackage.objects.filter(incident=row.incident, identifier=found.identifier).exists()


def already_here(row: ReceivedPackage, found: Checked) -> dict[str, EvidenceItem]:
    """Items of the package that stand in the case already, by their number there: from an earlier package of the same platform."""
    hashes = {first: label for label, first in found.first_hash.items()}
    rows = ReceivedCustody.objects.filter(incident=row.incident, first_hash__in=list(hashes)).select_related("item")
    return {hashes[received.first_hash]: received.item for received in rows}


def all_at_once(
    actor: Actor, job: Job, found: Checked, columns: dict[str, dict[str, Any]], files: dict[str, list[Arrived]]
) -> None:
    """Everything becomes evidence in one transaction. A package or an item that is here already is recognised, not taken twice."""
    case, row = row_of(actor, job)
    storage.hold_collection(row.organisation_id)
    before = ReceivedPackage.objects.filter(incident=case.incident, identifier=found.identifier).first()
    if before is not None:
        ReceivedPackage.objects.filter(pk=row.pk).update(outcome={"known_as": before.number})
        write_down(
            actor=actor, verb="package.recognised", subject=row, root_id=row.incident_id,
            payload={"package": row.number, "identifier": found.identifier, "known_as": before.number},
        )  # fmt: skip
        return
    known = already_here(row, found)
    signed_by = ", ".join(found.signed_by)
    made = dict(known)
    for item in found.items:
        label = item["label"]
        if label not in columns or label in known:
            continue
        still_there(files[label])
        links = json.loads(found.custody[label])["links"]
        told = Before(
            sender=found.sender, signed_by=signed_by, package=found.identifier, label=label, content=found.custody[label],
            said=item, links=len(links), first_hash=links[0]["hash"], last_hash=links[-1]["hash"],
        )  # fmt: skip
        made[label] = receive_item(actor=actor, case=case, columns=columns[label], files=files[label], before=told)
    tie(actor, found, made, known)
    outcome = {
        "items": [{"label": label, "here": made[label].label} for label in columns if label not in known],
        "known": [{"label": label, "here": item.label} for label, item in known.items()],
        "without_content": [
            {"label": item["label"], "why": item["holding"]} for item in found.items if item["holding"] != layout.HELD
        ],
    }
    ReceivedPackage.objects.filter(pk=row.pk).update(
        identifier=found.identifier, sender=found.sender, signed_by=signed_by[:300], mark=found.mark, outcome=outcome,
        taken_in_at=clock.now(),
    )  # fmt: skip
    write_down(
        actor=actor, verb="package.received", subject=row, root_id=row.incident_id,
        payload={
            "package": row.number, "identifier": found.identifier, "sha256": row.sha256, "signed_by": signed_by,
            "items": [entry["here"] for entry in outcome["items"]],
        },
    )  # fmt: skip


def still_there(files: list[Arrived]) -> None:
    """Bytes no row names may have been collected since they were stored; from here on they cannot be."""
    for file in files:
        try:
            storage.store().open(file.path).close()
        except OSError as problem:
            raise NotMade("package_moved", file.name[:100]) from problem


def tie(actor: Actor, found: Checked, made: Mapping[str, EvidenceItem], known: Mapping[str, EvidenceItem]) -> None:
    """How the items hang together, as far as it is a matter of fact; what corroborates what is for people here to judge."""
    for item in found.items:
        for link in item.get("lineage", []):
            ends = item["label"], link["other"]
            if (
                link["kind"] in FACTUAL
                and all(label in made for label in ends)
                and item["label"] not in known
                and ends[0] != ends[1]
            ):
                note = str(link.get("note") or "")[:2000]
                link_received(actor=actor, item=made[ends[0]], other=made[ends[1]], kind=link["kind"], note=note)
