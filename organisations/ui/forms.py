"""Forms of the organisation's pages."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form

from ..roles import FOR_MEMBERS, Role


class RolesForm(Form):
    """What a member does here."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=FOR_MEMBERS, widget=forms.CheckboxSelectMultiple)

    def offer(self, roles: Iterable[Role]) -> None:
        """Only these: a program's account has no other."""
        field = self.fields["roles"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(role.value, role.label) for role in roles]


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
