"""One class for each rule of the case that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class AlreadyClosed(DomainError):
    code = "case_closed"
    message = _("This case is closed. Open it again before you change it.")


class NotClosed(DomainError):
    code = "case_open"
    message = _("This case is open already.")


class GrantToHolder(DomainError):
    code = "grant_to_holder"
    message = _("This organisation holds the case and sees all of it already.")


class GrantNeedsReason(DomainError):
    code = "grant_needs_reason"
    message = _("Say why this share is needed. Both sides will read it.")


class DraftSent(DomainError):
    code = "draft_sent"
    message = _("This draft has been sent already.")
