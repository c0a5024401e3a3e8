"""Binds the person at the door to the request, once, for pages and API alike."""

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from core.tenancy import acting_as

from . import tokens
from .actors import Actor, actor_for
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


class PrincipalMiddleware:
    """From here on the database knows who is asking; afterwards it forgets."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = find_actor(request)  # type: ignore[attr-defined]
        with acting_as(request.actor.principal if request.actor else None):  # type: ignore[attr-defined]
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        return response
