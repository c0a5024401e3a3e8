"""Why a document was not made: a stable code and a sentence for a person."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

FAILURES: dict[str, Any] = {
    "alt_missing": _("A picture has no text alternative, so the document was not made: %(detail)s."),
    "resource_refused": _("The document asked for something outside itself, which is never fetched: %(detail)s."),
    "picture_broken": _("A picture could not be read: %(detail)s."),
    "memory": _("The document needed more memory than one document may use."),
    "time": _("The document took longer than one document may take."),
    "crashed": _("The program that lays out the pages stopped. Try again."),
    "lost": _(
        "The worker was lost several times while making this document. Try again; if it happens again, tell the operator."
    ),
    "membership_ended": _("The person who asked is no longer a member of the organisation they asked for."),
    "no_access": _("The person who asked may no longer do this on the case."),
    "above_mark": _("The document would contain something marked above its own mark: %(detail)s."),
    "disk_full": _(
        "There is no space left to store the document. Nothing was lost; try again when the operator has made space."
    ),
    "refused": "%(detail)s",
    "unexpected": _("Something went wrong that nobody expected. The operator's log has the details. Try again."),
}


def declare(failures: Mapping[str, Any]) -> None:
    """Reasons of the rooms above, each with its sentence; two rooms cannot claim the same code."""
    for code, words in failures.items():
        if FAILURES.setdefault(code, words) is not words:
            raise ValueError(f"failure {code} is declared twice")


class NotMade(Exception):
    """A document was not made; `code` is one of FAILURES, `detail` names the thing concerned."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail[:300]
        super().__init__(f"{code}: {detail}" if detail else code)


def sentence(code: str, detail: str = "") -> str:
    """The reason in words."""
    words = str(FAILURES.get(code, FAILURES["unexpected"]))
    return words % {"detail": detail} if "%(detail)s" in words else words


class DocumentDamaged(DomainError):
    code = "document_damaged"
    message = _("The stored file is not the one that was issued, so it is not handed out. Tell the operator.")


class NotFailed(DomainError):
    code = "job_not_failed"
    message = _("This did not fail, so there is nothing to try again.")
