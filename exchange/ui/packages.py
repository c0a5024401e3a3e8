"""Pages of evidence packages: parse, call, render."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from core.marks import ORDER, Mark, strictest
from documents.progress import progress_answer
from documents.selectors import words_of
from evidence.states import Status
from incidents.access import CaseAccess, case_for
from incidents.errors import NamesHidden
from incidents.hiding import names_open_to
from incidents.ui.sections import case_context
from organisations.actors import Actor
from organisations.doors import actor_of
from organisations.roles import Action

from .. import selectors, services
from ..downloads import evidence_csv, package_zip
from ..errors import AboveMark
from ..models import Package
from ..package import layout
from ..package.material import chosen_items
from .jobs import job_context

SECTION = "evidence-list"
STATE = "exchange/_package_state.html"
PAGE = 25

# Why an item comes without its content, in the reader's language.
WHY: dict[str, Any] = {
    layout.SEALED: gettext_lazy("sealed: only that it exists, its hashes, grade and releasable summary"),
    layout.FROZEN: gettext_lazy("frozen: a file does not match its hash"),
    layout.WITHDRAWN: gettext_lazy("withdrawn: only its record and custody"),
    layout.DISPOSED: gettext_lazy("disposed of: only its record and custody"),
}


class PackageForm(Form):
    """What a package is asked for with. No item chosen: all of them."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Items"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none to export all of them."),
    )  # fmt: skip
    mark = forms.ChoiceField(
        label=gettext_lazy("Strictest mark the package may carry"), widget=forms.RadioSelect,
        help_text=gettext_lazy("It carries the strictest mark of what is in it. Anything marked more strictly than this is refused and named."),
    )  # fmt: skip
    recipient = forms.CharField(
        label=gettext_lazy("Who is it for?"), max_length=200, help_text=gettext_lazy("A court, a body, a person. It is recorded in the custody of every item.")
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("What is it for?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    names_reason = forms.CharField(
        label=gettext_lazy("Why do you take the names out?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("This case is worked on without names, and the package names everybody. Each of them is told, and reads this with your name."),
    )  # fmt: skip

    def __init__(self, *args: Any, case: CaseAccess, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not case.incident.blind:
            del self.fields["names_reason"]
        items = chosen_items(case.incident, [])
        self.fields["items"].choices = [  # type: ignore[attr-defined]
            (item.label, f"{item.label} {item.title} ({item.mark})" + ("" if item.status == Status.HELD else f" · {item.get_status_display()}"))
            for item in items
        ]  # fmt: skip
        least = ORDER[Mark(case.incident.mark)]
        self.fields["mark"].choices = [(mark, mark) for mark in Mark.values if ORDER[Mark(mark)] >= least]  # type: ignore[attr-defined]
        self.fields["mark"].initial = strictest(case.incident.mark, *(item.mark for item in items))


@require_safe
def package_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Packages made of this case, with their hashes and who asked."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_EVIDENCE)
    page = Paginator(selectors.packages_of(case), PAGE).get_page(request.GET.get("page"))
    rows = [{"package": package, "words": words_of(package.job)} for package in page]
    received = [{"package": row, "words": words_of(row.job)} for row in selectors.received_packages_of(case)[:100]]
    context = {
        "rows": rows,
        "page": page,
        "received": received,
        "may_export": case.may(Action.EXPORT_EVIDENCE) and names_open_to(actor, case.incident),
        "names_hidden": not names_open_to(actor, case.incident),
        "may_receive": case.may(Action.ADD_EVIDENCE) and case.incident.status == "open",
    }
    return render(request, "exchange/packages.html", case_context(request, case, SECTION, **context))


@require_http_methods(["GET", "HEAD", "POST"])
def package_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks for a package. What is marked too strictly is named beside the mark."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.EXPORT_EVIDENCE)
    if not names_open_to(actor, case.incident):
        raise NamesHidden
    form = PackageForm(request.POST or None, case=case)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.request_package(actor=actor, reference=reference, **form.cleaned_data)
        except Invalid as error:
            show_invalid(form, error)
        except AboveMark as refused:
            form.add_error("mark", refused.message)
            status = refused.status
        else:
            messages.success(request, _("The package is being made. You can leave this page; it goes on without you."))
            return see_other("package", reference, made.number)
    return render(request, "exchange/package_new.html", case_context(request, case, SECTION, form=form), status=status)


def state_context(actor: Actor, case: CaseAccess, package: Package) -> dict[str, Any]:
    """What the state of a package is drawn from."""
    named = [case.incident.reference, package.number]
    urls = {
        "here": reverse("package", args=named),
        "progress": reverse("package-progress", args=named),
        "retry": reverse("package-retry", args=named),
    }
    may = case.may(Action.EXPORT_EVIDENCE)
    withheld = [
        {"label": row["label"], "why": WHY.get(row["why"], row["why"])} for row in package.holds.get("withheld", [])
    ]
    return {
        "incident": case.incident,
        "package": package,
        "withheld": withheld,
        "may_take": services.may_take(actor, case, package),
        **job_context(package.job, **urls, may_retry=may),
    }


@require_safe
def package(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One package: how far it is, why it failed, or where to take it."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_EVIDENCE)
    found = selectors.package_of(case, number)
    context = case_context(request, case, SECTION, **state_context(actor, case, found))
    return render(request, "exchange/package.html", context | {"tlp_mark": found.mark or case.incident.mark})


@require_safe
def package_progress(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The part that is asked for every two seconds."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SEE_EVIDENCE)
    found = selectors.package_of(case, number)
    return progress_answer(
        request, found.job, STATE, state_context(actor, case, found), besides=case.may(Action.EXPORT_EVIDENCE)
    )  # fmt: skip


@require_POST
def package_retry(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Tries again."""
    services.retry_package(actor=actor_of(request), reference=reference, number=number)
    messages.success(request, _("The package is being made again."))
    return see_other("package", reference, number)


@require_safe
def package_file(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """The zip as it was made."""
    return package_zip(actor_of(request), reference, number, request.headers.get("Range", ""))


@require_safe
def evidence_list_csv(request: HttpRequest, reference: str) -> HttpResponse:
    """The list of evidence as a table for a spreadsheet; `?status=` and `?mark=` narrow it."""
    return evidence_csv(actor_of(request), reference, request.GET)
