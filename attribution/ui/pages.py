"""What the pages of attribution share: an act with a form, and what a reader may do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import DomainError, Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from incidents.access import CaseAccess
from incidents.ui.sections import case_context

SECTION = "attribution"


def page(request: HttpRequest, case: CaseAccess, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """A page of this section."""
    return render(request, f"attribution/{template}.html", case_context(request, case, SECTION, **more), status=status)


def form_page(
    request: HttpRequest,
    case: CaseAccess,
    form: Form,
    act: Callable[[], object],
    *,
    title: str,
    button: str,
    done: str,
    back: str,
    lede: str = "",
    danger: bool = False,
    template: str = "form",
    explains: tuple[type[DomainError], ...] = (),
    **more: Any,
) -> HttpResponse:
    """A form with one act: done (303), back with its sentences beside the fields (422), or back with what a rule misses
    (409, for the errors in `explains`, so that nothing typed is lost)."""
    status, missing = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                act()
            except Invalid as error:
                show_invalid(form, error)
            except explains as error:
                status, missing = 409, error
            else:
                messages.success(request, done)
                return see_other(back)
    return page(
        request, case, template, status=status, form=form, title=title, button=button, back=back, lede=lede,
        danger=danger, refusal=missing, **more,
    )  # fmt: skip
