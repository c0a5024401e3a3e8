"""How forms look and behave: each error stands beside its field and once more in the summary, in the same words.

Plain Django forms. Browser validation is off, because its bubbles vanish and cannot be read again: the server answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core import typed
from core.form_fields import Estimate, EstimateField, UncertainDateField, UncertainTime

__all__ = [
    "Estimate",
    "EstimateField",
    "FieldGroup",
    "FilterForm",
    "Form",
    "Renderer",
    "SummaryLine",
    "UncertainDateField",
    "UncertainTime",
    "error_summary_lines",
]


class Renderer(TemplatesSetting):
    """Our form templates for every form of the site, also those of packages."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Some fields of a form under one legend."""

    legend: Any
    fields: tuple[BoundField, ...]
    hint: Any = ""


class Form(forms.Form):
    """The form of a page: "(optional)" instead of asterisks, no `required` attributes, groups of fields by legend.

    `groups` is a tuple of `(legend, (field name, …))` or `(legend, (…), hint)`; without it the fields simply follow
    each other. A field in no group is a mistake, found when the form is shown.
    """

    use_required_attribute = False
    mark_optional = True
    sent_once = True
    groups: tuple[tuple[Any, ...], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, question in self.fields.items():
            if isinstance(question.widget, forms.Textarea) and question.widget.attrs.get("rows") == "10":
                question.widget.attrs["rows"] = "5"  # Django's default is taller than a phone
            if isinstance(question.widget, forms.Textarea | forms.TextInput):
                question.widget.attrs.setdefault("dir", "auto")  # what people write has its own direction
            # Django's "This field is required." five times over helps nobody: the sentence names its question.
            if question.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                label = question.label or name.replace("_", " ").capitalize()
                question.error_messages["required"] = format_lazy(_("“{label}” needs an answer."), label=label)
        before = typed.current()
        if before is not None and not self.is_bound:
            before.fill(self)

    @property
    def once(self) -> str:
        """The key under which this form's act happens once, however often it is sent; kept when the form comes back with errors."""
        if not self.sent_once:
            return ""
        return str(self.data.get("once") or "") or uuid.uuid4().hex

    def field_groups(self) -> list[FieldGroup]:
        """The visible fields as they are shown, each exactly once."""
        if not self.groups:
            return [FieldGroup(legend="", fields=tuple(self.visible_fields()))]
        groups = [
            FieldGroup(legend=legend, fields=tuple(self[name] for name in names), hint=hint[0] if hint else "")
            for legend, names, *hint in self.groups
        ]
        shown = {field.name for group in groups for field in group.fields}
        if missing := {field.name for field in self.visible_fields()} - shown:
            raise LookupError(f"{type(self).__name__}.groups leaves out {sorted(missing)}")
        return groups


class FilterForm(Form):
    """A form of GET filters: nothing is required and nothing says "(optional)"."""

    mark_optional = False
    sent_once = False


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of the error summary: the sentence, and the id of the control that mends it ("" for the whole form)."""

    text: str
    target: str


def first_control_id(field: BoundField) -> str:
    """The id to jump to: the field's own control, or the first of several (radio buttons, parts of a date)."""
    if not field.auto_id:
        return ""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.auto_id)


def error_summary_lines(*sources: forms.BaseForm | forms.BaseFormSet[Any] | None) -> Iterator[SummaryLine]:
    """Every error of these forms and formsets, in the order of the page."""
    for source in sources:
        if isinstance(source, forms.BaseFormSet):
            yield from (SummaryLine(str(text), "") for text in source.non_form_errors())
            yield from error_summary_lines(*source.forms)
        elif source is not None:
            yield from (SummaryLine(str(text), "") for text in source.non_field_errors())
            for field in source:
                target = "" if field.is_hidden else first_control_id(field)
                yield from (SummaryLine(str(text), target) for text in field.errors)
