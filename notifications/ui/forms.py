"""Forms of the inbox."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import FilterForm, Form

from ..kinds import Reason
from ..models import Preference


class ReasonFilter(FilterForm):
    """Which reasons to show."""

    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=[("", _("All reasons")), *Reason.choices])


class SnoozeForm(Form):
    """How long to put something off."""

    sent_once = False
    days = forms.TypedChoiceField(
        label=_("Put off for"), coerce=int, choices=[(1, _("One day")), (3, _("Three days")), (7, _("A week"))]
    )

    def until(self) -> object:
        """The moment it comes back."""
        return clock.now() + timedelta(days=self.cleaned_data["days"])


class EmailForm(Form):
    """How to be told besides the inbox."""

    sent_once = False
    email = forms.ChoiceField(label=_("E-mail"), choices=Preference.Email.choices, widget=forms.RadioSelect)
