"""What somebody typed before their session ended, put back into the form it was typed into.

A request that brings such text back sets it here; the page's own form, when it is made to be shown, takes the answers that
are its own. No page and no form knows of it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.http import QueryDict

# A field of a row of a table of forms: "victims-2-sector".
ROW = re.compile(r"-\d+-")
# The value of a button or a choice is shorter; what is longer somebody wrote.
A_WORD = 40


class Typed:
    """The answers, and which of them a form took."""

    def __init__(self, values: QueryDict, on_use: Callable[[], Any]) -> None:
        self.values, self.on_use = values, on_use
        self.taken: set[str] = set()

    @property
    def used(self) -> bool:
        """Whether what was typed is on the page. Rows the page did not show are not, nor a sentence no form asked for."""
        texts = {key: str(self.values[key]).strip() for key in self.values}
        typed = {key for key, text in texts.items() if text and (ROW.search(key) or len(text) > A_WORD)}
        return bool(self.taken) and typed <= self.taken

    def fill(self, form: forms.BaseForm) -> None:
        """Puts back what this form asked. A form that was asked nothing of it is left as it is."""
        fields = {form.add_prefix(name): (name, field) for name, field in form.fields.items()}
        taken = {
            key for key in self.values
            for html_name in fields if key == html_name or key.startswith((f"{html_name}_", f"{html_name}-"))
        }  # fmt: skip
        if not taken:
            return
        for html_name, (name, field) in fields.items():
            given = any(key == html_name or key.startswith((f"{html_name}_", f"{html_name}-")) for key in taken)
            # Of a form that was sent, a box that is not among the answers was left empty.
            if given or isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                form.initial[name] = field.widget.value_from_datadict(self.values, {}, html_name)
        first = not self.taken
        self.taken |= taken
        if first:
            self.on_use()


_current: ContextVar[Typed | None] = ContextVar("typed", default=None)


def current() -> Typed | None:
    """What this request brings back, or None."""
    return _current.get()


@contextmanager
def bringing_back(values: QueryDict, on_use: Callable[[], Any]) -> Iterator[Typed]:
    """Inside the block forms that are shown take their answers from `values`."""
    typed = Typed(values, on_use)
    token = _current.set(typed)
    try:
        yield typed
    finally:
        _current.reset(token)
