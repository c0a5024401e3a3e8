"""The three answers that mean no, the same at every door: 404 not in your world, 403 may not act, 409 the rule says no."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _

NotFound = Http404
NotAllowed = PermissionDenied

__all__ = ["DomainError", "Invalid", "NotAllowed", "NotFound", "StaleVersion"]


class DomainError(Exception):
    """A rule says no. `code` is stable and for programs; `message` is a sentence for a person; `details` is JSON."""

    code = "rule_refused"
    status = 409
    message: Any = _("The rules do not allow this now.")

    def __init__(self, message: Any = None, **details: Any) -> None:
        if message is not None:
            self.message = message
        self.details = details
        super().__init__(str(self.message))


class Invalid(DomainError):
    """A value cannot be what it says; `fields` names each field with its sentences, for the form and the API alike."""

    code = "invalid"
    status = 422
    message = _("Some answers need to be changed.")

    def __init__(self, fields: dict[str, list[Any]]) -> None:
        self.fields = fields
        super().__init__(**{name: [str(text) for text in texts] for name, texts in fields.items()})


class StaleVersion(DomainError):
    """Somebody else saved first; `theirs` is what is stored now, so that nothing of either side is lost."""

    code = "stale_version"
    message = _("Somebody else saved this while you were editing. Nothing of yours is lost. Choose for each field.")

    def __init__(self, *, theirs: dict[str, Any], version: int) -> None:
        self.theirs, self.version = theirs, version
        super().__init__(version=version, theirs=theirs)
