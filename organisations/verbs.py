"""What can be recorded about people and organisations, besides what the ledger itself declares."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "member.roles_changed": _("changed a member’s roles"),
        "guest.invited": _("invited a guest"),
        "member.reassigned": _("handed on what a member held"),
        "member.ended": _("ended a membership"),
        "service_account.made": _("made a service account"),
        "member.suspended": _("suspended a member"),
        "member.restored": _("let a suspended member in again"),
        "token.revoked": _("revoked a key for programs"),
    }
)
