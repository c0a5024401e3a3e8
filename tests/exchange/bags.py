"""Packages for tests: made by the platform, unpacked, changed, and packed again."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.tenancy import acting_as
from exchange import selectors, services
from exchange.models import Package
from incidents.access import case_for
from incidents.models import Incident
from organisations.actors import Actor

Work = Callable[[Callable[[], Any]], Any]


def asked(actor: Actor, incident: Incident, mark: str = "TLP:AMBER", **more: Any) -> Package:
    """A package asked for by this person; its job waits."""
    given = {"recipient": "Court of Arbitration", "purpose": "Case 2026/17"} | more
    with acting_as(actor.principal):
        return services.request_package(actor=actor, reference=incident.reference, mark=mark, **given)


def seen(actor: Actor, incident: Incident, number: int = 1) -> Package:
    """The package as it is now."""
    with acting_as(actor.principal):
        return selectors.package_of(case_for(actor, incident.reference), number)


def made(work: Work, actor: Actor, incident: Incident, **more: Any) -> bytes:
    """The zip, made as a worker would and taken by the person who asked."""
    number = work(lambda: asked(actor, incident, **more)).number
    package = seen(actor, incident, number)
    assert package.job.state == "done", (package.job.error_code, package.job.error_detail)
    with acting_as(actor.principal):
        _package, handle = services.open_package(actor=actor, reference=incident.reference, number=number)
    with handle:
        return handle.read()


def inside(data: bytes) -> dict[str, bytes]:
    """Every file of the bag by its path."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}


def unpacked(data: bytes, folder: Path) -> Path:
    """The bag on disk, as a person would have it."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        opened.extractall(folder)
    (bag,) = folder.iterdir()
    return bag


def packed(files: dict[str, bytes], *, name: str = "bag", packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made_zip:
        for path, data in files.items():
            made_zip.writestr(f"{name}/{path}", data)
    return out.getvalue()


def manifests(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files with manifests that fit them: whoever changes a package can do that too."""

    def lines(paths: list[str], found: dict[str, bytes]) -> bytes:
        return "".join(f"{hashlib.sha256(found[path]).hexdigest()}  {path}\n" for path in sorted(paths)).encode()

    found = dict(files)
    payload = [path for path in found if path.startswith("data/")]
    found["manifest-sha256.txt"] = lines(payload, found)
    octets = sum(len(found[path]) for path in payload)
    kept = [line for line in found["bag-info.txt"].decode().splitlines() if not line.startswith("Payload-Oxum")]
    found["bag-info.txt"] = "\n".join([*kept, f"Payload-Oxum: {octets}.{len(payload)}", ""]).encode()
    tags = [
        path
        for path in found
        if not path.startswith("data/") and path not in {"tagmanifest-sha256.txt", "signature.txt"}
    ]
    found["tagmanifest-sha256.txt"] = lines(tags, found)
    return found
