"""Pages of the keys of other platforms: whose packages this organisation takes as theirs."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from ledger.keys import signer
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services


class TrustForm(Form):
    """A key, whose it is, and how one knows."""

    vkey = forms.CharField(
        label=gettext_lazy("Verifier key"), max_length=400, widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
        help_text=gettext_lazy("One line: name+0a1b2c3d+AR…. Get it from the other platform, not from a package."),
    )  # fmt: skip
    whose = forms.CharField(label=gettext_lazy("Whose key is it?"), max_length=200)
    how_known = forms.CharField(
        label=gettext_lazy("How do you know?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example: read out on the telephone by their administrator on 3 May."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def trusted_keys(request: HttpRequest) -> HttpResponse:
    """The keys one's organisation trusts, our own key for others, and the form that adds one."""
    actor = actor_of(request)
    may = actor.may(Action.MANAGE_ORGANISATION)
    form = TrustForm(request.POST or None)
    if request.method == "POST":
        actor.require(Action.MANAGE_ORGANISATION)
        if form.is_valid():
            try:
                key = services.trust_key(actor=actor, **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            else:
                messages.success(request, _("%(name)s is trusted now.") % {"name": key.name})
                return see_other("trusted-keys")
    context = {
        "actor": actor,
        "form": form,
        "keys": services.keys_of(actor),
        "may": may,
        "own": signer("packages").vkey,
    }
    return render(request, "exchange/trusted_keys.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def trusted_key_end(request: HttpRequest, key_id: int) -> HttpResponse:
    """Asks before trust in a key is ended."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    key = services.key_of(actor, key_id)
    if request.method == "POST":
        services.end_trust(actor=actor, key_id=key_id)
        messages.success(request, _("%(name)s is not trusted any more.") % {"name": key.name})
        return see_other("trusted-keys")
    return render(request, "exchange/trusted_key_end.html", {"actor": actor, "key": key})
