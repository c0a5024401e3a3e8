"""Pages of verification reports: parse, call, render."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from attribution.models import Finding
from core.errors import DomainError, Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from core.marks import Mark, stricter
from documents import languages
from documents.progress import progress_answer
from documents.selectors import is_open, words_of
from documents.states import State
from incidents.access import CaseAccess
from incidents.ui.sections import case_context
from organisations.doors import actor_of

from .. import selectors, services
from ..access import finding_to_take
from ..downloads import report_json, report_pdf
from ..models import VerificationReport

SECTION = "attribution"
STATE = "accountability/_verification_state.html"


class ReportForm(Form):
    """What a verification report is asked for with."""

    mark = forms.ChoiceField(
        label=gettext_lazy("Sharing mark"), widget=forms.RadioSelect,
        help_text=gettext_lazy("Of evidence marked more strictly only number, class, grade and mark are told. The mark cannot be less strict than that of the case."),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args: Any, case_mark: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark, language = self.fields["mark"], self.fields["language"]
        assert isinstance(mark, forms.ChoiceField) and isinstance(language, forms.ChoiceField)  # noqa: S101
        mark.choices = [(m, m) for m in Mark.values if not stricter(case_mark, m)]
        mark.initial = case_mark
        language.choices = languages.available()


@require_http_methods(["GET", "HEAD", "POST"])
def report_list(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """The reports one's own organisation asked for, and the form that asks for one more."""
    actor = actor_of(request)
    case, finding = finding_to_take(actor, reference, number)
    form = ReportForm(request.POST or None, case_mark=case.incident.mark, initial={"language": request.LANGUAGE_CODE})
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                report = services.request_report(actor=actor, reference=reference, label=number, **form.cleaned_data)
            except Invalid as error:
                show_invalid(form, error)
            except DomainError as error:
                status, refusal = 409, error
            else:
                messages.success(
                    request, _("The report is being made. You can leave this page; it goes on without you.")
                )
                return see_other("verification", reference, number, report.code)
    rows = [{"report": row, "words": words_of(row.job)} for row in selectors.reports_of(finding, actor)[:100]]
    context = case_context(request, case, SECTION, finding=finding, form=form, rows=rows, refusal=refusal)
    return render(request, "accountability/verification_list.html", context, status=status)


def state_context(case: CaseAccess, finding: Finding, report: VerificationReport) -> dict[str, Any]:
    """What the state of a report is drawn from."""
    named = [case.incident.reference, finding.label, report.code]
    return {
        "incident": case.incident,
        "finding": finding,
        "report": report,
        "document": report.job.result,
        "otherwise": selectors.stands_otherwise(finding, report),
        "job": report.job,
        "words": words_of(report.job),
        "is_open": is_open(report.job),
        "failed": report.job.state == State.FAILED,
        "here_url": reverse("verification", args=named),
        "progress_url": reverse("verification-progress", args=named),
        "retry_url": reverse("verification-retry", args=named),
    }


@require_safe
def report(request: HttpRequest, reference: str, number: str, code: str) -> HttpResponse:
    """One report: how far it is, why it failed, or where to take it."""
    actor = actor_of(request)
    case, finding = finding_to_take(actor, reference, number)
    found = selectors.report_of(finding, actor, code)
    context = case_context(request, case, SECTION, **state_context(case, finding, found))
    return render(request, "accountability/verification.html", context | {"tlp_mark": found.mark})


@require_safe
def report_progress(request: HttpRequest, reference: str, number: str, code: str) -> HttpResponse:
    """The part that is asked for every two seconds; 304 while nothing moved."""
    actor = actor_of(request)
    case, finding = finding_to_take(actor, reference, number)
    found = selectors.report_of(finding, actor, code)
    context = state_context(case, finding, found)
    return progress_answer(request, found.job, STATE, context, besides=context["otherwise"])


@require_POST
def report_retry(request: HttpRequest, reference: str, number: str, code: str) -> HttpResponse:
    """Tries again."""
    services.retry_report(actor=actor_of(request), reference=reference, label=number, code=code)
    messages.success(request, _("The report is being made again."))
    return see_other("verification", reference, number, code)


@require_safe
def report_document(request: HttpRequest, reference: str, number: str, code: str) -> HttpResponse:
    """The PDF as issued."""
    return report_pdf(actor_of(request), reference, number, code)


@require_safe
def report_data(request: HttpRequest, reference: str, number: str, code: str) -> HttpResponse:
    """The same as data."""
    return report_json(actor_of(request), reference, number, code)
