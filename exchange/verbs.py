"""What can be recorded about exchange."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "custody.requested": _("asked for a custody record"),
        "custody.recorded": _("issued a custody record of an evidence item"),
        "custody.read": _("took a custody record as data"),
        "package.requested": _("asked for an evidence package"),
        "package.made": _("exported evidence in a package"),
        "package.taken": _("downloaded an evidence package"),
    }
)
