"""The forms of a case's facts, the same for filing and for changing. What a fact may say is checked in `incidents.facts`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.countries import country_choices
from core.form_fields import EstimateField, LongSelect, UncertainDateField
from core.forms import Form
from core.marks import Mark, Pap
from instruments import taxonomy

# What each mark allows, in one sentence; the labels themselves are never translated (TLP 2.0).
SCOPES = {
    Mark.CLEAR: _("May be shared with everybody."),
    Mark.GREEN: _("May be shared within the community, but not in public."),
    Mark.AMBER: _("May be shared within an organisation and with its clients, where they need to know."),
    Mark.AMBER_STRICT: _("May be shared within the receiving organisation only, where people need to know."),
    Mark.RED: _("For the named recipients only. They may not pass it on."),
}


# What may be done with what is known, by the same rule (PAP, MISP taxonomy 3).
ACTIONS = {
    Pap.CLEAR: _("May be acted on without restriction."),
    Pap.GREEN: _("Open action is allowed: block, scan, fetch their pages."),
    Pap.AMBER: _("Look it up with third parties, but touch nothing of theirs."),
    Pap.RED: _("Look into one’s own logs only: nothing that anybody outside could notice."),
}


def set_choices(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    """Choices that depend on the day and the reader's language, set when the form is made."""
    field.choices = choices  # type: ignore[attr-defined]


class CountryField(forms.ChoiceField):
    """A country of ISO 3166; empty is "not known"."""

    widget = LongSelect
    default_error_messages = {"invalid_choice": _("“%(value)s” is not a country code of ISO 3166.")}


class FactForm(Form):
    """Saving facts twice is harmless (a draft keeps the last, a case has versions), and add and remove buttons send often."""

    sent_once = False


class WhatForm(FactForm):
    """What happened, in the reporter's words."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("One line that a stranger would understand, for example “Hospital records encrypted”."),
    )
    summary = forms.CharField(
        label=_("What happened"),
        help_text=_(
            "What you saw, in the order it happened. Say what you know, what you were told, and what you suppose."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class WhenForm(FactForm):
    """The moments of the incident, each as exactly as it is known."""

    detected = UncertainDateField(
        label=_("When was it detected?"), required=False, help_text=_("An approximate time is fine.")
    )
    began = UncertainDateField(label=_("When did the harm begin?"), required=False)
    first_access = UncertainDateField(label=_("When did the intruder first get in?"), required=False)
    ended = UncertainDateField(
        label=_("When did it end?"), required=False, help_text=_("Leave this empty while it goes on.")
    )


class WhoForm(FactForm):
    """Harm to people; the sectors and countries stand in rows below."""

    harm = forms.CharField(
        label=_("Harm to civilians"),
        required=False,
        help_text=_("What people could not do, or lost. No names of persons."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class VictimForm(FactForm):
    """One sector in one country."""

    sector = forms.ChoiceField(label=_("Sector"))
    country = CountryField(label=_("Country"), required=False)
    organisations_hit = forms.IntegerField(
        label=_("Organisations hit"), required=False, min_value=0, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w8", "dir": "ltr"}),
        error_messages={"invalid": _("Enter a whole number, or leave it empty if it is not known.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["sector"], [("", _("Choose a sector")), *taxonomy.sectors()])
        set_choices(self.fields["country"], [("", _("Not known")), *country_choices()])


class PeopleForm(FactForm):
    """How many people, as a range; the services they lost stand in rows below."""

    people = EstimateField(
        label=_("How many people are affected?"),
        required=False,
        help_text=_("Not known is a real answer. Enter 0 only if you know that nobody is affected."),
    )
    people_source = forms.CharField(
        label=_("Where do these numbers come from?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ServiceForm(FactForm):
    """One essential service that was hit."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    service = forms.ChoiceField(label=_("Essential service"))
    name = forms.CharField(label=_("Name"), help_text=_("For example the name of the hospital or of the network."))
    country = CountryField(label=_("Country"), required=False)
    people = EstimateField(label=_("How many people are without it?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["service"], [("", _("Choose a service")), *taxonomy.services()])
        set_choices(self.fields["country"], [("", _("Not known")), *country_choices()])


class MarkForm(FactForm):
    """How the case may be shared on."""

    mark = forms.ChoiceField(
        label=_("Sharing mark (TLP 2.0)"),
        choices=[],
        widget=forms.RadioSelect,
        help_text=_("It stands on every page and document of the case."),
    )
    pap = forms.ChoiceField(
        label=_("Permissible actions (PAP)"),
        choices=[],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("What a reader may do with it without showing the other side that it is known."),
    )
    blind = forms.BooleanField(
        label=_("Work on it without names"),
        required=False,
        help_text=_(
            "Organisations and people appear by handles, such as Organisation C, to everybody but their own colleagues. It can be changed later."
        ),
    )
    is_exercise = forms.BooleanField(
        label=_("This is an exercise, not a real incident"),
        required=False,
        help_text=_("An exercise is marked on every page and never counted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["mark"], [(mark.value, f"{mark.value} – {words}") for mark, words in SCOPES.items()])
        set_choices(self.fields["pap"], [(pap.value, f"{pap.value} – {words}") for pap, words in ACTIONS.items()])


class MarkChangeForm(MarkForm):
    """The same on a case that is on record: a mark is relaxed with a reason."""

    blind = None  # type: ignore[assignment]
    mark_reason = forms.CharField(
        label=_("Why may the mark be relaxed?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only asked when a mark becomes less strict. It stays on record with the change."),
    )
