"""Who can see a case and why; giving a share and ending it (SHR-2)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import NotAccredited
from core.errors import Invalid, NotFound
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.models import Organisation
from organisations.querysets import directory
from organisations.roles import Action, Grade, Role

from .. import selectors, services
from ..access import case_for
from ..models import Incident, IncidentGroupPermission, IncidentUserPermission
from .fact_forms import set_choices
from .sections import case_context

# What a grade opens, in one sentence.
GRADES = {
    Grade.SUMMARY: _("See the facts of the case and how services are restored. No evidence."),
    Grade.EVIDENCE: _("Read everything in the case, evidence included."),
    Grade.CONTRIBUTE: _("Read everything, and add and grade evidence."),
    Grade.ASSESS: _("Read everything, rate evidence against hypotheses, and sit on a panel."),
    Grade.COORDINATE: _("Read everything, take part in measures and restoration, and ask for a review."),
    Grade.OVERSEE: _("Read everything, see who can see it, and ask for a review. Changes nothing."),
}


# A share "without end" has no date; the calendar itself ends in 9999, and the day after must exist.
LAST_DAY = date(9999, 12, 30)


class GrantForm(Form):
    """A share: with whom, how much, why, until when."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choose an organisation")
    )
    role = forms.ChoiceField(
        label=_("Only for one role"), required=False, choices=[("", _("Everybody in the organisation")), *Role.choices],
        help_text=_("Then only its members with this role see the case."),
    )  # fmt: skip
    grade = forms.ChoiceField(label=_("How much do they see?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why is this share needed?"),
        max_length=300,
        help_text=_("Both sides will read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        label=_("Last day of the share"), required=False, help_text=_("It ends at midnight UTC after this day. Leave it empty for a share without end."),
        widget=forms.DateInput(attrs={"type": "date", "class": "w16"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date such as 2026-11-30.")},
        validators=[MaxValueValidator(LAST_DAY)],
    )  # fmt: skip

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = directory().exclude(pk=incident.holder_id)  # type: ignore[attr-defined]
        set_choices(
            self.fields["grade"], [(str(grade.value), f"{grade.label}: {words}") for grade, words in GRADES.items()]
        )

    def end(self) -> datetime | None:
        """The moment the share ends: the last day belongs to it."""
        until = self.cleaned_data["until"]
        return datetime.combine(until + timedelta(days=1), time(), UTC) if until else None


def grade_of(grant: IncidentGroupPermission | IncidentUserPermission) -> Grade:
    """The grade a grant stands for."""
    return Grade[grant.permission.codename.removeprefix("grade_").upper()]


def grant_row(grant: IncidentGroupPermission | IncidentUserPermission) -> dict[str, Any]:
    """A share in words."""
    row: dict[str, Any] = {"grant": grant, "grade": grade_of(grant).label, "meaning": GRADES[grade_of(grant)]}
    if isinstance(grant, IncidentGroupPermission):
        group = grant.group.role_group
        return {
            **row,
            "who": group.organisation,
            "role": group.get_role_display() if group.role else "",
            "can_end": True,
        }
    return {**row, "who": grant.user, "role": gettext("by name")}


@require_safe
def incident_grants(request: HttpRequest, reference: str) -> HttpResponse:
    """Who can see the case, and why."""
    case = case_for(actor_of(request), reference, Action.SEE_GRANTS)
    rows = [grant_row(grant) for grant in selectors.grants_on(case.incident)]
    rows += [grant_row(grant) for grant in selectors.personal_grants_on(case.incident)]
    return render(
        request,
        "incidents/grants.html",
        case_context(request, case, "incident-grants", rows=rows, may_share=case.may(Action.SHARE)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def grant_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Shares the case with another organisation."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    form, status = GrantForm(request.POST or None, incident=case.incident), 422
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.grant_access(
                actor=actor, reference=reference, organisation=given["organisation"], grade=int(given["grade"]),
                reason=given["reason"], role=given["role"], until=form.end(),
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        except NotAccredited as error:
            form.add_error("grade", error.message)
            status = error.status
        else:
            messages.success(
                request, gettext("The case is shared with %(organisation)s.") % {"organisation": given["organisation"]}
            )
            return see_other("incident-grants", reference)
    context = case_context(request, case, "incident-grants", form=form)
    return render(request, "incidents/grant_new.html", context, status=status if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def grant_end(request: HttpRequest, reference: str, grant_id: int) -> HttpResponse:
    """Asks before a share is ended."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    grant = next((grant for grant in selectors.grants_on(case.incident) if grant.pk == grant_id), None)
    if grant is None:
        raise NotFound(grant_id)
    if request.method == "POST":
        services.revoke_grant(actor=actor, reference=reference, grant_id=grant_id)
        messages.success(request, gettext("The share was ended."))
        return see_other("incident-grants", reference)
    return render(
        request, "incidents/grant_end.html", case_context(request, case, "incident-grants", row=grant_row(grant))
    )
