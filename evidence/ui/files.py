"""Files in a form: several at once, and those that have arrived already. Without JavaScript the form sends them itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.http import show_invalid
from incidents.models import Incident
from organisations.actors import Actor

from ..models import PendingUpload
from ..services import arriving
from ..uploads import Upload

ONE, EACH = "one", "each"


class FilesInput(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, none of them required; an empty one is told by the service, with its name."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files if file]


def file_fields(*, each: bool) -> dict[str, forms.Field]:
    """The questions about files: which, which of those that are here already, and what several become."""
    fields: dict[str, forms.Field] = {
        "file": FilesField(
            label=_("Files"),
            help_text=_(
                "One or several, up to 2 GB each. The SHA-256 is computed while a file arrives. It is stored as it is, never"
                " opened or unpacked here."
            ),
        ),
        "uploads": forms.MultipleChoiceField(
            label=_("Files that have arrived already"), required=False, widget=forms.CheckboxSelectMultiple,
            help_text=_("Those you tick become part of the item. The others are cleared after two days."),
        ),
    }  # fmt: skip
    if each:
        fields["several"] = forms.ChoiceField(
            label=_("If there are several files"), required=False, widget=forms.RadioSelect, initial=ONE,
            choices=[(ONE, _("One item with all of them")), (EACH, _("One item for each file, with its name in the title"))],
        )  # fmt: skip
    return fields


def sending(reference: str) -> dict[str, Any]:
    """What the page's script needs to send files piece by piece, in words of the reader's language."""
    return {
        "data-tus": reverse("api-evidence-uploads", args=[reference]),
        "data-name": "uploads",
        "data-text-pause": _("Pause"),
        "data-text-paused": _("Paused. What has arrived is kept."),
        "data-text-resume": _("Go on"),
        "data-text-remove": _("Remove"),
        "data-text-removed": _("Removed."),
        "data-text-done": _("Arrived."),
        "data-text-lost": _("The line was lost. What has arrived is kept: press “Go on”."),
        "data-text-wait": _("A file is still on its way. Wait until it has arrived, or remove it."),
    }


def offer(form: forms.Form, actor: Actor, incident: Incident) -> None:
    """Puts one's own whole uploads of the case into the form; without any, the question is not asked."""
    rows: list[PendingUpload] = [row for row in arriving.own_uploads(actor, incident) if row.is_whole]
    form.fields["file"].widget.attrs.update(sending(incident.reference))
    choices = [
        (str(row.pk), format_lazy("{name} ({size})", name=row.name, size=filesizeformat(row.size))) for row in rows
    ]
    form.fields["uploads"].choices = choices  # type: ignore[attr-defined]
    if not rows:
        form.fields["uploads"].widget = forms.MultipleHiddenInput()


def given_files(form: forms.Form) -> list[Upload]:
    """The files that came with the form itself."""
    return [Upload.of(file) for file in form.cleaned_data.get("file") or []]


def keep_files(actor: Actor, reference: str, request: HttpRequest) -> tuple[list[str], bool]:
    """The files of a form that comes back, kept as uploads so that they need not be sent again; whether one could not be."""
    kept, lost = [], False
    for file in request.FILES.getlist("file"):
        try:
            row = arriving.keep_for_later(actor=actor, reference=reference, upload=Upload.of(file))
        except Invalid:  # refused while it arrived: the sentence beside the field says why
            row = None
        if row is None:
            lost = True
        else:
            kept.append(str(row.pk))
    return kept, lost


def show_again(form: forms.Form, error: Invalid, lost: bool) -> None:  # noqa: FBT001
    """The refusal beside its fields; a file that could not be kept has to be chosen again."""
    show_invalid(form, error)
    if lost and "file" not in error.fields:
        form.add_error("file", _("Choose the file again: there was no way to keep it."))


def pending_ids(form: forms.Form) -> Sequence[str]:
    """The uploads that were ticked."""
    return list(form.cleaned_data.get("uploads") or [])
