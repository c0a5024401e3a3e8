"""One class for each rule of exchange that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotReady(DomainError):
    code = "exchange_not_ready"
    message = _("This is not ready yet. Wait until it has been made.")
