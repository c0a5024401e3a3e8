"""One's own account: the second factor, the sessions, the keys."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotFound
from core.http import see_other
from organisations.doors import actor_of
from organisations.models import User

from .. import sessions
from ..factors import has_second_factor
from ..models import SignIn


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What belongs to one's account, each with the way to it."""
    actor = actor_of(request)
    context = {
        "actor": actor,
        "has_factor": has_second_factor(actor.user),
        "has_password": actor.user.has_usable_password(),
        "open_sessions": len(sessions.in_force(actor)),
        "clock": sessions.clock_of(request, actor.user),
    }
    return render(request, "signin/account.html", context)


def shown(found: SignIn, key: str | None) -> dict[str, object]:
    """A session as the pages show it."""
    return {"session": found, "agent": sessions.agent_words(found.agent), "is_this": found.key == key}


@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """Until when this session goes on, without prolonging it; POST prolongs it. Also where a second tab's sign-in ends."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (pages ask for a sign-in)
    if request.method == "POST":
        sessions.extend(request, user)
        messages.success(request, _("You stay signed in."))
        return see_other("session")
    return render(request, "signin/session.html", {"clock": sessions.clock_of(request, user)})


@require_safe
def sessions_page(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    actor = actor_of(request)
    rows = [shown(each, request.session.session_key) for each in sessions.in_force(actor)]
    return render(request, "signin/sessions.html", {"rows": rows, "others": sum(not row["is_this"] for row in rows)})


@require_http_methods(["GET", "HEAD", "POST"])
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Asks before a session is ended."""
    actor = actor_of(request)
    found = next((each for each in sessions.in_force(actor) if each.pk == session_id), None)
    if found is None:
        raise NotFound(session_id)
    if request.method == "POST":
        sessions.end_session(actor=actor, session_id=session_id)
        messages.success(request, _("The session has ended."))
        return see_other("sessions")
    return render(request, "signin/session_end.html", {"row": shown(found, request.session.session_key)})


@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """Ends every session but this one."""
    number = sessions.end_other_sessions(actor=actor_of(request), current_key=request.session.session_key or "")
    messages.success(
        request, ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", number) % {"n": number}
    )
    return see_other("sessions")
