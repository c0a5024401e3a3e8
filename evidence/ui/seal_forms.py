"""Forms of a seal: asking for it, asking its custodians, answering, opening."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from sealing.ui.forms import passphrase_field

from ..models import Custodian, SealRequest
from ..services.seal_requests import DAYS
from ..services.sealing import Candidate
from .forms import area


def choices_of(candidates: list[Candidate]) -> list[tuple[str, str]]:
    """People one can name, with the beginning of their key's fingerprint."""
    return [(one.value, f"{one.user}, {one.organisation} · {one.fingerprint[:16]}") for one in candidates]


class SealForm(Form):
    """What others read meanwhile, and who must agree."""

    title = forms.CharField(
        label=_("Title for others"), required=False,
        help_text=_("It stands in lists, findings and reports while the item is sealed. Name no person and no source."),
    )  # fmt: skip
    summary = forms.CharField(
        label=_("Summary for others"), required=False, widget=area(3),
        help_text=_("What may be said about this item to those who cannot see it."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why is it sealed?"), required=False, widget=area(2))
    custodians = forms.MultipleChoiceField(
        label=_("Custodians"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("One of each organisation, at least two. Whoever is missing here has to make a sealing key first."),
    )  # fmt: skip
    threshold = forms.CharField(
        label=_("How many of them must agree?"), required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w5"}),
        help_text=_("Name more custodians than must agree: one who is lost must not close it for ever."),
    )  # fmt: skip
    groups = (
        (_("What others read meanwhile"), ("title", "summary", "reason")),
        (_("Who must agree to open it"), ("custodians", "threshold")),
    )

    def __init__(self, *args: Any, candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["custodians"].choices = choices_of(candidates)  # type: ignore[attr-defined]


class AskForm(Form):
    """A request to the custodians."""

    purpose = forms.CharField(
        label=_("What for?"), required=False, widget=area(3),
        help_text=_("Custodians decide by it. It stands in the item’s custody, with your name and the time."),
    )  # fmt: skip
    days = forms.CharField(
        label=_("Days they have to answer"), required=False, initial=DAYS, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w5"})
    )  # fmt: skip


class ReshareForm(AskForm):
    """A request to give another custodian a share."""

    leaving = forms.ChoiceField(label=_("Who leaves?"), required=False, widget=forms.RadioSelect)
    arriving = forms.ChoiceField(label=_("Who comes instead?"), required=False, widget=forms.RadioSelect)
    field_order = ["leaving", "arriving", "purpose", "days"]

    def __init__(self, *args: Any, custodians: list[Custodian], candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaving"].choices = [(str(one.pk), f"{one.user}, {one.organisation}") for one in custodians]  # type: ignore[attr-defined]
        self.fields["arriving"].choices = choices_of(candidates)  # type: ignore[attr-defined]


class AnswerForm(Form):
    """Yes with the passphrase, or no."""

    sent_once = False
    approve = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect, choices=[("yes", _("I agree")), ("no", _("I refuse"))]
    )
    reason = forms.CharField(label=_("Reason"), required=False, widget=area(3))
    passphrase = passphrase_field(
        _("Passphrase of your sealing key"),
        _("Only if you agree. It opens your share, for this request alone."),
        required=False,
    )


class PassphraseForm(Form):
    """The requester's own passphrase: joins what the custodians released."""

    sent_once = False
    passphrase = passphrase_field(_("Passphrase of your sealing key"), required=False)


def kind_words(kind: str) -> Any:
    """What is asked, as a heading."""
    return {
        SealRequest.Kind.OPEN: _("Ask the custodians to open it for you"),
        SealRequest.Kind.UNSEAL: _("Ask the custodians to end the seal"),
        SealRequest.Kind.RESHARE: _("Ask the custodians to replace one of them"),
    }.get(SealRequest.Kind(kind))
