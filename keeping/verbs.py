"""What can be recorded about keeping."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "house.export_requested": _("asked for an export of everything the organisation holds"),
        "house.exported": _("exported everything the organisation holds"),
        "house.export_taken": _("downloaded a part of the organisation’s export"),
        "request.filed": _("filed a request for data"),
        "request.decided": _("decided a request for data"),
        "request.packed": _("made the package of a request for data"),
        "request.taken": _("downloaded the package of a request for data"),
        "request.delivered": _("delivered what a request for data was granted"),
        "personal.seen": _("took what is held about themselves"),
        "personal.minimised": _("minimised personal data whose time was over"),
    }
)
