"""Forms of restoration: widgets and words. What a fact may say is checked in `remediation.checks`."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.form_fields import EstimateField, UncertainDateField
from core.forms import FilterForm, Form
from incidents.mentions import HINT
from incidents.models import ServiceHit
from organisations.models import Organisation, User

from ..models import RemediationTask, RestorationUpdate
from ..states import CancelReason, ServiceState, TaskStatus
from .words import since_words, state_words

NEXT_UPDATE = [
    ("", _("No time promised")),
    ("1", _("In 1 hour")),
    ("4", _("In 4 hours")),
    ("12", _("In 12 hours")),
    ("24", _("In 1 day")),
    ("72", _("In 3 days")),
    ("168", _("In 1 week")),
]


def set_choices(field: forms.Field, choices: Iterable[tuple[Any, Any]]) -> None:
    """Choices that are known only when the form is made."""
    field.choices = list(choices)  # type: ignore[attr-defined]


class UpdateForm(Form):
    """What is known about a service now."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("Choose a state")), *ServiceState.choices])
    at = UncertainDateField(label=_("Since when?"))
    capacity = forms.CharField(
        label=_("Capacity in percent of normal"), required=False, max_length=4, help_text=_("Leave it empty if it is not known."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w4", "dir": "ltr"}),
    )  # fmt: skip
    people = EstimateField(label=_("How many people are without it?"), required=False)
    note = forms.CharField(label=_("What should others know?"), required=False, widget=forms.Textarea)
    next_update_in = forms.ChoiceField(label=_("When comes the next update?"), required=False, choices=NEXT_UPDATE)
    corrects = forms.ChoiceField(
        label=_("Does it correct an earlier update?"),
        required=False,
        help_text=_("The earlier one stays readable, and no longer counts."),
    )

    def __init__(self, *args: Any, held: list[RestorationUpdate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if held:
            told = [
                (
                    update.pk,
                    gettext("%(state)s since %(moment)s")
                    % {"state": state_words(update.state), "moment": since_words(update)},
                )
                for update in reversed(held)
            ]
            set_choices(self.fields["corrects"], [("", _("No, this is new")), *told])
        else:
            del self.fields["corrects"]

    def facts(self) -> dict[str, Any]:
        """As `services.post_update` takes it."""
        given = self.cleaned_data
        at, people, hours = given["at"], given["people"], given["next_update_in"]
        return {
            "state": given["state"],
            "at": {
                "at": at.at.isoformat() if at and at.at else None,
                "precision": at.precision if at else "unknown",
            },
            "capacity": given["capacity"].strip().removesuffix("%").strip(),
            "people": {"min": people.low, "best": people.best, "max": people.high} if people else None,
            "note": given["note"],
            "next_update_due": clock.now() + timedelta(hours=int(hours)) if hours else None,
            "corrects": given.get("corrects", ""),
        }


class TargetForm(Form):
    """By when the service is to work again."""

    target_hours = forms.CharField(
        label=_("Target time to recover, in hours"), required=False, max_length=10, help_text=_("Counted from the outage. Leave it empty to take the target back."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w8", "dir": "ltr"}),
    )  # fmt: skip


class BackupForm(Form):
    """The check of what the service is restored from (R4.2)."""

    passed = forms.ChoiceField(
        label=_("What did the integrity check find?"),
        choices=[("yes", _("The backup is whole")), ("no", _("The backup failed the check"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("How was it checked?"), widget=forms.Textarea)


class ConfirmForm(Form):
    """The word of the service's owner (R4.3)."""

    words = forms.CharField(label=_("Who of the owner confirmed it, and how do you know?"), widget=forms.Textarea)

    def __init__(self, *args: Any, operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if operator:
            self.fields["words"].required = False
            self.fields["words"].label = _("What did you see?")


class TaskForm(Form):
    """What is to be done, by whom, by when, after what."""

    title = forms.CharField(label=_("Title"), max_length=200)
    description = forms.CharField(label=_("What is to be done?"), required=False, widget=forms.Textarea, help_text=HINT)
    organisation = forms.ChoiceField(label=_("Owner"), help_text=_("Organisations that can see this case."))
    person = forms.ChoiceField(
        label=_("Person"),
        required=False,
        help_text=_("You can name people of your own organisation; another organisation names its own."),
    )
    due = forms.CharField(
        label=_("Due"),
        required=False,
        help_text=_("For example 2026-11-30."),
        widget=forms.DateInput(attrs={"type": "date", "class": "w16"}),
    )
    service = forms.ChoiceField(label=_("Which service does it bring back?"), required=False)
    depends_on = forms.MultipleChoiceField(
        label=_("Which tasks have to be done first?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        owners: list[Organisation],
        persons: list[User],
        services: list[ServiceHit],
        others: list[RemediationTask],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["organisation"], [(house.slug, house.name) for house in owners])
        set_choices(
            self.fields["person"], [("", _("Nobody by name")), *((str(user.pk), str(user)) for user in persons)]
        )
        set_choices(
            self.fields["service"], [("", _("None in particular")), *((str(hit.pk), hit.name) for hit in services)]
        )
        if others:
            set_choices(
                self.fields["depends_on"], [(task.reference, f"{task.reference} {task.title}") for task in others]
            )
        else:
            del self.fields["depends_on"]

    def facts(self) -> dict[str, Any]:
        """As the services take it."""
        return dict(self.cleaned_data)


class CompleteForm(Form):
    """What shows that a task is done."""

    completion = forms.CharField(label=_("What was done, and what shows it?"), widget=forms.Textarea)
    evidence_number = forms.CharField(
        label=_("Evidence item"), required=False, max_length=10, help_text=_("Its number, such as E-17, if there is one."),
        widget=forms.TextInput(attrs={"class": "w8", "dir": "ltr"}),
    )  # fmt: skip


class VerifyForm(Form):
    """Whether it was done."""

    outcome = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[("verified", _("It is done")), ("sent_back", _("It is not done: send it back"))],
        widget=forms.RadioSelect,
    )
    verification = forms.CharField(label=_("How did you verify it, or what is missing?"), widget=forms.Textarea)


class CancelForm(Form):
    """Why a task will not be done."""

    reason = forms.ChoiceField(label=_("Why?"), choices=CancelReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("More about the reason"), required=False, widget=forms.Textarea)


class TaskFilter(FilterForm):
    """The filters of the tasks; they live in the address."""

    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any")), *TaskStatus.choices])
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    mine = forms.BooleanField(label=_("Mine"), required=False)
    overdue = forms.BooleanField(label=_("Overdue"), required=False)

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["owner"], [("", _("Any")), *owners])

    def chosen(self) -> dict[str, Any]:
        """The filters in use; a value that is not in the list is left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def words_for(self, name: str, value: Any) -> str:
        """A filter in words."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return f"{field.label}: {dict(field.choices).get(value, value)}"  # type: ignore[arg-type]
        return str(field.label)
