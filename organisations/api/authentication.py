"""How the API knows who asks. The middleware has looked already; here DRF is told."""

import re

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from ..actors import Actor
from ..models import ApiToken, User
from ..roles import Scope

SAFE = {"GET", "HEAD", "OPTIONS"}
# Doors that ask for no action because they are about the caller's own things; what a key needs to change anything there.
OWN_THINGS = {
    "/api/v1/inbox/": Scope.ACCOUNT,
    "/api/v1/searches/": Scope.ACCOUNT,
    "/api/v1/drafts/": Scope.ACT,
    "/api/v1/organisations/": Scope.ACT,
    "/api/v1/attestations/": Scope.MANAGE,
    "/api/v1/trusted-keys/": Scope.MANAGE,
    "/api/v1/me/requests/": Scope.ACCOUNT,
    "/api/v1/organisation/requests/": Scope.MANAGE,
    "/api/v1/members/": Scope.MANAGE,
    "/api/v1/labels/": Scope.MANAGE,
}
# Doors of a case that ask for no more than to see it, and change something: what a key needs for that.
ON_A_CASE = (
    (re.compile(r"/api/v1/incidents/.+/(labels|watch|seal/requests/\d+/end)/"), Scope.ACT),
    (re.compile(r"/api/v1/incidents/.+/(seats/\d+|seal/requests/\d+/answer)/"), Scope.DECIDE),
)
# What a key never does, whatever its scopes: give out more ways in. Whoever finds one would otherwise keep the house.
BY_HAND = (
    "/api/v1/tokens/", "/api/v1/sealing-key/", "/api/v1/sessions/", "/api/v1/service-accounts/", "/api/v1/organisation/sign-in/",
)  # fmt: skip


def scope_for(path: str) -> Scope | None:
    """What a key needs to change something here, where no action says so."""
    own = (scope for prefix, scope in OWN_THINGS.items() if path.startswith(prefix))
    return next(own, None) or next((scope for door, scope in ON_A_CASE if door.fullmatch(path)), None)


def require_scope(token: ApiToken, method: str, path: str) -> None:
    """Raises 403 where the key was not made for this. Doors with an action ask for that as well (`Actor.within`)."""
    if method in SAFE:
        return
    if path.startswith(BY_HAND):
        raise exceptions.PermissionDenied("A key cannot do this: sign in as a person.")
    if set(token.scopes) == {Scope.READ}:
        raise exceptions.PermissionDenied("This key may only read.")
    needed = scope_for(path)
    if needed is not None and needed not in token.scopes:
        raise exceptions.PermissionDenied(f"This key was not made for this: it lacks the scope “{needed}”.")


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token norms_…`."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        plain = request._request
        if getattr(plain, "token_refused", False):
            raise exceptions.AuthenticationFailed(
                "This token is not valid: it is unknown, revoked, expired, or its owner has left."
            )
        actor = getattr(plain, "actor", None)
        # Another scheme beside a session is not a token, and does not excuse from the CSRF token.
        if actor is None or request.headers.get("Authorization", "").partition(" ")[0].lower() != "token":
            return None
        require_scope(plain.token, request.method or "", request.path)  # type: ignore[attr-defined]
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's own session, with CSRF checked."""
