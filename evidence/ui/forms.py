"""Forms of evidence: widgets and words. What a fact may say is checked in `evidence.facts`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.form_fields import UncertainDateField, UncertainTime
from core.forms import Form
from core.http import show_invalid
from core.marks import Mark, Pap
from incidents.models import Incident

from .. import standard
from ..mending import DETAIL
from ..models import EvidenceItem, Lineage, Origin, Translation
from ..words import statement_name
from .files import file_fields

CLOCK = ("clock_zone", "clock_offset_seconds", "clock_source")
SHORT_DETAILS = {
    "logging_source",
    "original_held",
    "url",
    "capture_tool",
    "statement_date",
    "stated_by",
    "analyst_competence",
}
DETAIL_HINTS: dict[str, Any] = {
    "propositions": _("One on each line, at least two that exclude each other."),
    "wording": _("Word for word. It is not translated or summarised."),
    "consent": _("What was agreed to, by whom, and how it can be taken back."),
    "releasable_summary": _("What may be said about this item to those who cannot see it."),
    "statement_date": _("As exactly as it is known, for example 19 October 2020."),
}


def area(rows: int = 4) -> forms.Textarea:
    """A box for several lines."""
    return forms.Textarea(attrs={"rows": rows})


class KindForm(Form):
    """Which kind of item: decides what else is asked."""

    sent_once = False
    kind = forms.ChoiceField(label=_("What kind of item is it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, content: standard.Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, gettext(name)) for code, name in standard.item_kinds(content)]  # type: ignore[attr-defined]


class ItemForm(Form):
    """What is common to every kind of item; `item_form_for` adds what the standard asks of one kind."""

    title = forms.CharField(label=_("Title"), help_text=_("What it is, in a few words, without saying what it proves."))
    description = forms.CharField(label=_("Description"), required=False, widget=area())
    evidence_class = forms.ChoiceField(label=_("Evidence class"), required=False)
    source = forms.CharField(
        label=_("Source"), required=False, widget=area(2), help_text=_("Who or what it was received from.")
    )
    collection_method = forms.CharField(
        label=_("How was it collected?"),
        required=False,
        widget=area(2),
        help_text=_("With which tool, by which steps, on whose authority."),
    )
    collected = UncertainDateField(label=_("When was it collected?"), required=False)
    collected_by = forms.CharField(label=_("Collected by"), required=False)
    origin = forms.CharField(
        label=_("Origin"), required=False,
        help_text=_("Where the information comes from in the end. Items with one origin count once."),
    )  # fmt: skip
    mark = forms.ChoiceField(label=_("Sharing mark (TLP 2.0)"), choices=Mark.choices)
    pap = forms.ChoiceField(label=_("Permissible actions (PAP)"), choices=Pap.choices, required=False)

    kind = ""
    detail_codes: tuple[str, ...] = ()

    def __init__(self, *args: Any, incident: Incident, content: standard.Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = [(code, gettext(name)) for code, name in standard.evidence_classes(content)]
        self.fields["evidence_class"].choices = [("", _("The usual one for this kind")), *classes]  # type: ignore[attr-defined]
        known = list(Origin.objects.filter(incident=incident).order_by("name").values_list("name", flat=True)[:50])
        if known:
            self.fields["origin"].help_text = _(
                "Where the information comes from in the end. Items with one origin count once. Known in this case: %(names)s."
            ) % {"names": "; ".join(known)}
        if "statement" in self.fields:
            said = [(str(row.pk), statement_name(row)) for row in incident.statements.order_by("pk")]
            self.fields["statement"].choices = [("", _("None of them")), *said]  # type: ignore[attr-defined]
            types = [(code, gettext(name)) for code, name in standard.statement_types(content)]
            self.fields["statement_type"].choices = [("", _("As the statement says, or not known")), *types]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """The answers in the shape `evidence.facts.check` takes."""
        given = self.cleaned_data
        facts: dict[str, Any] = {
            name: given[name]
            for name in (
                "title", "description", "evidence_class", "source", "collection_method", "collected_by", "origin", "mark", "pap",
                "statement", "statement_type",
            )
            if name in given
        }  # fmt: skip
        when: UncertainTime | None = given.get("collected")
        facts["collected"] = (
            {"at": when.at.isoformat() if when.at else None, "precision": when.precision}
            if when
            else {"at": None, "precision": "unknown"}
        )
        if "clock_zone" in self.fields:
            facts["clock"] = {
                "zone": given.get("clock_zone"), "offset_seconds": given.get("clock_offset_seconds"), "source": given.get("clock_source"),
            }  # fmt: skip
        facts["details"] = {code: given.get(f"{DETAIL}{code}", "") for code in self.detail_codes}
        return {**facts, "kind": self.kind}

    def show(self, error: Invalid) -> None:
        """Puts a rule's sentences beside the fields they are about."""
        named = {
            name.replace("clock.", "clock_").replace("details.", DETAIL): texts for name, texts in error.fields.items()
        }
        show_invalid(self, Invalid(named))


def detail_field(code: str, name: str) -> forms.CharField:
    """The question for a field of the standard that has no column."""
    widget = forms.TextInput() if code in SHORT_DETAILS else area(3)
    return forms.CharField(label=gettext(name), required=False, widget=widget, help_text=DETAIL_HINTS.get(code, ""))


