"""Pages of deadlines: those of the cases one's house holds, those of one case, and moving one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import Invalid
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of

from .. import deadlines, moving
from ..access import case_for
from .sections import case_context

AHEAD = timedelta(days=60)


class MoveForm(Form):
    """Stop a deadline, let it go on, or put it off. What is needed depends on the choice, so nothing says "(optional)"."""

    mark_optional = False
    act = forms.ChoiceField(label=gettext_lazy("What should happen?"), widget=forms.RadioSelect)
    until = forms.DateTimeField(
        label=gettext_lazy("Until when? (UTC)"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "w16"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("A pause: when the clock goes on. Putting off: the new deadline. Going on needs none."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why?"), widget=forms.Textarea, required=False, max_length=moving.MOST_REASON,
        help_text=gettext_lazy("Whoever sees the deadline can read it."),
    )  # fmt: skip

    PAUSE, RESUME, EXTEND = "pause", "resume", "extend"

    def __init__(self, *args: Any, paused: bool, overdue: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(self.RESUME, _("Let it go on now"))] if paused else [(self.EXTEND, _("Put it off"))]
        if not paused and not overdue:
            choices.insert(0, (self.PAUSE, _("Pause it: the working time that is left stays left")))
        self.fields["act"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """All but going on needs a moment and a reason."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("act") in (self.PAUSE, self.EXTEND):
            if not found.get("until") and "until" not in self.errors:
                self.add_error("until", _("Say until when."))
            if not found.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Say why."))
        return found

    def moment(self) -> datetime:
        """The moment chosen, UTC."""
        chosen: datetime = self.cleaned_data["until"]
        return chosen.replace(tzinfo=UTC)


@require_safe
def deadline_list(request: HttpRequest) -> HttpResponse:
    """What is due in the cases one's organisation holds, overdue first."""
    rows = deadlines.of_house(actor_of(request), clock.now() + AHEAD)
    return render(request, "incidents/deadlines.html", {"rows": rows, "days": AHEAD.days, "most": deadlines.MOST})


@require_safe
def incident_deadlines(request: HttpRequest, reference: str) -> HttpResponse:
    """What is due in a case, and what was moved."""
    case = case_for(actor_of(request), reference)
    context = case_context(
        request, case, "incident-deadlines", rows=deadlines.of_case(case), changes=deadlines.changes_of(case)
    )
    return render(request, "incidents/case_deadlines.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def deadline(request: HttpRequest, reference: str, clock_code: str, key: str) -> HttpResponse:
    """One deadline, what was done to it, and moving it."""
    actor = actor_of(request)
    case = case_for(actor, reference)
    row = deadlines.one_of(case, clock_code, key)
    form = MoveForm(request.POST or None, paused=row.paused is not None, overdue=row.overdue)
    if request.method == "POST" and form.is_valid():
        named: dict[str, Any] = {"actor": actor, "reference": reference, "code": clock_code, "key": key}
        try:
            if form.cleaned_data["act"] == MoveForm.RESUME:
                moving.resume_deadline(**named, reason=form.cleaned_data["reason"])
            elif form.cleaned_data["act"] == MoveForm.PAUSE:
                moving.pause_deadline(**named, until=form.moment(), reason=form.cleaned_data["reason"])
            else:
                moving.extend_deadline(**named, to=form.moment(), reason=form.cleaned_data["reason"])
        except Invalid as error:
            shown = Invalid({"until" if name == "to" else name: texts for name, texts in error.fields.items()})
            show_invalid(form, shown)
        else:
            messages.success(request, _("The deadline was moved. Whoever sees it can read why."))
            return see_other("deadline", reference, clock_code, key)
    context = case_context(
        request, case, "incident-deadlines", row=row, form=form, changes=deadlines.changes_of(case, clock_code, key)
    )
    return render(request, "incidents/deadline.html", context, status=422 if form.errors else 200)
