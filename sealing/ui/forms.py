"""Forms of the sealing key, and the field every form asks a passphrase with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form

from ..services import LONGEST


def passphrase_field(label: Any, hint: Any = "", *, new: bool = False, required: bool = True) -> forms.CharField:
    """Never shown again, not trimmed, and left to the browser's own keeper of passwords."""
    return forms.CharField(
        label=label, help_text=hint, strip=False, max_length=LONGEST, required=required,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "off", "dir": "ltr"}),
    )  # fmt: skip


class NewPassphrase(Form):
    """A passphrase, typed twice."""

    sent_once = False  # its answer must not be remembered: the recovery code stands in it
    passphrase = passphrase_field(
        _("Passphrase of your sealing key"),
        _("At least 12 characters; several words that do not belong together are best. It is not your sign-in password and nobody can reset it."),
        new=True,
    )  # fmt: skip
    again = passphrase_field(_("The same passphrase again"), new=True)

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        given = super().clean() or self.cleaned_data
        if given.get("passphrase") and given.get("again") and given["passphrase"] != given["again"]:
            self.add_error("again", _("This differs from the passphrase above."))
        return given


class ReplaceForm(NewPassphrase):
    """A key in place of a lost one."""

    lost = forms.BooleanField(
        label=_("I have lost both the passphrase and the recovery code. What was sealed for the old key stays closed to me."),
        error_messages={"required": _("Say that both are lost, or change the passphrase instead.")},
    )  # fmt: skip
    field_order = ["lost", "passphrase", "again"]


class ChangeForm(NewPassphrase):
    """Another passphrase, by the old one or the recovery code."""

    old = passphrase_field(_("The passphrase so far"), required=False)
    code = forms.CharField(
        label=_("Or the recovery code"), required=False, max_length=LONGEST,
        help_text=_("The code on your recovery sheet, if the passphrase is lost."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )  # fmt: skip
    field_order = ["old", "code", "passphrase", "again"]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given = super().clean()
        if not given.get("old") and not given.get("code"):
            self.add_error("old", _("Enter the passphrase so far, or the recovery code."))
        return given
