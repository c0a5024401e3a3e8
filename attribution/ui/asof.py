"""A finding as it stood on a day, and what differs between two days: `?on=…`, `?on=…&against=…`. A page one can link."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from core.errors import Invalid
from core.forms import Form
from core.http import show_invalid
from organisations.doors import actor_of

from .. import asof, services
from ..access import finding_for
from ..history_words import day_shown, difference_shown, sentence_of
from ..models import Finding
from ..words import cause_words
from .pages import page


class DaysForm(Form):
    """Which day, against which other one, and by which history."""

    on = forms.DateField(label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}))
    against = forms.DateField(
        label=_("Compared with"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it empty to see one day."),
    )  # fmt: skip
    by = forms.ChoiceField(
        label=_("By which history"), required=False,
        choices=[
            ("", _("what was on record here; before it was proposed, what was known in the world")),
            ("record", _("what was on record here")),
            ("world", _("what was known in the world")),
        ],
    )  # fmt: skip


def shown(finding: Finding, day: asof.AsOf) -> dict[str, Any]:
    """A day as the page draws it."""
    return {
        "day": day,
        "parts": day_shown(day, finding.standard_version),
        "sentence": sentence_of(day, finding.standard_version),
        "cause": cause_words(day.recorded.cause) if day.recorded else "",
    }


@require_safe
def finding_as_of(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """One day, or two beside each other with everything that differs between them."""
    actor = actor_of(request)
    case, finding = finding_for(actor, reference, number)
    services.note_shown(actor, finding)
    today = clock.today()
    form = DaysForm(request.GET if "on" in request.GET else None, initial={"on": today})
    days: list[asof.AsOf] = []
    if not form.is_bound:
        days = [asof.as_of(finding, today)]
    elif form.is_valid():
        try:
            wanted = [(name, form.cleaned_data[name]) for name in ("on", "against")]
            days = [asof.as_of(finding, day, form.cleaned_data["by"], field=name) for name, day in wanted if day]
        except Invalid as error:
            show_invalid(form, error)
    groups = None
    if len(days) == 2:
        before, after = days
        groups = difference_shown(asof.compared(before, after), before, after, finding.standard_version)
    return page(
        request, case, "as_of", status=422 if form.errors else 200, finding=finding, form=form, groups=groups,
        days=[shown(finding, day) for day in days], here=reverse("finding-as-of", args=[reference, number]),
        by=form.cleaned_data.get("by", "") if form.is_bound and form.is_valid() else "",
    )  # fmt: skip
