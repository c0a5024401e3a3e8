"""How the API knows who asks. The middleware has looked already; here DRF is told."""

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from ..actors import Actor
from ..models import User


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
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's own session, with CSRF checked."""
