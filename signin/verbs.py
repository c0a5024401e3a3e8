"""What can be recorded about signing in."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "session.ended": _("ended sessions of their own"),
        "session.ended_there": _("was signed out by the organisation’s own sign-in"),
        "sign_in.second_factor": _("decided whether members need a second factor"),
        "sign_in.connected": _("set up the organisation’s own sign-in"),
        "sign_in.metadata_taken": _("took the new metadata of the organisation’s own sign-in"),
        "sign_in.disconnected": _("ended the organisation’s own sign-in"),
        "sign_in.domain_added": _("named a mail domain"),
        "sign_in.domain_verified": _("showed that a mail domain is theirs"),
        "sign_in.domain_removed": _("gave up a mail domain"),
        "sign_in.linked": _("was linked to the organisation’s own sign-in"),
        "sign_in.roles": _("has other roles since a sign-in through the organisation"),
    }
)
