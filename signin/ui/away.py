"""After signing out: the way to sign out at one's organisation too; and its word that somebody was signed out there."""

import structlog
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from .. import connections, leaving
from ..models import Connection
from ..said import Untrue

log = structlog.get_logger()


@never_cache
@login_not_required
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Signed out here: the organisation's own sign-in may still know this browser. Also where it sends the browser back to."""
    if request.user.is_authenticated:
        return redirect("incident-list")
    there = leaving.came_back(request)
    return render(
        request, "signin/signed_out.html", {"there": there, "going": None if there else leaving.going(request)}
    )


@csrf_exempt
@never_cache
@login_not_required
@require_POST
def ended_there(request: HttpRequest, public_id: str) -> HttpResponse:
    """The issuer says whom it has signed out (Back-Channel Logout 1.0, 2.5 to 2.8): 200, or 400 for what is not its word."""
    connection = connections.at(public_id)
    if connection is None or connection.kind != Connection.Kind.OIDC:
        raise Http404
    if not ratelimit.consume(request, action="organisation_sign_out"):
        limited: HttpResponse = ratelimit.respond_429(request)
        return limited
    try:
        leaving.end_sessions(connection, request.POST.get("logout_token", ""))
    except Untrue as problem:
        log.warning("sign_out_refused", why=str(problem))
        return JsonResponse({"error": "invalid_request", "error_description": "Not a logout token for us."}, status=400)
    return HttpResponse(status=200)
