"""Forms of the organisation's pages."""

from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import Form

from ..roles import FOR_MEMBERS


class RolesForm(Form):
    """What a member does here."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=FOR_MEMBERS, widget=forms.CheckboxSelectMultiple)


class ReasonForm(Form):
    """Why something is done to a member."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The person and the other administrators can read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class ChangeRolesForm(RolesForm, ReasonForm):
    """Other roles, and why."""

    field_order = ["roles", "reason"]


class InviteForm(RolesForm):
    """A person to invite."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As the person writes it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["email", "name", "roles"]


class TokenForm(Form):
    """A key for programs."""

    name = forms.CharField(label=_("What is it for?"), max_length=80, help_text=_("For example “Nightly export”."))
    until = forms.DateField(
        label=_("Last day it is valid"), required=False, help_text=_("It ends at midnight UTC after this day. Leave it empty for a key without end."),
        widget=forms.DateInput(attrs={"type": "date", "class": "w16"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date such as 2026-11-30.")},
    )  # fmt: skip

    def clean_until(self) -> object:
        """A key that has ended already helps nobody."""
        until = self.cleaned_data["until"]
        if until is not None and until >= date.max:  # the day after must exist
            raise forms.ValidationError(_("Choose an earlier day, or leave it empty."))
        if until is not None and until < clock.today():
            raise forms.ValidationError(_("The key must end in the future."))
        return until

    def end(self) -> datetime | None:
        """The moment the key ends: the last day belongs to it."""
        until = self.cleaned_data["until"]
        return datetime.combine(until + timedelta(days=1), time(), UTC) if until else None
