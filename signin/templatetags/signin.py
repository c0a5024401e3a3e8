"""What every page of a signed-in person says of the session it belongs to."""

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context

from organisations.models import User

from .. import sessions

register = template.Library()


@register.simple_tag(takes_context=True)
def session_clock(context: Context) -> sessions.Clock | None:
    """How long this reader's session goes on; None for a visitor, and where there is no request."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if not isinstance(request, HttpRequest) or not isinstance(user, User) or not request.session.session_key:
        return None
    return sessions.clock_of(request, user)


@register.simple_tag
def csrf_cookie() -> str:
    """The cookie in which a fresh token stands after somebody has signed in again."""
    return str(settings.CSRF_COOKIE_NAME)
