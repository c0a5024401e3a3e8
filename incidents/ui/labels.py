"""Labels: the organisation's list of them, and those on a case."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.errors import Invalid, NotAllowed, NotFound
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.roles import Action

from .. import labels
from ..access import case_for
from .sections import case_context


class LabelForm(Form):
    """A label."""

    name = forms.CharField(label=gettext_lazy("Label"), max_length=60)
    meaning = forms.CharField(
        label=gettext_lazy("What it means"), max_length=200, required=False,
        help_text=gettext_lazy("One sentence, so that everybody uses it the same way."),
    )  # fmt: skip


class LabelsForm(Form):
    """The labels on a case."""

    labels = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Labels"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only your own organisation sees them."),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["labels"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_labels(request: HttpRequest) -> HttpResponse:
    """The organisation's labels; an administrator adds one."""
    actor = actor_of(request)
    may = actor.may(Action.MANAGE_ORGANISATION)
    form = LabelForm(request.POST or None) if may else None
    if request.method == "POST":
        if form is None:
            raise NotAllowed(Action.MANAGE_ORGANISATION)
        if form.is_valid():
            try:
                made = labels.make_label(actor=actor, **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            else:
                messages.success(request, _("The label “%(name)s” can be used now.") % {"name": made})
                return see_other("organisation-labels")
    context = {"form": form, "labels": labels.labels_of(actor), "may": may}
    return render(request, "incidents/labels.html", context, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def label_change(request: HttpRequest, label_id: int) -> HttpResponse:
    """Another name or meaning, or its retirement."""
    actor = actor_of(request)
    actor.require(Action.MANAGE_ORGANISATION)
    label = next((label for label in labels.labels_of(actor) if label.pk == label_id), None)
    if label is None:
        raise NotFound(label_id)
    form = LabelForm(request.POST or None, initial={"name": label.name, "meaning": label.meaning})
    if request.method == "POST" and "retire" in request.POST:
        labels.retire_label(actor=actor, label_id=label_id)
        messages.success(request, _("The label is no longer offered. Cases that carry it keep it."))
        return see_other("organisation-labels")
    if request.method == "POST" and form.is_valid():
        try:
            labels.change_label(actor=actor, label_id=label_id, **form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The label was changed."))
            return see_other("organisation-labels")
    context = {"form": form, "label": label}
    return render(request, "incidents/label_change.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_labels(request: HttpRequest, reference: str) -> HttpResponse:
    """Which of one's own labels a case carries."""
    actor = actor_of(request)
    case = case_for(actor, reference)
    there = labels.labels_on(actor, case.incident)
    offered = {label.pk: str(label) for label in labels.labels_of(actor)} | {on.label_id: str(on.label) for on in there}
    form = LabelsForm(
        request.POST if request.method == "POST" else None,
        choices=list(offered.items()),
        initial={"labels": [on.label_id for on in there]},
    )
    if request.method == "POST" and form.is_valid():
        labels.set_labels(actor=actor, reference=reference, labels=form.cleaned_data["labels"])
        messages.success(request, _("The labels were saved."))
        return see_other("incident", reference)
    context = case_context(request, case, "incident", form=form, offered=bool(offered))
    return render(request, "incidents/case_labels.html", context, status=422 if form.errors else 200)
