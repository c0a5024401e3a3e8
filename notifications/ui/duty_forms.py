"""Forms of the duty rota."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.form_fields import ZONES
from core.forms import Form
from organisations.actors import Actor
from organisations.selectors import members_of

from ..models import DutyContact
from ..models.duty import WEEKDAYS

TIME = forms.TimeInput(attrs={"type": "time", "class": "w16"}, format="%H:%M")
DAY = forms.DateInput(attrs={"type": "date", "class": "w16"}, format="%Y-%m-%d")


class ContactForm(Form):
    """A person or a mailbox on the rota, and when."""

    order = forms.IntegerField(label=_("Order"), min_value=1, max_value=99, initial=1, help_text=_("1 is asked first."))
    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int, empty_value=None)
    email = forms.EmailField(
        label=_("Or a mailbox"), max_length=254, required=False, widget=forms.EmailInput(attrs={"dir": "ltr"}),
        help_text=_("It is written to when it is asked, and acknowledges by a link."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), max_length=80, required=False, help_text=_("For a mailbox. A person keeps their own name.")
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"dir": "ltr", "type": "tel"})
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        initial=[1, 2, 3, 4, 5, 6, 7],
    )
    starts = forms.TimeField(label=_("From"), widget=TIME, initial="00:00")
    ends = forms.TimeField(
        label=_("Until"), widget=TIME, initial="00:00",
        help_text=_("The same time twice means the whole day. An earlier time means the next morning."),
    )  # fmt: skip
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=40, initial="UTC",
        widget=forms.TextInput(attrs={"list": "zones", "dir": "ltr", "autocomplete": "off"}),
        help_text=_("Such as Europe/Paris."),
    )  # fmt: skip
    from_on = forms.DateField(label=_("First day"), required=False, widget=DAY, help_text=_("Empty: from now on."))
    until_on = forms.DateField(label=_("Last day"), required=False, widget=DAY, help_text=_("Empty: without end."))

    groups = (
        (_("Who"), ("person", "email", "name", "phone", "order")),
        (_("When"), ("weekdays", "starts", "ends", "time_zone", "from_on", "until_on")),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(each.user_id, str(each.user)) for each in members_of(actor) if each.user.is_active]
        self.fields["person"].choices = [("", _("Nobody: a mailbox")), *people]  # type: ignore[attr-defined]
        self.zones = ZONES

    @staticmethod
    def initial_of(contact: DutyContact) -> dict[str, Any]:
        """A contact as the form shows it."""
        names = ("email", "name", "phone", "weekdays", "starts", "ends", "time_zone", "from_on", "until_on")
        return {
            "order": contact.position,
            "person": contact.user_id,
            **{name: getattr(contact, name) for name in names},
        }


class CallForm(Form):
    """A case to be called about."""

    reference = forms.CharField(
        label=_("Which case is it about?"), max_length=30, help_text=_("A case you share, such as INC-2026-000042."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "class": "w16"}),
    )  # fmt: skip
