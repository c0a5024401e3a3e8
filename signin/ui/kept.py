"""The way back to what was typed before the session ended, or into a page that was open over a sign-in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.http import see_other
from core.ui import errors as error_pages
from organisations.models import User

from .. import keeping
from ..middleware import is_for_anyone

# Sent by a page that goes on standing: what was typed is in it.
PARTS = ("X-Autosave", "HX-Request")


def mine(request: HttpRequest) -> tuple[User, keeping.Kept | None]:
    """Who asks, and what is kept for them here."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (pages ask for a sign-in)
    return user, keeping.kept_for(request, user)


@never_cache
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Back to the form; to the first page when nothing is kept for whoever has signed in."""
    _user, found = mine(request)
    if found is None:
        messages.warning(request, _("Nothing is kept for you here any more."))
        return redirect("incident-list")
    sign = "&" if "?" in found.path else "?"
    # The path is one of ours: it stood in a request to this site, and nobody but the browser's owner could put it there.
    return HttpResponseRedirect(f"{found.path}{sign}{keeping.KEPT}=1")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept_list(request: HttpRequest) -> HttpResponse:
    """Everything that was typed, to read, copy or send; POST throws it away."""
    user, found = mine(request)
    if request.method == "POST":
        response = see_other("incident-list")
        keeping.discard(request, user, response)
        messages.success(request, _("What was kept has been thrown away."))
        return response
    rows = [(name, text) for name, each in found.values.lists() for text in each if text.strip()] if found else []
    sent = [(name, text) for name, each in found.values.lists() for text in each] if found else []
    return render(request, "signin/kept.html", {"kept": found, "rows": rows, "sent": sent})


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token no longer fits: its reader has signed in again beside it. Nothing is done; what was typed is kept.

    Only of a form of our own pages, which the browser says (`Origin`): another site puts nothing into anybody's form.
    """
    match, user = request.resolver_match, request.user
    may_keep = (
        is_from_here(request)
        and match is not None
        and not is_for_anyone(match.func)
        and not request.path.startswith("/api/")
        and not any(name in request.headers for name in PARTS)
        and (not user.is_authenticated or keeping.who_was(request) == user.pk)
    )
    if may_keep:
        there = reverse("kept")
        response = see_other(there) if user.is_authenticated else redirect_to_login(there, settings.LOGIN_URL)
        if keeping.keep(request, response):
            return response
    return error_pages.csrf_failure(request, reason)


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this very site sent it."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
