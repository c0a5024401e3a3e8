"""Forms of a redaction."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form

from ..reasons import choices
from .forms import area

WORDS = _("One passage on each line. Each is taken out wherever it stands in the file, in any case.")
AREAS = _("PDF only, one on each line: page, then left, top, right and bottom in per cent, such as 2: 10 20 60 25.")


def reason_field(**options: Any) -> forms.ChoiceField:
    """A reason of the list."""
    return forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose a reason")), *choices()], required=False, **options
    )


class RedactForm(Form):
    """What is taken out, up to three groups with a reason each, or a version made elsewhere."""

    title = forms.CharField(
        label=_("Title of the redacted version"),
        required=False,
        help_text=_("Nothing in it may say what was taken out."),
    )
    reason = reason_field()
    words = forms.CharField(label=_("Words"), required=False, widget=area(4), help_text=WORDS)
    areas = forms.CharField(label=_("Areas"), required=False, widget=area(2), help_text=AREAS)
    reason2 = reason_field()
    words2 = forms.CharField(label=_("Words"), required=False, widget=area(3), help_text=WORDS)
    areas2 = forms.CharField(label=_("Areas"), required=False, widget=area(2), help_text=AREAS)
    reason3 = reason_field()
    words3 = forms.CharField(label=_("Words"), required=False, widget=area(3), help_text=WORDS)
    areas3 = forms.CharField(label=_("Areas"), required=False, widget=area(2), help_text=AREAS)
    made = forms.FileField(
        label=_("Redacted version made elsewhere"), required=False, allow_empty_file=True,
        help_text=_("For formats that are not redacted here. It is refused if any of the words above can still be read in it."),
    )  # fmt: skip
    groups = (
        (_("The redacted version"), ("title",)),
        (_("What is taken out"), ("reason", "words", "areas")),
        (_("What is taken out for a second reason"), ("reason2", "words2", "areas2")),
        (_("What is taken out for a third reason"), ("reason3", "words3", "areas3")),
        (_("Made elsewhere"), ("made",)),
    )


class DecideForm(Form):
    """Yes or no."""

    approve = forms.ChoiceField(
        label=_("Your decision"), widget=forms.RadioSelect,
        choices=[("yes", _("Approve: it becomes an item of its own")), ("no", _("Decline"))],
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), required=False, widget=area(3), help_text=_("Needed to decline."))
