"""What every request of a signed-in person passes: the session is noted, a second factor is there if one is asked for, and
text that came after the session had ended is not lost."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny

from core import typed
from core.http import error_page
from organisations.actors import Actor
from organisations.errors import OtherWayIn
from organisations.middleware import ONLY_KEY
from organisations.models import User
from organisations.selectors import memberships_of

from . import errors, keeping, sessions
from .factors import has_second_factor

GetResponse = Callable[[HttpRequest], HttpResponse]

# Where somebody without a second factor may still go: to set one up, to act for another organisation, or away.
OPEN = frozenset(
    {
        "account", "account_logout", "account_reauthenticate", "account_change_password", "account_set_password", "mfa_index",
        "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_view_recovery_codes",
        "organisation-switch", "session", "api-session-current",
    }
)  # fmt: skip

# What gives an account another way in.
WAYS_IN = frozenset(
    {
        "account_set_password", "account_change_password", "account_email", "mfa_activate_totp", "mfa_deactivate_totp",
        "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_generate_recovery_codes",
    }
)  # fmt: skip


@cache
def only_asks() -> frozenset[str]:
    """Where one asks how long the session goes on: asking is no use of it, or a page left open would never be signed out."""
    return frozenset({reverse("session"), reverse("api-session-current")})


class SignedInMiddleware:
    """Notes when a session was last used."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user, by_key = request.user, getattr(request, "token", None) is not None
        by_session = isinstance(user, User) and not by_key
        is_use = bool(request.session.session_key) and request.path_info not in only_asks()
        if isinstance(user, User) and by_session and is_use:
            sessions.note_use(request, user)
        response = self.get_response(request)
        if by_session and not request.user.is_authenticated:
            keeping.forget_browser(response)
        elif request.user.is_authenticated and not by_key:
            keeping.remember(request, response)
        return response


class KeepTypedMiddleware:
    """Keeps what comes after the session has ended, and puts it back into its form.

    Stands before the middleware that leads to the sign-in, and after the one that refuses a form of another site.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if keeping.KEPT not in request.COOKIES or not isinstance(user, User) or request.path.startswith("/api/"):
            return self.get_response(request)
        if request.method == "POST":
            return self.sent(request, user)
        if request.method == "GET" and keeping.KEPT in request.GET:
            return self.brought_back(request, user)
        return self.get_response(request)

    def sent(self, request: HttpRequest, user: User) -> HttpResponse:
        """Text that has arrived where it belongs is kept no longer."""
        kept = keeping.kept_for(request, user)
        response = self.get_response(request)
        if kept is not None and kept.path == request.get_full_path() and 300 <= response.status_code < 400:
            keeping.discard(request, user, response)
        return response

    def brought_back(self, request: HttpRequest, user: User) -> HttpResponse:
        """The form's own page, with everything in its place; the plain list of what was typed where no form took it."""
        kept = keeping.kept_for(request, user)
        if kept is None or kept.path.partition("?")[0] != request.path:
            return self.get_response(request)
        with typed.bringing_back(kept.values, lambda: say_so(request, kept)) as back:
            response = self.get_response(request)
        return response if back.used and response.status_code == 200 else redirect("kept-list")

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Answers a form that came too late with the way to the sign-in."""
        late = request.method == "POST" and not request.user.is_authenticated and not request.path.startswith("/api/")
        if not late or is_for_anyone(view):
            return None
        response = redirect_to_login(reverse("kept"), reverse("account_login"))
        return response if keeping.keep(request, response) else None


def say_so(request: HttpRequest, kept: keeping.Kept) -> None:
    """Above the form: what stands in it, and what does not."""
    messages.success(
        request, _("You were signed out while you wrote. What you typed is back in its place: check it, then send it.")
    )
    if kept.files:
        messages.warning(request, _("Files are not kept: choose them again."))
    if kept.left_out:
        messages.warning(request, _("Passwords and passphrases are not kept: enter them again."))


def second_factor_due(request: HttpRequest) -> bool:
    """Whether the organisation asks for a second factor and this person has none. A program's account can have none."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor) or not actor.organisation.second_factor_required or actor.user.is_service:
        return False
    return not (request.session.get(sessions.SHOWN_THERE) == actor.organisation.pk or has_second_factor(actor.user))


def would_open_more(request: HttpRequest) -> bool:
    """Whether a new way into this account would lead to organisations the session itself does not open.

    Whoever runs an organisation's own sign-in can name a member; they must not give themselves, by that, what the member
    may do elsewhere.
    """
    actor = getattr(request, "actor", None)
    return isinstance(actor, Actor) and bool(request.session.get(ONLY_KEY)) and len(memberships_of(actor)) > 1


def is_for_anyone(view: Any) -> bool:
    """Whether a view asks nobody to sign in, page or API."""
    shape = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if shape is not None and hasattr(shape, "permission_classes"):
        return AllowAny in shape.permission_classes
    return getattr(view, "login_required", True) is False


class SecondFactorMiddleware:
    """Leads whoever lacks a second factor their organisation asks for to setting one up; nothing else is done for them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None where the view may run."""
        if is_for_anyone(view):
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in WAYS_IN and would_open_more(request):
            return error_page(request, OtherWayIn())
        if not second_factor_due(request):
            return None
        request.second_factor_due = True  # type: ignore[attr-defined]
        if name in OPEN:
            return None
        if request.path.startswith("/api/"):
            return error_page(request, errors.SecondFactorRequired())
        return redirect("mfa_index")
