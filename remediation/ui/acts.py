"""The page with one form that does one thing: ask, do, say so, and go back to what it was done to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Invalid
from core.http import see_other, show_invalid
from incidents.access import CaseAccess
from incidents.ui.sections import case_context


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says; `done` is said on the next one."""

    title: str
    lede: str
    submit: str
    done: str
    back_label: str
    danger: bool = False


def act_page(
    request: HttpRequest,
    case: CaseAccess,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    words: Words,
    back: str,
) -> HttpResponse:
    """Shows the form, or does the act; a mistake comes back beside its field (422) with nothing typed lost."""
    if request.method == "POST" and form.is_valid():
        try:
            facts = form.facts() if hasattr(form, "facts") else form.cleaned_data
            act(facts)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, words.done)
            return see_other(back)
    context = case_context(request, case, "remediation", form=form, words=words, back=back)
    return render(request, "remediation/act.html", context, status=422 if form.errors else 200)
