"""Forms of reviews and recommendations: shape only; the rules are in services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from core.marks import ORDER, Mark
from documents import languages
from organisations.models import Organisation

from .. import template
from ..models import Recommendation
from ..services import MOST_TEXT
from ..states import RecommendationStatus


class ReviewForm(Form):
    """What a review is asked for with: its mark, its language, and the sections only people can write."""

    mark = forms.ChoiceField(
        label=_("Sharing mark"), widget=forms.RadioSelect,
        help_text=_("Evidence marked more strictly is named as withheld. The mark cannot be less strict than that of the case."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, case_mark: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark, language = self.fields["mark"], self.fields["language"]
        assert isinstance(mark, forms.ChoiceField) and isinstance(language, forms.ChoiceField)  # noqa: S101
        mark.choices = [(m, m) for m in Mark.values if ORDER[Mark(m)] >= ORDER[Mark(case_mark)]]
        mark.initial = case_mark
        language.choices = languages.available()
        self.sections = [spec for spec in template.specs() if spec.by_people]
        for spec in self.sections:
            self.fields[spec.code] = forms.CharField(
                label=spec.title, required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
            )
        self.groups = (
            (_("The document"), ("mark", "language")),
            (
                _("Sections only people can write"),
                tuple(spec.code for spec in self.sections),
                _("Everything else is taken from the record. What you leave empty says that nobody has written it."),
            ),
        )

    def texts(self) -> dict[str, str]:
        """What was written, by section."""
        return {spec.code: self.cleaned_data.get(spec.code, "") for spec in self.sections}


class RecommendationForm(Form):
    """A recommendation with its owner and date."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Recommendation.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("Recommendation"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))
    owner = forms.ChoiceField(label=_("Owner"), help_text=_("The organisation that has to do it."))
    due = forms.DateField(label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, owners: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)  # noqa: S101
        owner.choices = [(organisation.slug, organisation.name) for organisation in owners]


class CloseForm(Form):
    """How a recommendation ended."""

    status = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(s.value, s.label) for s in (RecommendationStatus.DONE, RecommendationStatus.DROPPED)],
        widget=forms.RadioSelect,
    )
    closing_evidence = forms.CharField(
        label=_("What shows it, or why was it dropped?"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )
