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

# Why a redacted version could not be made.
REDACTION_PROBLEMS: dict[str, Any] = {
    "not_found": _(
        "Not found in the file, so nothing was made. Check the spelling; in a scanned page mark an area instead:"
    ),
    "still_there": _(
        "Something that was to be taken out can still be read in the result, so it was not kept. Redact the file with its own program and hand in the result."
    ),
    "kind_unknown": _(
        "Files of this format are not redacted here. Redact the file with its own program and hand in the result."
    ),
    "areas_in_text": _("Areas can be marked in a PDF only. In text, give the words."),
    "not_text": _("The text of this file cannot be read."),
    "pdf_locked": _("The PDF is locked with a password."),
    "pdf_pages": _("The PDF has no page, or more than 2,000."),
    "pdf_broken": _("The PDF cannot be read."),
    "broken": _("The file cannot be read."),
    "too_many_hits": _("There are more than 20,000 places. Choose words that stand in fewer."),
    "too_large": _("The file is larger than 200 MB. Redact it with its own program and hand in the result."),
    "archive_too_large": _("There is too much inside this file to look through."),
    "memory": _("The file asks for more memory than it is given."),
    "stopped": _("The file asked for too much and was stopped."),
    "too_long": _("It took too long."),
    "unavailable": _("The original cannot be read from the store at the moment."),
    "integrity": _("The original does not match its hash."),
    "sealed": _("The item was sealed meanwhile."),
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
