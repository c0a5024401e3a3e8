"""Errors as the API tells them: RFC 9457 problem details with a stable `code`."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from .errors import DomainError, Invalid

TITLES = {
    400: "The request cannot be understood",
    401: "Sign in first",
    403: "You may not do this",
    404: "Not found",
    405: "This address does not take that method",
    409: "The rules do not allow this now",
    410: "No longer here",
    411: "Say how long it is",
    412: "Somebody else changed this first",
    413: "Too large",
    415: "This media type is not understood",
    422: "Some values cannot be accepted",
    423: "Somebody is at it",
    428: "Say which version you are changing",
    429: "Too many requests",
}


def problem_body(status: int, *, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """The members of a problem document."""
    title = TITLES.get(status, "Error")
    return {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **extra}


def problem(status: int, *, code: str, detail: str, **extra: Any) -> Response:
    """A problem document (application/problem+json)."""
    body = problem_body(status, code=code, detail=detail, **extra)
    return Response(body, status=status, content_type="application/problem+json")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The one place where an exception becomes an API answer; undoes the transaction first."""
    if isinstance(error, Invalid):
        set_rollback()
        return problem(400, code=error.code, detail=str(error.message), errors=error.details)
    if isinstance(error, DomainError):
        set_rollback()
        return problem(
            error.status,
            code=error.code,
            detail=str(error.message),
            **{"details": error.details} if error.details else {},
        )
    if isinstance(error, Http404):
        set_rollback()
        return problem(404, code="not_found", detail=_("There is nothing at this address that you may see."))
    if isinstance(error, PermissionDenied):
        set_rollback()
        return problem(403, code="not_allowed", detail=str(error) or _("You may see this, but not do that to it."))
    response = drf_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        answer = problem(400, code="invalid", detail=_("Some values cannot be accepted."), errors=response.data)
    else:
        code = getattr(error, "default_code", "error")
        answer = problem(response.status_code, code=str(code), detail=str(getattr(error, "detail", "")))
    for name, value in response.headers.items():
        if name.lower() not in {"content-type", "content-length"}:
            answer[name] = value
    return answer
