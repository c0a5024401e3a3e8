"""Evidence for tests: built through the services, as people would."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from core.tenancy import acting_as
from evidence import services, storage
from evidence.models import EvidenceItem, StoredFile
from evidence.uploads import Upload
from incidents.models import Incident
from incidents.services import grant_access
from organisations.actors import Actor
from organisations.models import Organisation

LOG = b"2018-02-09T11:00:01Z host=dc01 event=4624 user=svc\n" * 40
FACTS = {
    "title": "Sign-in log of the domain controller",
    "kind": "log",
    "source": "Operator's log server",
    "collection_method": "Copied by the operator, hash read out by phone",
    "collected": {"at": "2018-02-10T08:00:00+00:00", "precision": "hour"},
    "collected_by": "R. Okello",
    "clock": {"zone": "Asia/Seoul", "offset_seconds": -4, "source": "NTP"},
    "origin": "Operator's log server",
    "details": {"logging_source": "Windows Security"},
}


def upload(data: bytes = LOG, name: str = "security.log") -> Upload:
    """A file on its way in."""
    return Upload(name, iter([data]))


def given(
    actor: Actor, incident: Incident, *, data: bytes | None = LOG, name: str = "security.log", **facts: Any
) -> EvidenceItem:
    """An item given in by this person."""
    with acting_as(actor.principal):
        return services.add_item(
            actor=actor, reference=incident.reference, facts={**FACTS, **facts},
            upload=upload(data, name) if data is not None else None,
        )  # fmt: skip


def the_file(actor: Actor, item: EvidenceItem) -> StoredFile:
    """The item's only file."""
    with acting_as(actor.principal):
        return StoredFile.objects.get(item=item)


def on_disk(file: StoredFile) -> Path:
    """Where its bytes are, when the store is a folder."""
    return Path(settings.FILES_ROOT) / file.path


def stored() -> list[str]:
    """Every name in the store."""
    return sorted(name for name, _written in storage.store().names(""))


def bytes_of(path: str) -> bytes:
    """What is stored there now, whatever the store."""
    with storage.store().open(path) as handle:
        return handle.read()


def overwrite(path: str, data: bytes) -> None:
    """Somebody with access to the disk or the bucket writes over a file."""
    storage.remove(path)
    storage.store().write(path, [data])


def tamper(file: StoredFile, data: bytes | None = None) -> None:
    """A stored file is changed behind our back: one bit, unless other bytes are given."""
    before = bytes_of(file.path)
    overwrite(file.path, bytes([before[0] ^ 1]) + before[1:] if data is None else data)


def shared(actor: Actor, incident: Incident, organisation: Organisation, grade: int) -> None:
    """The case shared with an organisation."""
    with acting_as(actor.principal):
        grant_access(actor=actor, reference=incident.reference, organisation=organisation, grade=grade, reason="Needed")


def graded(actor: Actor, item: EvidenceItem, reliability: str = "B", credibility: str = "2") -> None:
    """A grade by this person."""
    with acting_as(actor.principal):
        services.grade_item(
            actor=actor, reference=item.incident.reference, label=item.label, reliability=reliability,
            reliability_reason="Known for years", credibility=credibility, credibility_reason="Fits the packet capture",
        )  # fmt: skip


def chunks_of(size: int, chunk: int = 1024 * 1024) -> Iterable[bytes]:
    """That many bytes, made while they are read."""
    left = size
    while left > 0:
        yield b"\x5a" * min(chunk, left)
        left -= chunk
