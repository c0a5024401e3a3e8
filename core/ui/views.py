"""The reader's own settings that need no account: language and theme, each in a cookie, set by a plain form."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

ONE_YEAR = 365 * 24 * 3600
THEMES = {"light", "dark"}


def _way_back(request: HttpRequest) -> str:
    """The page the reader came from, if it is ours; never somebody else's."""
    back = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if own else "/"


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language; an unknown one changes nothing."""
    response = HttpResponseRedirect(_way_back(request))
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=ONE_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen theme; anything but light and dark goes back to following the system."""
    response = HttpResponseRedirect(_way_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
