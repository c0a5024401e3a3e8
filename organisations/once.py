"""What is sent twice happens once: a double click, a refresh, a client that retries.

Pages carry a hidden `once`; programs send `Idempotency-Key`. The key is claimed in the same transaction as the act, so a
second request waits for the first and then gets its answer. A refused request (4xx) claims nothing and may be repeated.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.errors import DomainError
from core.http import SeeOther, error_page

from .actors import Actor
from .models import Submission

MAX_KEY = 64
MAX_BODY = 256 * 1024
GetResponse = Callable[[HttpRequest], HttpResponse]


class KeyReused(DomainError):
    """The same key came with another request."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used for another request. Send a new key."


def key_of(request: HttpRequest) -> str:
    """The request's key, or empty: then nothing is remembered."""
    if request.path.startswith("/api/"):
        return request.headers.get("Idempotency-Key", "")[:MAX_KEY]
    key = str(request.POST.get("once", ""))[:MAX_KEY]
    return "" if "\x00" in key else key  # the database keeps no NUL; our own pages never send one


def fingerprint(request: HttpRequest) -> str:
    """What the request asks for. A file's bytes are left out: they are gigabytes, and hashed at intake."""
    digest = hashlib.sha256(
        f"{request.method} {request.get_full_path()} {request.headers.get('Content-Length', '')}".encode()
    )
    if request.path.startswith("/api/") and request.content_type == "application/json":
        digest.update(request.body)
    return digest.hexdigest()


def answer_again(known: Submission, request: HttpRequest) -> HttpResponse:
    """The first answer, given a second time."""
    if request.path.startswith("/api/") and known.fingerprint != fingerprint(request):
        raise KeyReused
    if known.location and not request.path.startswith("/api/"):
        return SeeOther(known.location)
    response = HttpResponse(known.body, status=known.status or 200, content_type="application/json")
    if known.location:
        response["Location"] = known.location
    response["Idempotent-Replayed"] = "true"
    return response


def claim(actor: Actor, key: str, request: HttpRequest) -> tuple[Submission, bool]:
    """The row of this key, and whether this request made it; waits for a request under way with the same key."""
    made = Submission.objects.bulk_create(
        [Submission(user=actor.user, key=key, fingerprint=fingerprint(request))], ignore_conflicts=True
    )
    row = Submission.objects.select_for_update().get(user=actor.user, key=key)
    return row, bool(made) and row.status is None


class OnceMiddleware:
    """Stands directly before the view; only a POST by somebody signed in with a key is remembered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Runs the view inside the transaction that claims the key."""
        actor = getattr(request, "actor", None)
        if request.method != "POST" or actor is None:
            return None
        sent = key_of(request)
        if not sent:
            return None
        # A person in two organisations has two sets of keys: an answer of one is not given in the other.
        key = f"{actor.organisation.pk}/{sent}"
        try:
            with transaction.atomic():
                row, first = claim(actor, key, request)
                if not first:
                    return answer_again(row, request)
                response = view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
                self.keep(row, response)
                return response
        except DomainError as error:
            return error_page(request, error)

    @staticmethod
    def keep(row: Submission, response: HttpResponse) -> None:
        """Remembers an answer that did something; forgets the key otherwise."""
        if connection.needs_rollback:
            return
        # What must not be stored (a key shown once) is not kept either.
        if response.status_code >= 400 or response.streaming or "no-store" in response.headers.get("Cache-Control", ""):
            row.delete()
            return
        row.status = response.status_code
        row.location = (
            response.headers.get("Location", "")
            if isinstance(response, HttpResponseRedirect) or response.status_code == 201
            else ""
        )
        if (
            response.headers.get("Content-Type", "").startswith("application/json")
            and len(response.content) <= MAX_BODY
        ):
            row.body = response.content.decode()
        row.save(update_fields=["status", "location", "body"])
