"""Forms of the public figures: shape only; the rules are in services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import FilterForm, Form

from .. import words
from ..release import INCIDENTS
from ..services import MOST_TEXT


class ViewForm(FilterForm):
    """Which of the published figures to look at. It chooses among fixed tables and asks no question of its own (R5.2)."""

    measure = forms.ChoiceField(label=_("Count"), required=False, choices=list(words.MEASURES.items()))
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    since = forms.ChoiceField(label=_("From"), required=False)
    until = forms.ChoiceField(label=_("To"), required=False)

    def __init__(self, *args: Any, sectors: Sequence[tuple[str, str]], years: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "sector": [("", _("All")), *sectors],
            "since": [("", _("First year")), *((year, year) for year in years)],
            "until": [("", _("Last year")), *((year, year) for year in years)],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = offered

    def chosen(self) -> dict[str, str]:
        """The choices in use; what is not offered is left out."""
        self.is_valid()
        known = {name: value for name, value in self.cleaned_data.items() if value}
        return {"measure": INCIDENTS, **known}


class BeginForm(Form):
    """What people write to go with the figures."""

    key_points = forms.CharField(
        label=_("Key points"), required=False, max_length=MOST_TEXT, widget=forms.Textarea,
        help_text=_("Up to three sentences for readers. They are published with the figures: name no case, person or organisation."),
    )  # fmt: skip
    revision_notes = forms.CharField(
        label=_("Revision notes"), required=False, max_length=MOST_TEXT, widget=forms.Textarea,
        help_text=_("What is revised and why, when the figures of this quarter were published before."),
    )  # fmt: skip


class PublishForm(Form):
    """The second person says what they did."""

    read = forms.BooleanField(
        label=_("I read the figures, the key points and the notes. They name and single out nobody."),
        error_messages={"required": _("Read the figures first, then confirm it here.")},
    )


class DiscardForm(Form):
    """Why it shall not be published."""

    reason = forms.CharField(label=_("Why is it discarded?"), max_length=MOST_TEXT, widget=forms.Textarea)
