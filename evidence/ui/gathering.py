"""Other ways in: a paste of indicators, a page by its address; and what is asked for once a file is here."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from core.marks import Mark, Pap
from incidents.access import case_for
from incidents.ui.sections import case_context
from organisations.doors import actor_of
from organisations.roles import Action

from .. import indicators as rules
from ..access import file_of, must_be_open, own_item_for
from ..services import capturing, danger, indicators, jobs, taking_apart
from ..words import current
from .acts import act_page, named
from .forms import ReasonForm, area, item_form_for
from .intake import page
from .views import SECTION


class CaptureForm(Form):
    """A page to capture."""

    url = forms.CharField(
        label=gettext_lazy("Address of the page"), help_text=gettext_lazy("For example https://example.org/statement.")
    )
    title = forms.CharField(label=gettext_lazy("Title"), required=False)
    description = forms.CharField(label=gettext_lazy("Why is it captured?"), required=False, widget=area(3))
    mark = forms.ChoiceField(label=gettext_lazy("Sharing mark (TLP 2.0)"), choices=Mark.choices)
    pap = forms.ChoiceField(label=gettext_lazy("Permissible actions (PAP)"), choices=Pap.choices, required=False)


def paste_form() -> Any:
    """The form of an item of kind “other”, with a box for the indicators instead of files."""
    base = item_form_for(current(), "other")
    kept = tuple(
        (legend, tuple(name for name in names if name not in {"file", "uploads", "several"}))
        for legend, names, *_rest in base.groups
    )
    fields: dict[str, Any] = {
        "indicators": forms.CharField(
            label=gettext_lazy("Indicators"), required=False,
            widget=forms.Textarea(attrs={"rows": 12, "dir": "ltr", "spellcheck": "false"}),
            help_text=gettext_lazy("One on each line, up to 5,000."),
        ),
        "file": None, "uploads": None, "several": None,
    }  # fmt: skip
    groups = ((gettext_lazy("Indicators"), ("indicators",)), *((legend, names) for legend, names in kept if names))
    return type("IndicatorsForm", (base,), {**fields, "groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_indicators(request: HttpRequest, reference: str) -> HttpResponse:
    """A paste. What was not understood comes back line by line beside its reason; everything else is kept."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    form_class, options = paste_form(), {"incident": case.incident, "content": current()}
    more: dict[str, Any] = {}
    if request.method != "POST":
        form = form_class(**options, initial={"mark": case.incident.mark, "pap": case.incident.pap})
    else:
        lines = [*request.POST.get("indicators", "").splitlines(), *request.POST.getlist("fix")]
        reading = rules.read(lines)
        data = request.POST.copy()
        data["indicators"] = "\n".join(one.given for one in reading.good)
        form = form_class(data, **options)
        valid, wrong = form.is_valid(), indicators.refusal(reading)
        more = {"bad": reading.bad, "repeated": reading.repeated}
        if "indicators" in wrong:
            form.add_error("indicators", wrong["indicators"][0])
        elif reading.bad:
            form.add_error("indicators", _("Some lines were not understood. They stand above, each with its reason."))
        elif valid:
            try:
                item, _reading = indicators.add_indicators(
                    actor=actor, reference=reference, facts=form.facts(), lines=lines
                )
            except Invalid as error:
                form.show(error)
            else:
                messages.success(request, _("%(label)s was added.") % {"label": item.label})
                return see_other("evidence-item", reference, item.label)
    context = case_context(request, case, SECTION, form=form, **more)
    return render(request, "evidence/indicators.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_capture(request: HttpRequest, reference: str) -> HttpResponse:
    """A page by its address; without a capture tool the page says so."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.ADD_EVIDENCE)
    must_be_open(case)
    form = CaptureForm(request.POST or None, initial={"mark": case.incident.mark, "pap": case.incident.pap})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            item = capturing.ask_capture(
                actor=actor, reference=reference, url=given["url"],
                facts={name: given[name] for name in ("title", "description", "mark", "pap")},
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(request, _("%(label)s was added. The page is being captured.") % {"label": item.label})
            return see_other("evidence-item", reference, item.label)
    context = case_context(request, case, SECTION, form=form, configured=bool(settings.CAPTURE_CHROMIUM))
    return render(request, "evidence/capture.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_dangerous(request: HttpRequest, reference: str, number: str, sha256: str) -> HttpResponse:
    """A person says that a file would do harm."""
    actor = actor_of(request)
    case, item = own_item_for(actor, reference, number, Action.ADD_EVIDENCE)
    file, form = file_of(item, sha256), ReasonForm(request.POST or None)
    if request.method == "POST":
        return act_page(
            request, case, item, form, "dangerous",
            lambda given: danger.mark_dangerous(**named(actor, reference, number), sha256=sha256, **given),
            _("The file is marked as dangerous."),
        )  # fmt: skip
    return page(request, case, item, form, "dangerous", file=file)


@require_POST
def evidence_take_apart(request: HttpRequest, reference: str, number: str, sha256: str) -> HttpResponse:
    """A message into its parts."""
    taking_apart.ask_take_apart(**named(actor_of(request), reference, number), sha256=sha256)
    messages.success(request, _("The message is being taken apart."))
    return see_other("evidence-item", reference, number)


@require_POST
def evidence_work_repeat(request: HttpRequest, reference: str, number: str, job: int) -> HttpResponse:
    """Work that failed, once more."""
    jobs.repeat(**named(actor_of(request), reference, number), job_id=job)
    messages.success(request, _("It is being tried again."))
    return see_other("evidence-item", reference, number)
