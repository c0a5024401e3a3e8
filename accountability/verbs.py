"""What can be recorded about reviews."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "review.requested": _("asked for a post-incident review"),
        "recommendation.added": _("made a recommendation"),
        "recommendation.done": _("closed a recommendation as done"),
        "recommendation.dropped": _("dropped a recommendation"),
    }
)
