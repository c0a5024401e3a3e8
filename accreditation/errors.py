"""One class for each rule of accreditation that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotAccredited(DomainError):
    """SHR-3: evidence goes to whoever keeps the standard it is held to."""

    code = "not_accredited"
    message = _(
        "This organisation is not accredited to the evidence standard now, so evidence cannot be shared with it."
        " It can be given the summary."
    )


class OneAtATime(DomainError):
    code = "attestation_open"
    message = _("Your organisation has an attestation that is not decided yet. Go on with that one.")


class AlreadySent(DomainError):
    code = "attestation_sent"
    message = _("This attestation has been sent. Take it back before you change it.")


class NotWithReviewer(DomainError):
    code = "attestation_not_sent"
    message = _("This attestation is not with a reviewer now.")


class OwnReview(DomainError):
    code = "own_review"
    message = _("Nobody reviews their own organisation, and nobody reviews what they attested themselves.")


class ReviewerNotAccredited(DomainError):
    code = "reviewer_not_accredited"
    message = _("An attestation is reviewed by an organisation that is accredited itself, or by the secretariat.")


class RequirementNotMet(DomainError):
    code = "requirement_not_met"
    message = _("A requirement of the standard is not kept. It cannot be accredited before it is.")


class NotInForce(DomainError):
    code = "accreditation_not_in_force"
    message = _("This accreditation is not in force.")
