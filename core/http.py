"""Small answers every page gives the same way."""

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url

from .errors import Invalid


class SeeOther(HttpResponseRedirect):
    """303: the act is done, look here. A refresh does not do it again."""

    status_code = 303


def see_other(to: object, *args: object, **kwargs: object) -> SeeOther:
    """A redirect after a successful POST; takes what `resolve_url` takes."""
    return SeeOther(resolve_url(to, *args, **kwargs))  # type: ignore[arg-type]


def show_invalid(form: forms.BaseForm, error: Invalid) -> None:
    """Puts a rule's sentences beside the form's own fields; what has no field stands on top."""
    for name, sentences in error.fields.items():
        field = name if name in form.fields else name.partition(".")[0]
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)
