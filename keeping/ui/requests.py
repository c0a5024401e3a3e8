"""Requests for data: filed, decided with reasons, delivered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import Invalid
from core.files import zip_answer
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import requests
from ..models import DataRequest, Delivery

PARTS = {
    requests.PERSON: gettext_lazy("what is held about the person"),
    requests.FACTS: gettext_lazy("the facts of the case"),
}
DATE = {"type": "date", "class": "w16"}


class RequestForm(Form):
    """A request as it came in."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect)
    requester = forms.CharField(label=gettext_lazy("Who asks?"), max_length=200)
    contact = forms.CharField(label=gettext_lazy("How to reach them"), max_length=300, required=False)
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"), max_length=500,
        help_text=gettext_lazy("The law and article, the order of a court, or the person’s own right."),
    )  # fmt: skip
    asked = forms.CharField(
        label=gettext_lazy("What is asked for?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20000
    )
    incident = forms.CharField(
        label=gettext_lazy("Case"), max_length=24, required=False, help_text=gettext_lazy("Its reference, when a case is meant."),
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "w16"}),
    )  # fmt: skip
    subject = forms.TypedChoiceField(label=gettext_lazy("About a member"), required=False, coerce=int, empty_value=None)
    received_on = forms.DateField(label=gettext_lazy("Received"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    due_on = forms.DateField(
        label=gettext_lazy("Answer due"), required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=gettext_lazy("Leave it empty for one month."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", gettext_lazy("Nobody"))] + [(str(user.pk), str(user)) for user in requests.subjects(actor)]
        self.fields["subject"].choices = people  # type: ignore[attr-defined]
        self.fields["received_on"].initial = clock.today()


class DecisionForm(Form):
    """The decision and its reasons."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect,
        choices=[choice for choice in DataRequest.Outcome.choices if choice[0] != DataRequest.Outcome.OPEN],
    )  # fmt: skip
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What is justified"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The package holds these parts and nothing else. A refusal gives nothing."),
    )  # fmt: skip
    reasons = forms.CharField(
        label=gettext_lazy("Reasons"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20000,
        help_text=gettext_lazy("Whoever asked is told."),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = offered  # type: ignore[attr-defined]


class DeliveredForm(Form):
    """How it reached whoever asked."""

    how = forms.CharField(label=gettext_lazy("How was it delivered?"), max_length=300)


def part_words(part: str) -> str:
    """A part in words."""
    return str(PARTS.get(part, part))


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """The requests one may know of."""
    actor = actor_of(request)
    context = {
        "requests": requests.requests_for(actor),
        "may_handle": actor.may(Action.HANDLE_REQUESTS),
        "today": clock.today(),
    }
    return render(request, "keeping/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Writes a request down."""
    actor = actor_of(request)
    actor.require(Action.HANDLE_REQUESTS)
    form = RequestForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = requests.file_request(actor=actor, **form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The request is filed. Somebody else decides it."))
            return see_other("data-request", made.number)
    return render(request, "keeping/request_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def request_page(request: HttpRequest, number: int) -> HttpResponse:
    """One request: what was asked, what was decided, and its own audit."""
    actor = actor_of(request)
    found = requests.request_of(actor, number)
    delivery = Delivery.objects.filter(request=found).first()
    entries = [
        {
            "id": f"step-{step.pk}",
            "title": step.get_act_display(),
            "actor": str(step.by),
            "when": step.at,
            "text": step.note,
        }
        for step in requests.steps_of(found)
    ]
    handles = actor.may(Action.HANDLE_REQUESTS)
    context = {
        "row": found,
        "delivery": delivery,
        "parts": [part_words(part) for part in found.parts],
        "entries": entries,
        "may_decide": handles
        and found.outcome == DataRequest.Outcome.OPEN
        and actor.user.pk not in (found.filed_by_id, found.subject_id),
        "may_deliver": handles and found.parts and found.delivered_at is None,
        "may_retry": handles and delivery is not None and delivery.state == Delivery.State.FAILED,
        "today": clock.today(),
    }
    return render(request, "keeping/request.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_decide(request: HttpRequest, number: int) -> HttpResponse:
    """The decision, by somebody who neither filed it nor is its subject."""
    actor = actor_of(request)
    actor.require(Action.HANDLE_REQUESTS)
    found = requests.request_of(actor, number)
    form = DecisionForm(request.POST or None, offered=requests.offered(actor, found))
    if request.method == "POST" and form.is_valid():
        try:
            requests.decide_request(actor=actor, number=number, **form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("The request is decided."))
            return see_other("data-request", number)
    context = {"form": form, "row": found}
    return render(request, "keeping/request_decide.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def request_delivered(request: HttpRequest, number: int) -> HttpResponse:
    """Says how it was delivered."""
    actor = actor_of(request)
    actor.require(Action.HANDLE_REQUESTS)
    found = requests.request_of(actor, number)
    form = DeliveredForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        requests.note_delivered(actor=actor, number=number, how=form.cleaned_data["how"])
        messages.success(request, _("The delivery is recorded."))
        return see_other("data-request", number)
    context = {"form": form, "row": found}
    return render(request, "keeping/request_delivered.html", context, status=422 if form.errors else 200)


@require_POST
def request_again(request: HttpRequest, number: int) -> HttpResponse:
    """Makes a package that failed again."""
    requests.retry_delivery(actor=actor_of(request), number=number)
    messages.success(request, _("The package is being made again."))
    return see_other("data-request", number)


@require_safe
def request_package(request: HttpRequest, number: int) -> HttpResponseBase:
    """The package as it was made."""
    actor = actor_of(request)
    found, handle = requests.open_delivery(actor=actor, number=number)
    name = f"{actor.organisation.slug}-request-{number}.zip"
    return zip_answer(
        handle, name=name, size=found.size, sha256=found.sha256, range_header=request.headers.get("Range", "")
    )
