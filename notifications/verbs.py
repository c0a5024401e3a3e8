"""What can be recorded about the inbox: acts others rely on. How somebody keeps their own inbox is their own affair."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "notification.acknowledged": _("acknowledged what they were told"),
        "calendar.opened": _("made a calendar address"),
        "calendar.revoked": _("ended a calendar address"),
    }
)
