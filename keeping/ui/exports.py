"""Export of everything: asked for, watched, taken part by part."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.files import zip_answer
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of

from .. import exports


class ExportForm(Form):
    """What an export is for."""

    reason = forms.CharField(
        label=gettext_lazy("What is it for?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is recorded, and stands in the custody of every item whose files are in it."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def export_list(request: HttpRequest) -> HttpResponse:
    """The organisation's exports with their parts and hashes; a new one is asked for here."""
    actor = actor_of(request)
    found = exports.exports_of(actor)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            exports.request_export(actor=actor, reason=form.cleaned_data["reason"])
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The export is being made. You can leave this page; it goes on without you."))
            return see_other("organisation-exports")
    context = {"exports": found, "form": form}
    return render(request, "keeping/exports.html", context, status=422 if form.errors else 200)


@require_POST
def export_again(request: HttpRequest, number: int) -> HttpResponse:
    """Goes on with one that failed."""
    exports.retry_export(actor=actor_of(request), number=number)
    messages.success(request, _("The export goes on where it stopped."))
    return see_other("organisation-exports")


@require_safe
def export_part(request: HttpRequest, number: int, part: int) -> HttpResponseBase:
    """One part as it was made."""
    actor = actor_of(request)
    found, handle = exports.open_part(actor=actor, number=number, part=part)
    name = f"{actor.organisation.slug}-export-{number}-{part}.zip"
    return zip_answer(
        handle, name=name, size=found.size, sha256=found.sha256, range_header=request.headers.get("Range", "")
    )
