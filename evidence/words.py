"""Codes of evidence in the reader's language."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.models import Statement
from instruments.models import Instrument
from instruments.selectors import in_force

from . import standard
from .errors import TouchForbidden
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
    "no_access": _("The person who asked may no longer do this on the case."),
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


# Why work on an item failed, and what to do about it.
WORK_FAILED: dict[str, Any] = {
    "no_scanner": _("No scanner is set up any more."),
    "scanner_unavailable": _("The scanner did not answer. Try again later."),
    "original_unavailable": _("The original cannot be read from the store at the moment."),
    "original_changed": _("The file does not match its hash. Check the files of the item first."),
    "mail_too_large": _("The message is too large to be taken apart here. The original is kept as it is."),
    "mail_too_deep": _("The message is nested too deeply. The original is kept as it is."),
    "mail_too_many_parts": _("The message has too many parts. The original is kept as it is."),
    "mail_unreadable": _("The message cannot be read. The original is kept as it is."),
    "capture_tool": _("The capture tool cannot be started. Tell whoever runs the platform."),
    "capture_no_picture": _("The page could not be drawn. Nothing was kept; try again, or capture it yourself."),
    "capture_url": _("Enter a whole address, such as https://example.org/page."),
    "capture_scheme": _("Only addresses that begin with http:// or https:// are captured."),
    "capture_port": _("Only the usual ports of the web (80 and 443) are captured."),
    "capture_unknown_host": _("There is no server of this name."),
    "capture_not_public": _("This address, or one it leads to, is not on the public internet. It is not captured."),
    "capture_redirects": _("The address leads on too many times."),
    "capture_too_large": _("The page is larger than 50 MB."),
    "capture_too_slow": _("The page took too long."),
    "capture_tls": _("The server’s certificate is not valid. Capture the page yourself if you need it nevertheless."),
    "capture_unreachable": _("The server did not answer."),
    "no_access": _("The person who asked may no longer do this on the case."),
    "capture_pap": TouchForbidden.message,
    "lost": _("The work was given up after several attempts."),
    "unexpected": _("Something went wrong that was not foreseen. Tell whoever runs the platform."),
}


def capture_refusal(code: str) -> Any:
    """Why an address is not captured."""
    return WORK_FAILED.get(f"capture_{code}", WORK_FAILED["capture_url"])
