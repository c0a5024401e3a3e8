"""Forms of the case's pages: widgets and words. What a fact may say is checked in `incidents.facts`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import FilterForm
from instruments import taxonomy

from ..states import Status


class IncidentFilter(FilterForm):
    """The filters of the list; they live in the address, so that a list can be shared."""

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any")), *Status.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [("", _("Any")), *taxonomy.sectors()]  # type: ignore[attr-defined]
