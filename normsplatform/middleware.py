"""What every request passes: an id for the logs, the reader's language, and one answer for a broken rule."""

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from core.errors import DomainError
from core.http import error_page
from ledger import looks

from .looking import visit_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request an id, in the logs and in the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class PrivateAnswersMiddleware:
    """What a signed-in reader was shown stays in no cache: not in the browser's after signing out, not in a proxy's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "actor", None) is not None or getattr(request, "token_refused", False):
            response.headers.setdefault("Cache-Control", "private, no-store")
            if "Authorization" in request.headers:
                patch_vary_headers(response, ["Authorization"])
        return response


class ChosenLocaleMiddleware(LocaleMiddleware):
    """Django's, for pages; the API answers in English unless asked by `Accept-Language` (same rule)."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response


class DomainErrorMiddleware:
    """A rule that says no becomes a page that says why, with the way back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answers 409 (or the error's own status); the view's transaction has been undone already."""
        return error_page(request, error) if isinstance(error, DomainError) else None


class LooksMiddleware:
    """Says what a request came for, so that a case that is opened on the way is written down as looked at."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with looks.visiting(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Known from here on: the address is resolved."""
        looks.begin(visit_of(request))
