"""Forms of the organisation's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form

from ..roles import Role


class RolesForm(Form):
    """What a member does here."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)


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
