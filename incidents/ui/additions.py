"""What is added to a case and never taken away: public statements, the timeline, links to other cases."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.errors import Invalid
from core.form_fields import UncertainDateField
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import services
from ..access import case_for
from ..mentions import HINT
from ..models import IncidentLink
from ..statements import statement_kinds
from .fact_forms import set_choices
from .sections import case_context
from .steps import fact_of_time


class StatementForm(Form):
    """What somebody said in public about who it was, in their words."""

    kind = forms.ChoiceField(label=_("Kind of statement"))
    said_by = forms.CharField(
        label=_("Who said it?"), help_text=_("A State, a ministry, an organisation, a company, a group.")
    )
    said = UncertainDateField(label=_("When was it said?"), required=False)
    names = forms.CharField(
        label=_("Whom does it name?"), required=False, help_text=_("Countries or groups, one on each line. Leave it empty if it names nobody."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    wording = forms.CharField(label=_("In their words"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    source = forms.CharField(
        label=_("Source"), required=False, help_text=_("Where it can be read: a document, an address, a date.")
    )
    origin = forms.CharField(
        label=_("Origin"),
        required=False,
        help_text=_("If it repeats somebody else’s statement, whose. Statements with one origin count once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(
            self.fields["kind"],
            [("", _("Choose a kind")), *((code, gettext(name)) for code, name in statement_kinds())],
        )

    def facts(self) -> dict[str, Any]:
        """As `incidents.statements.check_statement` takes it."""
        given = self.cleaned_data
        return {
            **given,
            "said": fact_of_time(given["said"]),
            "names": [line.strip() for line in given["names"].splitlines()],
        }


class TimelineForm(Form):
    """Something that happened in the case's own time."""

    what = forms.CharField(label=_("What happened?"), help_text=HINT)
    at = UncertainDateField(label=_("When?"), required=False)
    source = forms.CharField(label=_("How is this known?"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def facts(self) -> dict[str, Any]:
        """As `incidents.statements.check_timeline_entry` takes it."""
        return {**self.cleaned_data, "at": fact_of_time(self.cleaned_data["at"])}


class LinkForm(Form):
    """Another case that belongs with this one."""

    other = forms.CharField(
        label=_("Reference of the other incident"),
        max_length=24,
        help_text=_("For example INC-2026-000042."),
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "w16"}),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("two incidents", "How do they belong together?"),
        choices=IncidentLink.Kind.choices,
        widget=forms.RadioSelect,
    )

    def facts(self) -> dict[str, Any]:
        """Reference and kind."""
        return {"other": self.cleaned_data["other"].strip().upper(), "kind": self.cleaned_data["kind"]}


def add_link(*, actor: Actor, reference: str, link: Mapping[str, Any]) -> object:
    """The service, with its answers under one name like its neighbours."""
    return services.link_incidents(actor=actor, reference=reference, other_reference=link["other"], kind=link["kind"])


def _add(
    request: HttpRequest,
    reference: str,
    form_class: type[StatementForm | TimelineForm | LinkForm],
    act: Callable[..., object],
    words: dict[str, Any],
) -> HttpResponse:
    """A page with one form that adds one thing to the case."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.EDIT)
    form = form_class(request.POST) if request.method == "POST" else form_class()
    if request.method == "POST" and form.is_valid():
        try:
            act(actor=actor, reference=reference, **{words["name"]: form.facts()})
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, words["done"])
            return see_other("incident", reference)
    context = case_context(request, case, "incident", form=form, words=words)
    return render(request, "incidents/add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def statement_new(request: HttpRequest, reference: str) -> HttpResponse:
    """A public statement, kept in its own words."""
    words = {
        "name": "statement",
        "title": gettext("Add a public statement"),
        "lede": gettext("Keep what was said and by whom. A statement is never merged with another and never deleted."),
        "submit": gettext("Add the statement"),
        "done": gettext("The statement was added."),
    }
    return _add(request, reference, StatementForm, services.add_statement, words)


@require_http_methods(["GET", "HEAD", "POST"])
def timeline_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Something that happened, with when it did."""
    words = {
        "name": "entry",
        "title": gettext("Add to the timeline"),
        "lede": gettext(
            "What happened in the incident itself. What is done on this platform is recorded by itself under Activity."
        ),
        "submit": gettext("Add the entry"),
        "done": gettext("The entry was added."),
    }
    return _add(request, reference, TimelineForm, services.add_timeline_entry, words)


@require_http_methods(["GET", "HEAD", "POST"])
def link_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Another case that belongs with this one."""
    words = {
        "name": "link",
        "title": gettext("Link another incident"),
        "lede": gettext("Linked incidents stay apart: nothing is merged, and nobody sees more than before."),
        "submit": gettext("Link the incident"),
        "done": gettext("The incidents are linked."),
    }
    return _add(request, reference, LinkForm, add_link, words)
