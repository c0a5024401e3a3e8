"""How what was made leaves: as a file to keep, never as something our own pages would show."""

import hashlib
from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseBase

from core.files import file_answer, zip_answer
from organisations.actors import Actor

from . import services


def record_pdf(actor: Actor, reference: str, label: str, number: int) -> HttpResponse:
    """A custody record as it was issued."""
    row, data = services.read_record(actor=actor, reference=reference, label=label, number=number)
    digest = row.job.result.sha256 if row.job.result else ""
    name = f"{reference}-{label}-custody-{row.number}-{row.language}.pdf"
    return file_answer(data, name=name, media_type="application/pdf", sha256=digest)


def record_json(actor: Actor, reference: str, label: str, number: int) -> HttpResponse:
    """The same as data."""
    row, data = services.read_record_data(actor=actor, reference=reference, label=label, number=number)
    name = f"{reference}-{label}-custody-{row.number}.json"
    return file_answer(data, name=name, media_type="application/json", sha256=row.sha256)


def package_zip(actor: Actor, reference: str, number: int, range_header: str) -> HttpResponseBase:
    """A package, whole or the range asked for: a large one can be taken up again on a bad line."""
    package, handle = services.open_package(actor=actor, reference=reference, number=number)
    return zip_answer(
        handle, name=f"{reference}-package-{package.number}.zip", size=package.size, sha256=package.sha256,
        range_header=range_header,
    )  # fmt: skip


def evidence_csv(actor: Actor, reference: str, asked: Mapping[str, str]) -> HttpResponse:
    """The list of a case's evidence; `asked` are the filters of the address."""
    data = services.list_as_csv(
        actor=actor, reference=reference, status=asked.get("status", ""), mark=asked.get("mark", "")
    )
    return file_answer(
        data,
        name=f"{reference}-evidence.csv",
        media_type="text/csv; charset=utf-8",
        sha256=hashlib.sha256(data).hexdigest(),
    )
