"""Makes a package: originals streamed from the store, hashed again on the way, and everything said of them, in one bag."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyzipper
from django.conf import settings

from core import clock
from core.errors import Invalid, NotFound
from core.marks import ORDER, Mark
from core.naming import lifted
from documents.failures import NotMade
from documents.models import Job
from documents.rendering import Tick
from evidence import storage
from evidence.errors import StoreFull
from evidence.holding import Held
from evidence.models import CustodyEntry, EvidenceItem, StoredFile
from evidence.services import record_check
from evidence.services.handling import add_custody
from incidents.access import CaseAccess, case_for
from incidents.errors import NamesHidden
from incidents.hiding import write_looks
from incidents.models import Incident
from ledger.keys import signer
from ledger.services import record as write_down
from ledger.timestamps import trusted_certificates
from organisations.actors import Actor, acting
from organisations.roles import Action

from ..access import names_may_stand_in
from ..bag.writing import BagWriter
from ..models import Package
from . import layout
from .graph import case_graph
from .material import Material, Original, gather, holding_of, items_data
from .proofs import Proofs
from .readme import readme

SHELF = "packages"
BEAT = 2.0


class Beating:
    """Says every two seconds that the work is alive, and how many of its bytes are done."""

    def __init__(self, tick: Tick, stage: str, total: int, *, start: int = 10, end: int = 90) -> None:
        self.tick, self.stage, self.total, self.start, self.end = tick, stage, max(total, 1), start, end
        self.done, self.last = 0, time.monotonic()

    def moved(self, count: int) -> None:
        """Some bytes further."""
        self.done += count
        if time.monotonic() - self.last >= BEAT:
            self.last = time.monotonic()
            share = min(self.done / self.total, 1.0)
            self.tick(self.start + int(share * (self.end - self.start)), self.stage)


class Differs(Exception):
    """A file is not the one that was received; `seen` is None when it could not be read."""

    def __init__(self, original: Original, seen: str | None) -> None:
        self.original, self.seen = original, seen
        super().__init__(original.path)


def original_bytes(original: Original, beating: Beating) -> Iterator[bytes]:
    """The file as it is stored, a chunk at a time; raises Differs at its end when it is another one."""
    digest = sha256()
    try:
        with storage.store().open(original.file.path) as handle:
            for chunk in storage.pieces(handle):
                digest.update(chunk)
                beating.moved(len(chunk))
                yield chunk
    except OSError as problem:
        raise Differs(original, None) from problem
    if digest.hexdigest() != original.file.sha256:
        raise Differs(original, digest.hexdigest())


def locked_away(original: Original, beating: Beating) -> Iterator[bytes]:
    """The file inside an AES-encrypted zip: malware never leaves as it is."""
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="package-", dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        place = Path(folder) / "locked.zip"
        with pyzipper.AESZipFile(place, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as locked:
            locked.setpassword(layout.PASSWORD)
            with locked.open(original.file.sha256, "w", force_zip64=True) as out:
                for chunk in original_bytes(original, beating):
                    out.write(chunk)
        with place.open("rb") as handle:
            yield from storage.pieces(handle)


def as_json(value: Any) -> list[bytes]:
    """Readable JSON in UTF-8."""
    return [json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False).encode()]


HOLDS = {
    layout.ITEMS: "every item: what is said of it, its grades, its lineage, and where its files are",
    "data/files/": "the original files, unchanged, named by their SHA-256",
    "data/custody/": "each item's chain of custody, with every field its hashes cover",
    layout.ENTRIES: "what the platform's ledger recorded about these items, with the hash of each entry",
    layout.GRAPH: "the same as a CASE/UCO graph (JSON-LD, https://caseontology.org) for forensic tools",
}


def what_is_in_it(proofs: Proofs) -> tuple[dict[str, str], dict[str, str]]:
    """For the README: each part and what it is; each part that is not there and why."""
    proven = {
        "data/proofs/": "for each entry, that it stands in the platform's public log",
        layout.CHECKPOINT: "the signed state of that log the proofs lead to",
        layout.KEYS: "the public keys that signed it",
    }
    lacks = {"data/proofs/": proofs.why_not} if proofs.why_not else {}
    return (HOLDS | proven if proofs.files else HOLDS), lacks


def written(writer: BagWriter, said: dict[str, Any], material: Material, beating: Beating) -> Iterator[bytes]:
    """The zip, a piece at a time."""
    identifier = said["identifier"]
    for original in material.originals:
        source = locked_away(original, beating) if original.locked else original_bytes(original, beating)
        yield from writer.add(original.path, source)
    texts: dict[str, Any] = {
        layout.ITEMS: said,
        layout.ENTRIES: material.entries,
        layout.GRAPH: case_graph(said, material.custody),
        **{layout.custody_path(label): custody for label, custody in material.custody.items()},
    }
    for path, token in material.stamps.items():
        yield from writer.add(path, [token])
    if material.stamps and (authorities := trusted_certificates()):
        yield from writer.add(layout.AUTHORITIES, [authorities], packed=True)
    for path, value in texts.items():
        yield from writer.add(path, as_json(value), packed=True)
    for path, data in material.proofs.files.items():
        yield from writer.add(path, [data], packed=True)
    key = signer("packages")
    holds, lacks = what_is_in_it(material.proofs)
    info = [
        ("Source-Organization", said["holder"]),
        ("External-Identifier", identifier),
        ("External-Description", f"Evidence of case {said['case']} ({said['mark']})"),
        ("Internal-Sender-Identifier", said["case"]),
        ("Bagging-Date", said["as_of"][:10]),
        ("Bag-Software-Agent", f"Norms Platform {said['issued_by']}"),
    ]
    if material.stamps:
        holds = holds | {
            "data/timestamps/": "RFC 3161 time stamps over files (named by their SHA-256), as the authority gave them"
        }
    tags = {layout.README: readme(said, holds=holds, lacks=lacks, vkey=key.vkey)}

    def signature(tag_manifest: bytes) -> dict[str, bytes]:
        text = layout.signed_text(identifier, sha256(tag_manifest).hexdigest())
        return {layout.SIGNATURE: key.sign(text).encode()}

    yield from writer.finish(info, tags, signature)


@dataclass(frozen=True, slots=True)
class Made:
    """The finished zip, as it lies in the store."""

    path: str
    sha256: str
    size: int


def build(said: dict[str, Any], material: Material, holder_id: int, tick: Tick) -> Made:
    """Writes the zip into the store; raises Differs when an original is not what it was, NotMade when there is no room."""
    total = sum(original.file.size for original in material.originals)
    beating = Beating(tick, "copying", total)
    writer = BagWriter(f"{said['case']}-{said['identifier'].rpartition(':')[2][:8]}", clock.now())
    try:
        with storage.receive(written(writer, said, material, beating), limit=settings.PACKAGE_MAX_BYTES) as received:
            tick(95, "storing")
            return Made(received.keep(holder_id, SHELF), received.sha256, received.size)
    except StoreFull as full:
        raise NotMade("disk_full") from full
    except Invalid as too_much:
        raise NotMade("package_larger") from too_much


def package_of(actor: Actor, job: Job) -> tuple[CaseAccess, Package]:
    """The row this job makes, if the person who asked may still have it."""
    package = Package.objects.select_related("incident__holder", "organisation").filter(job=job).first()
    if package is None:
        raise NotFound(job.key)
    case = case_for(actor, package.incident.reference, Action.EXPORT_EVIDENCE)
    if not names_may_stand_in(package, case.incident, actor):
        raise NamesHidden  # also when they were hidden while it waited, or when somebody else tries it again
    return case, package


def keep_below_mark(package: Package, material: Material) -> None:
    """The last look: a mark may have been raised since it was asked for."""
    for item in material.rows:
        if ORDER[Mark(item.mark)] > ORDER[Mark(package.ceiling)]:
            raise NotMade("above_mark", f"{item.label} ({item.mark})")
    if ORDER[Mark(material.mark)] > ORDER[Mark(package.ceiling)]:
        raise NotMade("above_mark", f"{package.incident.reference} ({material.mark})")


def make_package(actor: Actor, job: Job, tick: Tick) -> Callable[[], None]:
    """The work of a worker: reads, writes the bag, and answers with what becomes true when the job ends."""
    with acting(actor):
        case, package = package_of(actor, job)
        with lifted() as named:
            material = gather(case, package)
            keep_below_mark(package, material)
            said = items_data(case, package, material)
        named |= numbers_in(material)
    try:
        made = build(said, material, case.incident.holder_id, tick)
    except Differs as differs:
        file = differs.original.file
        with acting(actor):
            record_check(
                actor=actor,
                file=StoredFile.objects.select_related("item").get(pk=file.pk),
                there=Held(file.path, file.sha256),
                seen=differs.seen,
            )
        code = "package_original_unavailable" if differs.seen is None else "package_original_differs"
        raise NotMade(code, f"{differs.original.label} ({file.name})") from differs
    return lambda: hand_over(actor, package, material, made, named)


def numbers_in(material: Material) -> set[int]:
    """The people and organisations that stand in it by their numbers: under the hashes of the ledger and of custody."""
    rows = [*material.entries, *(link for chain in material.custody.values() for link in chain["links"])]
    return {int(row[name]) for row in rows for name in ("actor_id", "organisation_id")}


def hand_over(actor: Actor, package: Package, material: Material, made: Made, named: set[int]) -> None:
    """The package exists: its row, a link of custody on each item in it, and an entry of the ledger. From a blind case, a look
    at everybody `named` in it."""
    if not package.names_reason and Incident.objects.filter(pk=package.incident_id, blind=True).exists():
        raise NamesHidden  # while it was being made
    now = {
        item.pk: item
        for item in EvidenceItem.objects.select_for_update(of=("self",), no_key=True).filter(
            pk__in=[item.pk for item in material.rows]
        )
    }
    for before in material.rows:
        item = now[before.pk]
        if holding_of(item) != holding_of(before) or item.mark != before.mark:
            raise NotMade("package_moved", item.label)
    carried = [item for item in material.items if item["holding"] == layout.HELD]
    Package.objects.filter(pk=package.pk).update(
        mark=material.mark, sha256=made.sha256, size=made.size, path=made.path, made_at=clock.now(),
        holds={
            "items": len(material.items), "with_content": len(carried), "files": len(material.originals),
            "withheld": [{"label": item["label"], "why": item["holding"]} for item in material.withheld],
        },
    )  # fmt: skip
    note = f"Package {package.identifier}, SHA-256 {made.sha256}, for {package.recipient}: {package.purpose}"
    links = {
        item.label: add_custody(actor=actor, item=item, act=CustodyEntry.Act.EXPORTED, note=note).hash
        for item in material.rows
    }
    write_down(
        actor=actor, verb="package.made", subject=package, root_id=package.incident_id,
        payload={
            "package": package.number, "identifier": package.identifier, "mark": material.mark, "sha256": made.sha256,
            "size": str(made.size), "items": [item["label"] for item in material.items], "custody": links,
        },
    )  # fmt: skip
    if package.names_reason:
        handles = write_looks(actor=actor, incident=package.incident, subjects=named, reason=package.names_reason)
        write_down(
            actor=actor, verb="package.named", subject=package, root_id=package.incident_id,
            payload={"package": package.number, "handles": handles},
        )  # fmt: skip
