"""Error pages: what happened, whether anything was lost, and where to go, without blame and without codes alone."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.problems import problem_body


def for_program(status: int, code: str, detail: str) -> JsonResponse:
    """The same answer where a program asked: an address under /api/ that no view of the API came to answer."""
    return JsonResponse(
        problem_body(status, code=code, detail=detail), status=status, content_type="application/problem+json"
    )


def asked_by_program(request: HttpRequest) -> bool:
    """Whether the address is the API's."""
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if asked_by_program(request):
        return for_program(400, "bad_request", _("The request cannot be understood."))
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if asked_by_program(request):
        return for_program(403, "not_allowed", _("You may see this, but not do that to it."))
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token no longer fits: usually a page left open over a sign-out."""
    return render(request, "errors/403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if asked_by_program(request):
        return for_program(404, "not_found", _("There is nothing at this address that you may see."))
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Touches neither database nor session: either may be what failed."""
    if asked_by_program(request):
        return for_program(500, "error", "Something went wrong here. It has been written down.")
    return HttpResponse(render_to_string("errors/500.html"), status=500)
