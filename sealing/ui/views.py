"""Your sealing key: made, shown on a sheet once, its passphrase changed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import Invalid
from core.http import show_invalid
from organisations.doors import actor_of

from .. import selectors, services
from ..errors import HasSealingKey, NoSealingKey
from ..models import SealingKey
from .forms import ChangeForm, NewPassphrase, ReplaceForm

Act = Callable[[Mapping[str, Any]], tuple[SealingKey, str]]


def answer(request: HttpRequest, form: NewPassphrase, do: Act, **context: Any) -> HttpResponse:
    """The form, or the sheet: it holds the recovery code and is given in this answer and never again, so it is no redirect."""
    if request.method == "POST" and form.is_valid():
        try:
            key, code = do(form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            return render(
                request, "sealing/sheet.html", {"key": key, "code": code, "actor": actor_of(request)}, status=201
            )
    return render(request, "sealing/key.html", {"form": form, **context}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sealing_key(request: HttpRequest) -> HttpResponse:
    """What my key is, or the form that makes it."""
    actor = actor_of(request)
    key = selectors.key_of(actor.user)
    if key is not None:
        if request.method == "POST":
            raise HasSealingKey
        return render(request, "sealing/key.html", {"key": key})
    return answer(
        request, NewPassphrase(request.POST or None),
        lambda given: services.make_key(actor=actor, passphrase=given["passphrase"]), button=_("Make the key"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sealing_key_change(request: HttpRequest) -> HttpResponse:
    """Another passphrase for the key there is."""
    actor = actor_of(request)
    key = selectors.key_of(actor.user)
    if key is None:
        raise NoSealingKey
    return answer(
        request, ChangeForm(request.POST or None),
        lambda given: services.change_passphrase(
            actor=actor, passphrase=given["passphrase"], old=given["old"], code=given["code"]
        ),
        key=key, act="change", button=_("Change the passphrase"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sealing_key_replace(request: HttpRequest) -> HttpResponse:
    """A new key in place of a lost one."""
    actor = actor_of(request)
    key = selectors.key_of(actor.user)
    if key is None:
        raise NoSealingKey
    return answer(
        request, ReplaceForm(request.POST or None),
        lambda given: services.make_key(actor=actor, passphrase=given["passphrase"], replace=True),
        key=key, act="replace", button=_("Replace the key"),
    )  # fmt: skip
