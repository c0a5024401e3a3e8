"""Codes of evidence in the reader's language."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.models import Statement
from instruments.models import Instrument
from instruments.selectors import in_force

from . import standard
from .models import EvidenceItem
from .states import Status

# One sentence each: what the reader may and may not conclude.
STATUS_WORDS: dict[str, Any] = {
    Status.HELD: _("Held and in use."),
    Status.FROZEN: _("Frozen: a file does not match its hash. Nothing may rest on this item until it is restored."),
    Status.WITHDRAWN: _("Withdrawn: it stays on record and nothing rests on it."),
    Status.DISPOSED: _("Disposed of: the content is gone; the record, the hashes and the custody stay."),
}


def current() -> standard.Content:
    """The evidence standard in force."""
    content: standard.Content = in_force(Instrument.Kind.EVIDENCE_STANDARD).content
    return content


def kind_name(item: EvidenceItem) -> str:
    """The item's kind in words; a kind no standard knows any more shows its code."""
    return gettext(dict(standard.item_kinds(current())).get(item.kind, item.kind))


def class_name(item: EvidenceItem) -> str:
    """The item's evidence class in words."""
    return gettext(dict(standard.evidence_classes(current())).get(item.evidence_class, item.evidence_class))


def statement_name(statement: Statement) -> str:
    """A statement as it is chosen from a list: who said it, and of which type it is, in words."""
    types = dict(standard.statement_types(current()))
    return f"{statement.said_by}: {gettext(types.get(statement.kind, statement.kind))}"
