"""Forms of the case's lists: the filters, which live in the address so that a list can be shared."""

from functools import lru_cache
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.countries import country_choices
from core.form_fields import LongSelect
from core.forms import FilterForm
from instruments import taxonomy
from instruments.models import Instrument
from instruments.selectors import in_force

from ..states import Status
from .fact_forms import CountryField, set_choices


class IncidentFilter(FilterForm):
    """Words, sector, country, status: each may be left open."""

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    sector = forms.ChoiceField(label=_("Sector"), required=False, widget=LongSelect)
    country = CountryField(label=_("Country"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any")), *Status.choices], widget=LongSelect
    )

    # Chosen on the page of labels: the blank form is the same for everybody, and labels are not.
    label = forms.IntegerField(label=_("Label"), required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["sector"], [("", _("Any")), *taxonomy.sectors()])
        set_choices(self.fields["country"], [("", _("Any")), *country_choices()])

    def chosen(self) -> dict[str, str]:
        """The filters in use, by name; a filter that is not one of the list is left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def words_for(self, name: str, value: str) -> str:
        """A filter in words, never as its code."""
        field = self.fields[name]
        known: dict[Any, Any] = {}
        if isinstance(field, forms.ChoiceField):
            known = dict(field.choices)  # type: ignore[arg-type]
        return f"{field.label}: {known.get(value, f'“{value}”')}"


def blank_filter() -> SafeString:
    """The filters with nothing chosen, as most lists are asked for: the same for everybody in a language, so drawn once."""
    return _blank_filter(get_language() or "", in_force(Instrument.Kind.SERVICE_TAXONOMY).version)


@lru_cache(maxsize=32)
def _blank_filter(language: str, taxonomy_version: str) -> SafeString:
    return IncidentFilter().render()
