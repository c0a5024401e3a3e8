"""One class for each rule of keeping that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class DecidedAlready(DomainError):
    code = "request_decided"
    message = _("This request is decided already.")


class OwnRequest(DomainError):
    code = "request_own"
    message = _("Whoever filed a request, or whom it is about, does not decide it. Ask a colleague.")


class NotGranted(DomainError):
    code = "request_not_granted"
    message = _("Nothing was granted, so there is nothing to deliver.")


class Minimised(DomainError):
    code = "minimised"
    message = _("The time of this request is over: its package was removed.")


class PackageNotReady(DomainError):
    code = "package_not_ready"
    message = _("This is not ready yet. It is being made.")


class StoredCopyDamaged(DomainError):
    code = "stored_copy_damaged"
    message = _("The stored file is not the one that was made. Tell an operator; nothing was given out.")


class ExportRunning(DomainError):
    code = "export_running"
    message = _("An export is being made already. Wait until it is done.")


class NotFailed(DomainError):
    code = "not_failed"
    message = _("Only what failed can be tried again.")