def item_form_for(content: standard.Content, kind: str, *, with_file: bool = True) -> type[ItemForm]:
    """The form for one kind of item: the common questions and those its standard asks."""
    required = standard.required_fields(content, kind)
    names = standard.detail_fields(content)
    details = tuple(code for code in required if code in names)
    fields: dict[str, Any] = {f"{DETAIL}{code}": detail_field(code, names[code]) for code in details}
    groups: list[tuple[Any, ...]] = [
        (_("What it is"), ("title", "description", "evidence_class")),
        (_("Where it comes from"), ("source", "collection_method", "collected", "collected_by", "origin")),
    ]
    if "clock" in required:
        fields["clock_zone"] = forms.CharField(
            label=_("Time zone of the clock"), required=False, help_text=_("For example Africa/Nairobi, UTC or +03:00.")
        )
        fields["clock_offset_seconds"] = forms.CharField(
            label=_("Seconds the clock was ahead of UTC time"), required=False,
            help_text=_("A minus sign if it was behind. 0 if it was compared and right; empty if it is not known."),
        )  # fmt: skip
        fields["clock_source"] = forms.CharField(label=_("What the clock was set by"), required=False)
        groups.append((_("The clock that stamped it"), CLOCK))
    asked = [f"{DETAIL}{code}" for code in details]
    if standard.FROM_STATEMENT & set(required):
        fields["statement"] = forms.ChoiceField(
            label=_("A statement of this case"), required=False,
            help_text=_("If it is on record already, it answers for its own date, speaker and words."),
        )  # fmt: skip
        fields["statement_type"] = forms.ChoiceField(label=_("Type of statement"), required=False)
        asked = ["statement", "statement_type", *asked]
    if asked:
        groups.append((_("What the evidence standard asks of this kind"), tuple(asked)))
    if with_file:
        fields |= file_fields(each=True)
        groups += [(_("Handling"), ("mark", "pap")), (_("Files"), ("file", "uploads", "several"))]
    else:  # the marks and the files of an item have pages of their own
        fields |= {"mark": None, "pap": None}
    body = {**fields, "groups": tuple(groups), "kind": kind, "detail_codes": details}
    return type("ItemFormOfKind", (ItemForm,), body)


def initial_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What an edit form starts from."""
    at = facts["collected"]["at"]
    known = UncertainTime(datetime.fromisoformat(at) if at else None, facts["collected"]["precision"])
    return {
        **{name: facts[name] for name in ("title", "description", "evidence_class", "source", "collection_method", "collected_by", "origin")},
        "collected": known,
        "clock_zone": facts["clock"]["zone"],
        "clock_offset_seconds": facts["clock"]["offset_seconds"],
        "clock_source": facts["clock"]["source"],
        "statement": facts["statement"] or "",
        "statement_type": facts["statement_type"],
        **{f"{DETAIL}{code}": value for code, value in facts["details"].items()},
    }  # fmt: skip


class GradeForm(Form):
    """Source and information, judged separately, each with its sentence."""

    reliability = forms.ChoiceField(label=_("How reliable is the source?"), widget=forms.RadioSelect)
    reliability_reason = forms.CharField(label=_("Why? One sentence about the source"), widget=area(2))
    credibility = forms.ChoiceField(label=_("How credible is the information itself?"), widget=forms.RadioSelect)
    credibility_reason = forms.CharField(label=_("Why? One sentence about the information"), widget=area(2))
    groups = (
        (_("The source"), ("reliability", "reliability_reason")),
        (_("The information"), ("credibility", "credibility_reason")),
    )

    def __init__(self, *args: Any, content: standard.Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in ("reliability", "credibility"):
            choices = [(code, f"{code} – {gettext(name)}") for code, name in standard.grade_codes(content, part)]
            self.fields[part].choices = choices  # type: ignore[attr-defined]


class LinkForm(Form):
    """How this item hangs together with another of the case."""

    kind = forms.ChoiceField(label=_("This item"), choices=Lineage.Kind.choices, widget=forms.RadioSelect)
    other = forms.ChoiceField(label=_("the item"))
    note = forms.CharField(label=_("Note"), required=False, widget=area(2))

    def __init__(self, *args: Any, item: EvidenceItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = EvidenceItem.objects.filter(incident_id=item.incident_id).exclude(pk=item.pk).order_by("number")
        choices = [(f"E-{number}", f"E-{number} {title}") for number, title in others.values_list("number", "title")]
        self.fields["other"].choices = [("", _("Choose an item")), *choices]  # type: ignore[attr-defined]


class FileForm(Form):
    """More files."""

    file = file_fields(each=False)["file"]
    uploads = file_fields(each=False)["uploads"]


class TranslationForm(Form):
    """A translation of an item: its file, its language, who made it and how."""

    language = forms.CharField(
        label=_("Language of the translation"), required=False, help_text=_("Its code, such as ar, fr or pt-BR.")
    )
    translator = forms.CharField(label=_("Who translated it?"), required=False)
    method = forms.ChoiceField(
        label=_("How was it translated?"), choices=Translation.Method.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        help_text=_("One file. It is stored as it is, never opened or unpacked here."),
    )


class PurposeForm(Form):
    """What a file is opened for. Each download is an act of its own."""

    sent_once = False
    purpose = forms.CharField(
        label=_("What do you open this file for?"),
        required=False,
        help_text=_("It stands in the item’s custody, with your name and the time."),
    )


class ReasonForm(Form):
    """A reason that stays on record."""

    reason = forms.CharField(label=_("Reason"), required=False, widget=area(3))


class MarkForm(Form):
    """Other marks."""

    mark = forms.ChoiceField(label=_("Sharing mark (TLP 2.0)"), choices=Mark.choices, widget=forms.RadioSelect)
    pap = forms.ChoiceField(
        label=_("Permissible actions (PAP)"), choices=Pap.choices, widget=forms.RadioSelect, required=False
    )
    reason = forms.CharField(
        label=_("Why may the mark be relaxed?"), required=False, widget=area(3),
        help_text=_("Only asked when a mark becomes less strict. It stays on record with the change."),
    )  # fmt: skip
