"""Forms of accreditation: shape only; the rules are in services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from organisations.models import Organisation

from ..models import Attestation
from ..selectors import lines_of, rules
from ..services import MOST_REASON
from ..states import Answer


class AnswersForm(Form):
    """Every requirement with its answer. Kept as typed: saving twice is harmless, and nothing is asked before it is sent."""

    sent_once = False
    mark_optional = False

    def __init__(self, *args: Any, attestation: Attestation, **kwargs: Any) -> None:
        lines = lines_of(attestation)
        kwargs["initial"] = {f"{line['code']}_{part}": line[part] for line in lines for part in ("answer", "how")}
        super().__init__(*args, **kwargs)
        most = int(rules(attestation.rules)["most_text"])
        groups = []
        for line in lines:
            answer, how = f"{line['code']}_answer", f"{line['code']}_how"
            self.fields[answer] = forms.ChoiceField(
                label=gettext(line["asks"]), choices=Answer.choices, required=False, widget=forms.RadioSelect
            )
            self.fields[how] = forms.CharField(
                label=_("How, or what is missing?"),
                max_length=most,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            groups.append((gettext(line["name"]), (answer, how), line["source"]))
        self.groups = tuple(groups)
        self.codes = [line["code"] for line in lines]

    def answers(self) -> dict[str, dict[str, str]]:
        """What was typed, by requirement, whether or not it can stand."""
        return {code: {part: self.data.get(f"{code}_{part}", "") for part in ("answer", "how")} for code in self.codes}


class SendForm(Form):
    """Whom to ask for the review."""

    reviewer = forms.ModelChoiceField(
        label=_("Who reviews it?"), queryset=Organisation.objects.none(), empty_label=_("Choose an organisation"),
        help_text=_("An organisation that is accredited itself, or the secretariat. Never your own."),
    )  # fmt: skip

    def __init__(self, *args: Any, reviewers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            pk__in=[each.pk for each in reviewers]
        ).order_by("name")


class DecideForm(Form):
    """The reviewing body's decision."""

    decision = forms.ChoiceField(
        label=_("Does this organisation keep the standard?"), widget=forms.RadioSelect,
        choices=[("accredit", _("Yes: accredit it")), ("refuse", _("No: refuse it"))],
    )  # fmt: skip
    note = forms.CharField(
        label=_("Why?"), max_length=MOST_REASON, help_text=_("What you looked at. The organisation will read it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class EndForm(Form):
    """Why an accreditation is ended before its time."""

    why = forms.CharField(
        label=_("Why is it ended?"), max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("New shares of evidence stop at once. Those given so far are listed for their holders to recall."),
    )  # fmt: skip
