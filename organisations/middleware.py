"""Binds the person at the door to the request, once, for pages and API alike."""

from collections.abc import Callable
from dataclasses import replace

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from core.errors import DomainError, NotAllowed, NotFound
from core.http import error_page
from core.tenancy import acting_as

from . import glasses, tokens
from .actors import Actor, actor_for
from .errors import PreviewCannotAct, PreviewGone
from .models import ApiToken, User
from .roles import actions_within

GetResponse = Callable[[HttpRequest], HttpResponse]
SESSION_KEY = "organisation_id"
# A session that came through an organisation's own sign-in acts for that organisation alone: whoever runs that sign-in must
# not get, by naming a member, what the member may do elsewhere.
ONLY_KEY = "only_organisation_id"


class ActorRequest(HttpRequest):
    """A request with its actor; None: not signed in, or a member of nothing."""

    actor: Actor | None
    token: ApiToken | None
    token_refused: bool


def find_actor(request: HttpRequest) -> Actor | None:
    """From `Authorization: Token …` on the API, else from the session."""
    request.token_refused = False  # type: ignore[attr-defined]
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "token" and request.path.startswith("/api/"):
        token = tokens.find(key.strip())
        actor = actor_for(token.user, token.organisation_id) if token else None
        if actor is None or token is None or actor.organisation.pk != token.organisation_id:
            request.token_refused = True  # type: ignore[attr-defined]
            return None
        tokens.note_use(token)
        request.user, request.token = token.user, token  # type: ignore[attr-defined]
        return replace(actor, limit=actions_within(token.scopes))
    if isinstance(request.user, User):
        only = request.session.get(ONLY_KEY)
        actor = actor_for(request.user, only or request.session.get(SESSION_KEY))
        return actor if actor is None or only in (None, actor.organisation.pk) else None
    return None


# What a person may still do while they look as somebody else: stop looking, sign out, stay signed in, set language and theme.
STILL_DONE = frozenset({"preview-end", "account_logout", "session", "set-language", "set-theme"})
PREVIEW_KEY, PREVIEW_HEADER = "preview", "X-Preview"
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def preview_of(request: HttpRequest) -> int | None:
    """The preview a request is made through: named in a header on the API, else in the session."""
    if request.path.startswith("/api/"):
        named = request.headers.get(PREVIEW_HEADER, "")
        return int(named) if named.isascii() and named.isdigit() and len(named) < 18 else None
    number: int | None = request.session.get(PREVIEW_KEY)
    return number


def through_glass(request: HttpRequest, viewer: Actor) -> Actor:
    """The viewer, or who they look as. A preview that is over is forgotten in the browser, and refused to a program."""
    number = preview_of(request)
    if number is None:
        return viewer
    try:
        with acting_as(viewer.principal), transaction.atomic():
            return glasses.look_through(viewer, number)
    except (DomainError, NotFound, NotAllowed):
        if request.path.startswith("/api/"):
            raise
        del request.session[PREVIEW_KEY]
        return viewer


def still_done(request: HttpRequest) -> bool:
    """Whether this address is one of the few that work through a preview."""
    try:
        return resolve(request.path_info).url_name in STILL_DONE
    except Resolver404:
        return False


class PrincipalMiddleware:
    """From here on the database knows who is asking; afterwards it forgets."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        viewer = find_actor(request)
        request.viewer = viewer  # type: ignore[attr-defined]
        try:
            request.actor = through_glass(request, viewer) if viewer else None  # type: ignore[attr-defined]
        except DomainError as error:
            return error_page(request, error)
        except (NotFound, NotAllowed):
            return error_page(request, PreviewGone())
        actor = request.actor  # type: ignore[attr-defined]
        if actor is not None and actor.glass is not None and request.method not in READS and not still_done(request):
            return error_page(request, PreviewCannotAct())
        with acting_as(request.actor.principal if request.actor else None):  # type: ignore[attr-defined]
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        return response
