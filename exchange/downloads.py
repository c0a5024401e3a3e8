"""How what was made leaves: as a file to keep, never as something our own pages would show."""

from django.http import HttpResponse

from organisations.actors import Actor

from . import services


def file_answer(data: bytes, *, name: str, media_type: str, sha256: str) -> HttpResponse:
    """The bytes with headers that keep them from running in our origin. `name` is ours: plain ASCII."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = f'"{sha256}"'
    return response


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
