"""What can be recorded about sealing keys."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "sealing_key.made": _("made a sealing key"),
        "sealing_key.passphrase_changed": _("changed the passphrase of a sealing key"),
        "sealing_key.replaced": _("replaced a lost sealing key"),
    }
)
