"""The part of a page that asks every two seconds how far a job is."""

from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from .models import Job


def progress_answer(
    request: HttpRequest, job: Job, template: str, context: dict[str, Any], *, besides: object = ""
) -> HttpResponse:
    """304 while nothing moved; the part again when something did. `besides`: what else the part depends on."""
    seen = f"{job.pk}.{job.state}.{job.progress}.{job.stage}.{job.attempts}.{job.error_code}.{besides}.{get_language()}"
    etag = f'"{sha256(seen.encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = render(request, template, context)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["HX-Request", "Cookie", "Accept-Language"])
    return response
