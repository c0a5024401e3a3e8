"""What can be recorded about reviews."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "review.requested": _("asked for a post-incident review"),
        "verification.requested": _("asked for a verification report of a finding"),
        "verification.issued": _("issued a verification report of a finding"),
        "verification.read": _("took a verification report as data"),
        "recommendation.added": _("made a recommendation"),
        "recommendation.done": _("closed a recommendation as done"),
        "recommendation.dropped": _("dropped a recommendation"),
    }
)
