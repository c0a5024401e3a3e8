"""How a document leaves: as a file to keep, never as something our own pages would show."""

from django.http import HttpResponse

from core.files import file_answer
from organisations.actors import Actor

from . import services
from .models import Review


def pdf_answer(review: Review, data: bytes) -> HttpResponse:
    """A review as it was issued."""
    name = f"{review.incident.reference}-review-{review.number}-{review.language}.pdf"
    digest = review.job.result.sha256 if review.job.result else ""
    return file_answer(data, name=name, media_type="application/pdf", sha256=digest)


def report_pdf(actor: Actor, reference: str, label: str, code: str) -> HttpResponse:
    """A verification report as it was issued."""
    report, data = services.read_report(actor=actor, reference=reference, label=label, code=code)
    digest = report.job.result.sha256 if report.job.result else ""
    name = f"{reference}-{label}-verification-{code}-{report.language}.pdf"
    return file_answer(data, name=name, media_type="application/pdf", sha256=digest)


def report_json(actor: Actor, reference: str, label: str, code: str) -> HttpResponse:
    """The same as data."""
    report, data = services.read_report_data(actor=actor, reference=reference, label=label, code=code)
    name = f"{reference}-{label}-verification-{code}.json"
    return file_answer(data, name=name, media_type="application/json", sha256=report.sha256)
