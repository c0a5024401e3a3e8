"""Who can see a case and why; giving a share, ending it, taking that back (SHR-2)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.errors import NotAccredited
from core import clock
from core.errors import Invalid, NotFound
from core.forms import Form
from core.http import see_other, show_invalid
from organisations.doors import actor_of
from organisations.models import Organisation
from organisations.querysets import directory
from organisations.roles import GRANTED_TO, Action, Grade

from .. import emergency, handing, selectors, services, sight
from ..access import CaseAccess, case_for
from ..granting import GUEST_GRADES, UNDO_WITHIN
from ..models import Incident, PastGrant
from ..sight import Sees
from .fact_forms import set_choices
from .sections import case_context

# What a grade opens, in one sentence.
GRADES = {
    Grade.SUMMARY: _("See the facts of the case and how services are restored. No evidence."),
    Grade.EVIDENCE: _("Read everything in the case, evidence included."),
    Grade.CONTRIBUTE: _("Read everything, and add and grade evidence. Nothing of others is changed or taken away."),
    Grade.ASSESS: _("Read everything, rate evidence against hypotheses, and sit on a panel."),
    Grade.COORDINATE: _("Read everything, take part in measures and restoration, and ask for a review."),
    Grade.OVERSEE: _("Read everything, see who can see it, and ask for a review. Changes nothing."),
    Grade.HOLD: _("Everything, each member as far as their role allows."),
}


# A share "without end" has no date; the calendar itself ends in 9999, and the day after must exist.
LAST_DAY = date(9999, 12, 30)


def last_day(label: Any, help_text: Any, *, required: bool) -> forms.DateField:
    """The last day of a share; the moment it ends is the midnight after it."""
    return forms.DateField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date", "class": "w16"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date such as 2026-11-30.")}, validators=[MaxValueValidator(LAST_DAY)],
    )  # fmt: skip


def reason_field() -> forms.CharField:
    """Why a share is needed."""
    return forms.CharField(
        label=_("Why is this share needed?"), max_length=300, help_text=_("Both sides will read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def grade_choices(grades: Any) -> list[tuple[str, Any]]:
    """Grades with what they open."""
    return [(str(grade.value), f"{grade.label}: {GRADES[grade]}") for grade in grades]


SHARED = [grade for grade in Grade if grade != Grade.HOLD]


class GrantForm(Form):
    """A share: with whom, how much, why, until when."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choose an organisation")
    )
    role = forms.ChoiceField(
        label=_("Only for one role"), required=False, choices=[("", _("Everybody in the organisation")), *GRANTED_TO],
        help_text=_("Then only its members with this role see the case."),
    )  # fmt: skip
    person = forms.EmailField(
        label=_("Only for one person"), required=False, max_length=254,
        help_text=_("The e-mail address of somebody in this organisation. Then nobody else of it sees the case by this share."),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    grade = forms.ChoiceField(label=_("How much do they see?"), widget=forms.RadioSelect)
    may_export = forms.BooleanField(
        label=_("They may also export evidence"), required=False,
        help_text=_("Take it out of the platform as a package. Without it they see, and cannot export."),
    )  # fmt: skip
    reason = reason_field()
    until = last_day(
        _("Last day of the share"),
        _("It ends at midnight UTC after this day. Leave it empty for a share without end."),
        required=False,
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = directory().exclude(pk=incident.holder_id)  # type: ignore[attr-defined]
        set_choices(self.fields["grade"], grade_choices(SHARED))

    def clean(self) -> dict[str, Any]:
        """One role or one person, not both."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("role") and given.get("person"):
            self.add_error("person", _("Choose a role or a person, not both."))
        return given

    def end(self) -> datetime | None:
        """The moment the share ends: the last day belongs to it."""
        return midnight_after(self.cleaned_data["until"])


def midnight_after(day: date | None) -> datetime | None:
    """The moment a last day is over."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) if day else None


class GuestForm(Form):
    """Somebody invited to this one case."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    grade = forms.ChoiceField(label=_("How much do they see?"), widget=forms.RadioSelect)
    may_export = forms.BooleanField(
        label=_("They may open files of evidence"), required=False,
        help_text=_("The right to export: a file they open leaves the platform with them. Each opening is recorded with its purpose, and marks still hold."),
    )  # fmt: skip
    reason = reason_field()
    until = last_day(_("Last day"), _("At midnight UTC after this day nothing is left of their access."), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(
            self.fields["grade"],
            [
                (str(Grade.SUMMARY.value), _("The summary: the facts of the case and how services are restored.")),
                (str(Grade.EVIDENCE.value), _("The evidence too. They open no file, unless you allow it below.")),
            ],
        )


assert set(GUEST_GRADES) == {Grade.SUMMARY, Grade.EVIDENCE}  # noqa: S101  (the two choices above)


def line_row(line: Sees) -> dict[str, Any]:
    """One line of the answer in words."""
    who = line.grant
    return {"line": line, "grade": line.grade.label, "meaning": GRADES[line.grade], "id": who.pk if who else None}


def past_row(past: PastGrant, case: CaseAccess) -> dict[str, Any]:
    """A share that is over, and whether its ending can be taken back."""
    house = past.group.role_group if past.group else None
    undo = past.how == PastGrant.How.ENDED and past.ended_at > clock.now() - UNDO_WITHIN
    return {
        "past": past,
        "who": past.user or (house.organisation if house else past.organisation),
        "role": house.get_role_display() if house and house.role else "",
        "grade": Grade(past.grade).label,
        "may_undo": undo and case.may(Action.SHARE) and not past.reason.startswith("Panel seat "),
    }


@require_safe
def incident_grants(request: HttpRequest, reference: str) -> HttpResponse:
    """Who can see the case, and why; what was shared before; who opened it in an emergency; whom it was offered to."""
    answer = sight.who_sees(actor_of(request), reference)
    case = answer.case
    context = {
        "rows": [line_row(line) for line in answer.lines],
        "past": [past_row(past, case) for past in selectors.past_grants_of(case.incident)],
        "openings": emergency.openings_of(case.incident) if case.emergencies else [],
        "offers": handing.offers_on(case.incident),
        "may_share": case.may(Action.SHARE),
        "holds": actor_of(request).organisation.pk == case.incident.holder_id,
        "now": clock.now(),
    }
    return render(request, "incidents/grants.html", case_context(request, case, "incident-grants", **context))


@require_safe
def who_sees(request: HttpRequest, reference: str, kind: str, label: str) -> HttpResponse:
    """Who can see one thing of the case, and why."""
    answer = sight.who_sees(actor_of(request), reference, kind, label)
    words = sight.THINGS[kind].words if kind in sight.THINGS else _("Case")
    context = {"answer": answer, "rows": [line_row(line) for line in answer.lines], "words": words}
    return render(request, "incidents/who.html", case_context(request, answer.case, "incident-grants", **context))


@require_http_methods(["GET", "HEAD", "POST"])
def grant_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Shares the case with another organisation, a role in it, or a person of it."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    form, status = GrantForm(request.POST or None, incident=case.incident), 422
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        terms = {
            "actor": actor, "reference": reference, "organisation": given["organisation"], "grade": int(given["grade"]),
            "reason": given["reason"], "until": form.end(), "may_export": given["may_export"],
        }  # fmt: skip
        try:
            if given["person"]:
                services.grant_person(email=given["person"], **terms)
            else:
                services.grant_access(role=given["role"], **terms)
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
def guest_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Invites somebody by e-mail to this one case."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    form, status = GuestForm(request.POST or None), 422
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.invite_guest(
                actor=actor, reference=reference, email=given["email"], name=given["name"], grade=int(given["grade"]),
                reason=given["reason"], until=midnight_after(given["until"]),  # type: ignore[arg-type]
                may_export=given["may_export"],
            )  # fmt: skip
        except Invalid as error:
            show_invalid(form, error)
        except NotAccredited as error:
            form.add_error("grade", error.message)
            status = error.status
        else:
            messages.success(request, gettext("%(name)s is invited to this case.") % {"name": given["name"]})
            return see_other("incident-grants", reference)
    context = case_context(request, case, "incident-grants", form=form)
    return render(request, "incidents/guest_new.html", context, status=status if form.errors else 200)


def _end(request: HttpRequest, reference: str, grant_id: int, *, by_name: bool) -> HttpResponse:
    """Asks before a share is ended."""
    actor = actor_of(request)
    case = case_for(actor, reference, Action.SHARE)
    lines = sight.lines_of(case.incident, Action.VIEW)
    found = [line for line in lines if line.grant and line.grant.pk == grant_id and line.by_name == by_name]
    if not found:
        raise NotFound(grant_id)
    if request.method == "POST":
        end = services.revoke_person if by_name else services.revoke_grant
        end(actor=actor, reference=reference, grant_id=grant_id)
        messages.success(request, gettext("The share was ended. You can take that back for a day, below."))
        return see_other("incident-grants", reference)
    context = case_context(request, case, "incident-grants", row=line_row(found[0]))
    return render(request, "incidents/grant_end.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def grant_end(request: HttpRequest, reference: str, grant_id: int) -> HttpResponse:
    """Ends a share with an organisation or a role."""
    return _end(request, reference, grant_id, by_name=False)


@require_http_methods(["GET", "HEAD", "POST"])
def grant_end_person(request: HttpRequest, reference: str, grant_id: int) -> HttpResponse:
    """Ends a share with a person."""
    return _end(request, reference, grant_id, by_name=True)


@require_POST
def grant_undo(request: HttpRequest, reference: str, past_id: int) -> HttpResponse:
    """Takes the ending of a share back."""
    services.restore_grant(actor=actor_of(request), reference=reference, past_id=past_id)
    messages.success(request, gettext("The share holds again, as it was."))
    return see_other("incident-grants", reference)
