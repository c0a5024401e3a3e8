"""What can be recorded about exchange."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "custody.requested": _("asked for a custody record"),
        "custody.recorded": _("issued a custody record of an evidence item"),
        "custody.read": _("took a custody record as data"),
        "evidence.listed": _("took the list of evidence as a table"),
        "package.requested": _("asked for an evidence package"),
        "package.made": _("exported evidence in a package"),
        "package.named": _("took the names of a case worked on without them out in an evidence package"),
        "package.taken": _("downloaded an evidence package"),
        "package.given_in": _("gave in an evidence package of another platform"),
        "package.received": _("took in the evidence of a package"),
        "package.recognised": _("recognised a package that was taken in before"),
        "key.trusted": _("trusted a key of another platform"),
        "key.distrusted": _("ended trust in a key of another platform"),
    }
)
