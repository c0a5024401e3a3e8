"""How files of releases are answered: they never change, so they may be kept, and are sent once."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from ..files import File

FOR_EVER = "public, max-age=31536000, immutable"


def file_answer(request: HttpRequest, file: File, *, for_ever: bool = True) -> HttpResponse:
    """A file to keep; 304 for whoever has it."""
    etag = f'"{file.sha256}"'
    asked = {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")}
    response: HttpResponse
    if etag in asked:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(file.data, content_type=file.media_type)
        response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER if for_ever else "private, no-store"
    return response
