"""Pages of custody records: parse, call, render."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from core.marks import strictest
from documents import languages
from documents.progress import progress_answer
from documents.selectors import words_of
from evidence.access import item_for
from evidence.models import EvidenceItem
from incidents.access import CaseAccess
from incidents.ui.sections import case_context
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..downloads import record_json, record_pdf
from ..models import CustodyRecord
from .jobs import job_context

SECTION = "evidence-list"
STATE = "exchange/_record_state.html"


class RecordForm(Form):
    """What a custody record is asked for with."""

    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages.available()  # type: ignore[attr-defined]


def page(request: HttpRequest, case: CaseAccess, item: EvidenceItem, **more: Any) -> dict[str, Any]:
    """A page about an item carries the strictest mark."""
    context = case_context(request, case, SECTION, item=item, **more)
    context["tlp_mark"] = strictest(case.incident.mark, item.mark)
    return context


@require_http_methods(["GET", "HEAD", "POST"])
def record_list(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """The custody records of an item, and the form that asks for one more."""
    actor = actor_of(request)
    case, item = item_for(actor, reference, number, Action.DOWNLOAD_EVIDENCE)
    form = RecordForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if request.method == "POST" and form.is_valid():
        try:
            record = services.request_record(
                actor=actor, reference=reference, label=number, language=form.cleaned_data["language"]
            )
        except Invalid as error:
            show_invalid(form, error)
        else:
            messages.success(
                request, _("The custody record is being made. You can leave this page; it goes on without you.")
            )
            return see_other("custody-record", reference, number, record.number)
    rows = [{"record": record, "words": words_of(record.job)} for record in selectors.records_of(item)[:100]]
    context = page(request, case, item, form=form, rows=rows)
    return render(request, "exchange/records.html", context, status=422 if form.errors else 200)


def state_context(case: CaseAccess, item: EvidenceItem, record: CustodyRecord) -> dict[str, Any]:
    """What the state of a record is drawn from."""
    named = [case.incident.reference, item.label, record.number]
    urls = {
        "here": reverse("custody-record", args=named),
        "progress": reverse("custody-record-progress", args=named),
        "retry": reverse("custody-record-retry", args=named),
    }
    return {
        "incident": case.incident,
        "item": item,
        "record": record,
        "document": record.job.result,
        **job_context(record.job, **urls, may_retry=case.may(Action.DOWNLOAD_EVIDENCE)),
    }


@require_safe
def record(request: HttpRequest, reference: str, number: str, record: int) -> HttpResponse:
    """One custody record: how far it is, why it failed, or where to take it."""
    case, item = item_for(actor_of(request), reference, number, Action.DOWNLOAD_EVIDENCE)
    found = selectors.record_of(item, record)
    return render(request, "exchange/record.html", page(request, case, **state_context(case, item, found)))


@require_safe
def record_progress(request: HttpRequest, reference: str, number: str, record: int) -> HttpResponse:
    """The part that is asked for every two seconds."""
    case, item = item_for(actor_of(request), reference, number, Action.DOWNLOAD_EVIDENCE)
    found = selectors.record_of(item, record)
    return progress_answer(request, found.job, STATE, state_context(case, item, found))


@require_POST
def record_retry(request: HttpRequest, reference: str, number: str, record: int) -> HttpResponse:
    """Tries again."""
    services.retry_record(actor=actor_of(request), reference=reference, label=number, number=record)
    messages.success(request, _("The custody record is being made again."))
    return see_other("custody-record", reference, number, record)


@require_safe
def record_document(request: HttpRequest, reference: str, number: str, record: int) -> HttpResponse:
    """The PDF as issued."""
    return record_pdf(actor_of(request), reference, number, record)


@require_safe
def record_data(request: HttpRequest, reference: str, number: str, record: int) -> HttpResponse:
    """The same as data."""
    return record_json(actor_of(request), reference, number, record)
