"""One class for each rule of the house that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class LastAdministrator(DomainError):
    code = "last_administrator"
    message = _("This is the organisation’s last administrator. Make somebody else administrator first.")


class NotMember(DomainError):
    code = "not_member"
    message = _("You are not a member of that organisation.")


class OtherWayIn(DomainError):
    code = "other_way_in"
    message = _(
        "You came in through your organisation’s own sign-in: it opens that organisation alone. Sign in with your password or passkey."
    )


class ReasonNeeded(DomainError):
    code = "reason_needed"
    message = _("Say why. The person and the other administrators will read it.")


class SuspendedAlready(DomainError):
    code = "suspended_already"
    message = _("This member is suspended already.")


class NotSuspended(DomainError):
    code = "not_suspended"
    message = _("This member is not suspended.")


class PreviewCannotAct(DomainError):
    code = "preview_cannot_act"
    message = _("You are looking as somebody else, and cannot do anything. End the preview first.")


class PreviewGone(DomainError):
    code = "preview_over"
    message = _("This preview has ended.")


class StillHolds(DomainError):
    code = "still_holds"
    message = _("This person still holds things somebody else has to take. Hand them on first.")


class NobodyChosen(DomainError):
    code = "nobody_chosen"
    message = _("Choose who takes it.")


class NothingHandedOn(DomainError):
    code = "nothing_handed_on"
    message = _("Nothing of this can be handed to this person. Choose somebody else.")
