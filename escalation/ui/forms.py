"""The proposal form: only the questions a measure's class is asked. Shape here; what an answer means is in `answers`."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.countries import country_choices
from core.forms import Form
from instruments import taxonomy

from ..answers import DAYS, MOST_TEXT, MOST_TITLE, TEXTS, questions
from ..answers import YES_NO as ANSWERED_YES_NO
from ..rules import prohibitions
from ..words import HINTS, QUESTIONS, aim_choices

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
REVERSIBLE = [("yes", _("Yes, fully")), ("partial", _("In part")), ("no", _("No"))]

# In which order and under which heading the questions stand.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("What it is aimed at"), ("target_state", "aimed_at", "interrupts", "consultation_only")),
    (_("Necessary, in proportion, reversible"), ("necessity", "proportionality", "civilian_effect", "third_state_effect", "reversible")),
    (_("The obligation and the way back"), ("aims_at_compliance", "obligation_suspended", "reversal_plan", "reversal_by", "reversal_on", "compliance_signal")),
    (_("Procedure before it starts"), ("called_on_state_on", "notified_on", "negotiation_offered_on", "urgency_reason")),
    (_("Time"), ("starts_on", "expires_on")),
    (_("Where the dispute stands"), ("responsible_state_complied", "act_ceased", "before_tribunal", "tribunal_in_bad_faith")),
)  # fmt: skip


def text_area(name: str, rows: int = 3) -> forms.CharField:
    """An answer in words."""
    return forms.CharField(
        label=QUESTIONS[name], required=False, max_length=MOST_TEXT, help_text=HINTS.get(name, ""),
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def several(name: str, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    """Any number of a list."""
    return forms.MultipleChoiceField(
        label=QUESTIONS[name], required=False, choices=choices, widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
        help_text=HINTS.get(name, ""),
    )  # fmt: skip


def one_of(label: Any, choices: Any) -> forms.ChoiceField:
    """One of a few, or no answer."""
    return forms.ChoiceField(
        label=label, required=False, choices=choices, widget=forms.RadioSelect(attrs={"class": "inline"})
    )


class ProposalForm(Form):
    """A proposal of one measure of the ladder."""

    title = forms.CharField(label=_("What is to be done, in one line"), max_length=MOST_TITLE)
    text = forms.CharField(
        label=_("In more words"), required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, measure: Mapping[str, Any], ladder: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code, self.asked = measure["code"], questions(measure)
        self.listed = prohibitions(ladder)
        # Who presses answers each prohibition for itself; who does not, only says which of them are touched.
        self.one_by_one = "clear_of" in self.asked
        # "Optional" would be untrue where the guardrails refuse what is left open.
        self.mark_optional = not self.one_by_one
        for name in self.asked:
            if field := self._field(name, measure):
                self.fields[name] = field
        if self.one_by_one:
            for code, item in self.listed.items():
                self.fields[f"touches_{code}"] = one_of(f"{code} {gettext(item['name'])}", YES_NO)
        self.groups = tuple(self._groups())

    def _field(self, name: str, measure: Mapping[str, Any]) -> forms.Field | None:
        if name in DAYS:
            return forms.DateField(
                label=QUESTIONS[name], required=False, widget=forms.DateInput(attrs={"type": "date"})
            )
        if name in TEXTS:
            return text_area(name)
        match name:
            case "target_state":
                choices = (
                    [("", _("No State"))] if not measure["needs_responsible_state"] else [("", _("Choose a State"))]
                )
                return forms.ChoiceField(label=QUESTIONS[name], required=False, choices=[*choices, *country_choices()])
            case "aimed_at":
                return several(name, aim_choices())
            case "interrupts":
                return several(name, taxonomy.services())
            case "reversible":
                return one_of(QUESTIONS[name], REVERSIBLE)
            case "touches" if not self.one_by_one:
                return several(name, [(code, f"{code} {gettext(item['name'])}") for code, item in self.listed.items()])
            case "touches" | "clear_of":
                return None
        return one_of(QUESTIONS[name], YES_NO)

    def _groups(self) -> list[tuple[Any, ...]]:
        hint = _("A question left open can be reason enough for a refusal.") if self.one_by_one else ""
        groups: list[tuple[Any, ...]] = [(_("The measure"), ("title", "text"), hint)]
        for legend, names in GROUPS:
            if asked := tuple(name for name in names if name in self.fields):
                groups.append((legend, asked))
        prohibited = tuple(name for name in self.fields if name == "touches" or name.startswith("touches_"))
        if prohibited:
            hint = _("An answer “yes” stops the measure; there is no override.")
            groups.append((_("Prohibitions"), prohibited, hint))
        return groups

    def facts(self) -> dict[str, Any]:
        """What was answered, as the services take it; what was not asked or not answered is left out."""
        given: dict[str, Any] = {"code": self.code}
        for name, value in self.cleaned_data.items():
            if name.startswith("touches_"):
                continue
            given[name] = {"yes": True, "no": False}.get(value) if name in ANSWERED_YES_NO else value
        if self.one_by_one:
            answered = {code: self.cleaned_data.get(f"touches_{code}") for code in self.listed}
            given["touches"] = [code for code, answer in answered.items() if answer == "yes"]
            given["clear_of"] = [code for code, answer in answered.items() if answer == "no"]
        return given


class ConfirmForm(Form):
    """Nothing to fill in: the act itself, sent once."""


class ReasonForm(Form):
    """Why a measure is declined, withdrawn or ended."""

    reason = forms.CharField(label=_("Why?"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 4}))
