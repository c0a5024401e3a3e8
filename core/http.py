"""Small answers every page gives the same way."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from .errors import DomainError, Invalid
from .problems import problem_body


class SeeOther(HttpResponseRedirect):
    """303: the act is done, look here. A refresh does not do it again."""

    status_code = 303


def see_other(to: object, *args: object, **kwargs: object) -> SeeOther:
    """A redirect after a successful POST; takes what `resolve_url` takes."""
    return SeeOther(resolve_url(to, *args, **kwargs))  # type: ignore[arg-type]


def show_invalid(form: forms.BaseForm, error: Invalid) -> None:
    """Puts a rule's sentences beside the form's own fields; what has no field stands on top."""
    for name, sentences in error.fields.items():
        field = name if name in form.fields else name.partition(".")[0]
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A rule that said no, outside any API view: a page that says why, with the way back; a problem document for programs."""
    if request.path.startswith("/api/"):
        body = problem_body(error.status, code=error.code, detail=str(error.message))
        return JsonResponse(body, status=error.status, content_type="application/problem+json")
    back = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return render(request, "errors/409.html", {"error": error, "back": back if safe else ""}, status=error.status)
