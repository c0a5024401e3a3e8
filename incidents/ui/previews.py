"""Looking at a case as somebody else would see it: beginning, and ending (SHR-2)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Invalid, NotFound
from core.forms import Form
from core.http import see_other, show_invalid
from core.tenancy import acting_as
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.middleware import PREVIEW_KEY
from organisations.models import Organisation
from organisations.querysets import directory
from organisations.roles import GRANTED_TO, Action

from .. import previewing
from ..access import case_for
from ..models import Preview
from .fact_forms import set_choices
from .sections import case_context
from .sharing import SHARED, grade_choices


class PreviewForm(Form):
    """As whom to look, before or after anything is shared with them."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choose an organisation")
    )
    role = forms.ChoiceField(label=_("As which role?"), choices=GRANTED_TO)
    grade = forms.ChoiceField(label=_("With which grade?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = directory()  # type: ignore[attr-defined]
        set_choices(self.fields["grade"], grade_choices(SHARED))


def begun(request: HttpRequest, preview: Preview, reference: str) -> HttpResponse:
    """From the next request on, looks as somebody else."""
    request.session[PREVIEW_KEY] = preview.pk
    return see_other("incident", reference)


@require_http_methods(["GET", "HEAD", "POST"])
def preview_new(request: HttpRequest, reference: str) -> HttpResponse:
    """As a member of any organisation at any grade: before one shares."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    form = PreviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            preview = previewing.start_preview(
                actor=actor, reference=reference, organisation=given["organisation"], role=given["role"],
                grade=int(given["grade"]),
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        else:
            return begun(request, preview, reference)
    context = case_context(request, case, "incident-grants", form=form)
    return render(request, "incidents/preview_new.html", context, status=422 if form.errors else 200)


@require_POST
def preview_grant(request: HttpRequest, reference: str, grant_id: int) -> HttpResponse:
    """As a reader of a share with an organisation or a role."""
    preview = previewing.preview_grant(
        actor=actor_of(request),
        reference=reference,
        grant_id=grant_id,
        by_name=False,
        role=request.POST.get("role", ""),
    )
    return begun(request, preview, reference)


@require_POST
def preview_person(request: HttpRequest, reference: str, grant_id: int) -> HttpResponse:
    """As the person a share names."""
    preview = previewing.preview_grant(
        actor=actor_of(request), reference=reference, grant_id=grant_id, by_name=True, role=request.POST.get("role", "")
    )
    return begun(request, preview, reference)


@require_POST
def preview_end(request: HttpRequest) -> HttpResponse:
    """One's own eyes again."""
    viewer = getattr(request, "viewer", None)
    actor_of(request)
    number = request.session.pop(PREVIEW_KEY, None)
    if number is None or not isinstance(viewer, Actor):
        raise NotFound("preview")
    with acting_as(viewer.principal):
        preview = Preview.objects.select_related("incident").filter(pk=number).first()
        previewing.end_preview(actor=viewer, preview_id=number)
    messages.success(request, gettext("You see with your own eyes again."))
    return see_other("incident-grants", preview.incident.reference) if preview else see_other("incident-list")
