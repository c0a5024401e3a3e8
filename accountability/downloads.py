"""How a document leaves: as a file to keep, never as something our own pages would show."""

from django.http import HttpResponse

from .models import Review


def pdf_answer(review: Review, data: bytes) -> HttpResponse:
    """The bytes with headers that keep them from running in our origin; the name says what it is."""
    response = HttpResponse(data, content_type="application/pdf")
    name = f"{review.incident.reference}-review-{review.number}-{review.language}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    if review.job.result:
        response["ETag"] = f'"{review.job.result.sha256}"'
    return response
