"""Rows that can be added and removed by plain buttons, and keep what was typed when they are."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import Form

if TYPE_CHECKING:
    FormSet = forms.BaseFormSet[Form]
else:
    FormSet = forms.BaseFormSet

MOST = 100


class BaseRows(FormSet):
    """Forms below each other; an empty one is no row."""

    default_error_messages = {"too_many_forms": _("Enter at most %(num)d rows.")}
    unique: tuple[str, ...] = ()

    def initial_form_count(self) -> int:
        """None once they come back: any row, the first one shown as well, may be left empty."""
        return 0 if self.is_bound else super().initial_form_count()

    def clean(self) -> None:
        """Two rows that say the same thing are a mistake, told at the second one."""
        seen = set()
        for form in self.forms:
            said = (
                tuple(form.cleaned_data.get(name) for name in self.unique)
                if getattr(form, "cleaned_data", None)
                else ()
            )
            if said and said in seen:
                form.add_error(self.unique[0], _("This is in the list already."))
            seen.add(said)

    def filled(self) -> list[dict[str, Any]]:
        """The rows with something in them."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data]


def rows_of(form: type[Form], *, unique: tuple[str, ...] = ()) -> type[BaseRows]:
    """A class of rows of this form."""
    made = forms.formset_factory(
        form, formset=BaseRows, extra=0, max_num=MOST, absolute_max=MOST + 1, validate_max=True
    )
    return type(f"{form.__name__}Rows", (made,), {"unique": unique})


def _total(data: QueryDict, prefix: str) -> int:
    said = data.get(f"{prefix}-TOTAL_FORMS", "0") or "0"
    return min(int(said), MOST) if re.fullmatch(r"[0-9]{1,4}", said) else 0


def with_row_added(data: QueryDict, prefix: str) -> QueryDict:
    """The same answers with one empty row more."""
    changed = data.copy()
    changed[f"{prefix}-TOTAL_FORMS"] = str(min(_total(data, prefix) + 1, MOST))
    changed[f"{prefix}-INITIAL_FORMS"] = "0"
    return changed


def with_row_removed(data: QueryDict, prefix: str, row: int) -> QueryDict:
    """The same answers without one row; the rows behind it move up."""
    total = _total(data, prefix)
    changed = QueryDict(mutable=True)
    for name in data:
        found = re.fullmatch(rf"{re.escape(prefix)}-([0-9]+)-(.+)", name)
        if not found:
            changed.setlist(name, data.getlist(name))
        elif (number := int(found[1])) != row:
            changed.setlist(f"{prefix}-{number - (number > row)}-{found[2]}", data.getlist(name))
    changed[f"{prefix}-TOTAL_FORMS"] = str(max(total - 1, 0) if 0 <= row < total else total)
    changed[f"{prefix}-INITIAL_FORMS"] = "0"
    return changed
