"""Rules of sealing keys that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NoSealingKey(DomainError):
    code = "sealing_no_key"
    message = _("You have no sealing key yet. Make one under “Your sealing key”, then come back.")


class HasSealingKey(DomainError):
    code = "sealing_has_key"
    message = _(
        "You have a sealing key already. Change its passphrase instead; replace it only if both passphrase and recovery code are lost."
    )


class TooManyTries(DomainError):
    code = "sealing_too_many_tries"
    message = _("The passphrase was wrong too often. Wait fifteen minutes, then try again.")
